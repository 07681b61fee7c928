"""The demo firm: the same arguments give the same believable data, and only in an empty database."""

import datetime as dt
import io
import json

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Count, Max, Sum

from clients.commands import Refused, WrongUsage
from clients.models import (
    BehavioralTag,
    Client,
    ClientStatus,
    ClientSummary,
    Firm,
    Permission,
    Revenue,
    TeamMember,
    Touch,
    TouchOutcome,
    User,
)
from clients.models.people import Group
from servicing.demo import names
from servicing.demo.facts import KINDS
from servicing.demo.firm import seed_firm
from servicing.demo.notes import NOTES
from servicing.models import BookTransfer, ServiceTask, Waiver
from tiers.freshness import differences
from tiers.models import Override, TierAssignment
from tiers.runs import latest_run

pytestmark = pytest.mark.django_db

AS_OF = dt.date(2026, 3, 5)
YEAR = (dt.date(2025, 3, 6), AS_OF)

# Every row of the firm by its names and keys: nothing of ids, nothing of when it was stored.
EVERYTHING = [
    """SELECT c.external_id, c.name, c.status, c.client_since, c.permission, c.assets_under_management,
              c.potential_revenue, c.growth_potential, c.alignment, c.email, c.phone, d.code, a.code, p.code,
              i.code, b.code, s.last_touch_on
       FROM clients_client c
       LEFT JOIN clients_complexitydriver d ON d.id = c.complexity_driver_id
       LEFT JOIN clients_attentionconstraint a ON a.id = c.attention_constraint_id
       LEFT JOIN clients_persona p ON p.id = c.persona_id
       LEFT JOIN clients_incomestructure i ON i.id = c.income_structure_id
       LEFT JOIN clients_behavioraltag t ON t.client_id = c.id
       LEFT JOIN clients_behavioraltrigger b ON b.id = t.trigger_id
       JOIN clients_clientsummary s ON s.client_id = c.id ORDER BY 1""",
    """SELECT c.external_id, m.name, relation, birth_date
       FROM clients_member m JOIN clients_client c ON c.id = client_id ORDER BY 1, m.id""",
    """SELECT external_id, r.code, u.username, u.first_name, u.last_name, u.email
       FROM clients_teammember t JOIN clients_client c ON c.id = client_id
       JOIN clients_servicerole r ON r.id = role_id JOIN clients_user u ON u.id = user_id ORDER BY 1, 2""",
    """SELECT external_id, date, amount, source
       FROM clients_revenue r JOIN clients_client c ON c.id = client_id ORDER BY 1, 2, 4""",
    """SELECT external_id, occurred_at, occurred_on, k.code, outcome, minutes, r.code, u.username, note
       FROM clients_touch t JOIN clients_client c ON c.id = client_id
       JOIN clients_touchkind k ON k.id = kind_id JOIN clients_servicerole r ON r.id = role_id
       LEFT JOIN clients_user u ON u.id = by_id ORDER BY 1, 2, 4""",
    """SELECT external_id, r.code, a.starts_on, a.ends_on, a.serviced_from, a.score, a.source
       FROM tiers_tierassignment a JOIN clients_client c ON c.id = client_id
       JOIN clients_tier r ON r.id = tier_id ORDER BY 1, 3, 4""",
    """SELECT external_id, k.code, t.status, due_on, window_start, window_end, base_on, u.username, channel,
              planned_minutes, scheduled_at, outcome, completed_on, closed_at, closed_reason
       FROM servicing_servicetask t JOIN clients_client c ON c.id = client_id
       JOIN servicing_servicekind k ON k.id = kind_id
       LEFT JOIN clients_user u ON u.id = assigned_to_id ORDER BY 1, 2, 4, 3""",
    """SELECT external_id, text, channel, received_at, answer_by, answered_at, answer_minutes, promised_hours
       FROM servicing_clientrequest r JOIN clients_client c ON c.id = client_id ORDER BY 1, 4""",
    """SELECT u.username, t.state, t.clients, t.tasks, t.minutes_a_year, t.reason, t.made_at, t.done_at
       FROM servicing_booktransfer t JOIN clients_user u ON u.id = t.from_user_id ORDER BY 1, 8""",
    """SELECT username, text FROM clients_notice n JOIN clients_user u ON u.id = n.user_id ORDER BY 1, 2""",
    """SELECT username, hours_a_week FROM servicing_clienthours h JOIN clients_user u ON u.id = user_id
       ORDER BY 1""",
]


def command(clients=120):
    out = io.StringIO()
    call_command("seed_demo", clients=clients, seed=1, as_of=AS_OF, json=True, stdout=out)
    return json.loads(out.getvalue())


def seed(clients=300, seed=1):
    """The firm without its last months of tiers and tasks: quick."""
    return seed_firm(clients=clients, seed=seed, as_of=AS_OF)


def everything():
    with connection.cursor() as cursor:
        rows = []
        for query in EVERYTHING:
            cursor.execute(query)
            rows.append(cursor.fetchall())
        return rows


class TakenBack(Exception):
    pass


def taken_back(make, *arguments, **options):
    """What `make` stores, read and rolled back. Sequences do not go back: the next firm has other ids."""
    try:
        with transaction.atomic():
            make(*arguments, **options)
            rows = everything()
            raise TakenBack
    except TakenBack:
        return rows


def test_it_gives_the_same_firm_for_the_same_arguments_whatever_its_ids():
    once = taken_back(seed)
    assert taken_back(seed) == once
    assert all(once[:5])


@pytest.mark.thorough
def test_it_gives_the_same_tiers_and_tasks_in_every_empty_database():
    def from_one():
        # planning spreads first dates by the client's id
        with connection.cursor() as cursor:
            cursor.execute("ALTER SEQUENCE clients_client_id_seq RESTART WITH 1")
        command()

    once = taken_back(from_one)
    assert taken_back(from_one) == once
    assert all(once)


def test_it_gives_another_firm_for_another_seed():
    assert taken_back(seed, seed=2) != taken_back(seed)


def test_it_refuses_a_database_that_has_clients():
    Client.objects.create(external_id="1", name="Okafor household")
    with pytest.raises(Refused, match="has clients") as refused:
        command()
    assert refused.value.returncode == 1
    assert Client.objects.count() == 1
    assert not User.objects.filter(is_demo=True).exists()


def test_it_refuses_a_firm_of_nobody():
    with pytest.raises(WrongUsage) as refused:
        command(clients=0)
    assert refused.value.returncode == 2


def test_it_loads_a_firm_of_three():
    assert command(clients=3)["clients"] == 3


def test_it_says_what_it_stored():
    said = command()
    assert said == {
        "clients": Client.objects.count(),
        "advisors": TeamMember.objects.filter(role__code="lead_advisor").values("user").distinct().count(),
        "revenue_rows": Revenue.objects.count(),
        "touches": Touch.objects.count(),
    }


def test_its_people_are_in_their_groups_and_cannot_sign_in():
    seed()
    people = User.objects.filter(is_demo=True)
    in_group = {group: people.filter(groups__name=group).count() for group in Group.ALL}
    assert in_group == {"advisor": 7, "operations": 1, "compliance": 1, "administrator": 1}
    assert not any(person.has_usable_password() for person in people)
    assert people.filter(is_superuser=True).get().groups.get().name == Group.ADMINISTRATOR
    assert Firm.objects.get().name == "Harbor & Pine Advisors (demo)"


def test_it_stores_behavioral_tags_only_with_permission():
    seed()
    assert BehavioralTag.objects.count() > 50
    assert not BehavioralTag.objects.exclude(client__permission=Permission.GRANTED).exists()


def test_its_revenue_is_skewed():
    seed(clients=1000)
    sums = (
        Revenue.objects.filter(date__range=YEAR)
        .values("client")
        .annotate(total=Sum("amount"))
        .order_by("-total")
        .values_list("total", flat=True)
    )
    sums = list(sums)
    assert sum(sums[: len(sums) // 5]) > 0.6 * float(sum(sums))
    assert Revenue.objects.filter(amount__lt=0).exists()


def test_it_has_about_twelve_revenue_rows_and_touches_a_client_and_year():
    seed(clients=1000)
    assert 11_000 < Revenue.objects.filter(date__range=YEAR).count() < 13_000
    assert 11_000 < Touch.objects.filter(occurred_on__range=YEAR).count() < 13_000
    assert Revenue.objects.filter(date__lt=YEAR[0]).exists()
    assert Touch.objects.filter(occurred_on__lt=YEAR[0]).exists()


def test_nothing_happens_after_its_last_day():
    seed()
    assert Revenue.objects.aggregate(last=Max("date"))["last"] <= AS_OF
    assert Touch.objects.aggregate(last=Max("occurred_on"))["last"] <= AS_OF


def test_some_of_everything_is_unknown():
    seed()
    clients = Client.objects.filter(status=ClientStatus.ACTIVE)
    assert clients.count() > 250
    for column in ("potential_revenue", "growth_potential", "alignment", "persona", "complexity_driver"):
        assert 0 < clients.filter(**{f"{column}__isnull": True}).count() < 150, column
    assert clients.filter(revenue__isnull=True).exists()
    assert set(Client.objects.values_list("status", flat=True)) == set(ClientStatus.values)
    assert Touch.objects.filter(kind__code="call", outcome=TouchOutcome.ATTEMPTED).exists()


def test_its_household_names_are_its_own():
    seed(clients=1000)
    assert Client.objects.values("name").distinct().count() > 990
    assert not Client.objects.annotate(people=Count("members")).filter(people=0).exists()


def test_its_summaries_know_the_last_touch():
    seed()
    for summary in ClientSummary.objects.annotate(last=Max("client__touches__occurred_on")):
        assert summary.last_touch_on == summary.last


def test_its_tasks_are_alive_at_first_sight():
    command(clients=300)
    statuses = set(ServiceTask.objects.values_list("status", flat=True))
    assert {"planned", "scheduled", "done", "missed"} <= statuses
    assert ServiceTask.objects.filter(status="planned", window_end__lt=AS_OF).exists()
    assert not ServiceTask.objects.filter(completed_on__gt=AS_OF).exists()
    assert set(ClientSummary.objects.values_list("tier__code", flat=True)) == {"A", "B", "C", None}
    assert Override.objects.count() == 3
    assert TierAssignment.objects.filter(source="override").exists()
    assert Waiver.objects.count() == 1
    with time_machine.travel(dt.datetime.combine(AS_OF, dt.time(20), dt.UTC)):
        run = latest_run()
        assert run.as_of == AS_OF
        assert [*run.explanations.filter(moves=True)]
        for row in run.explanations.select_related("client").order_by("-score")[:20]:
            assert not differences(client=row.client, run=run, explanation=row, today=AS_OF)
    books = list(BookTransfer.objects.order_by("done_at"))
    assert [book.state for book in books] == ["done", "done"]
    assert all(book.clients for book in books)
    assert books[1].done_at.date() == AS_OF - dt.timedelta(days=10)


def test_it_leaves_every_foreign_key_in_place():
    def keys():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated "
                "FROM pg_constraint WHERE contype = 'f' ORDER BY 1, 2"
            )
            return cursor.fetchall()

    before = keys()
    seed()
    assert keys() == before


def test_its_lists_are_whole():
    assert {len(given.split()) for given, _ in names.ORIGINS} == {names.GIVEN_EACH}
    assert {len(family.split()) for _, family in names.ORIGINS} == {names.FAMILY_EACH}
    assert len(set(names.FAMILY)) == len(names.FAMILY)
    for column in (3, 4, 5):
        assert sum(kind[column] for kind in KINDS) == 100
    assert set(NOTES) == {kind[0] for kind in KINDS} - {"portal_login", "automated_email"}
