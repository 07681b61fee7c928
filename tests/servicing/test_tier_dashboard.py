"""The tier dashboard: figures from the rollup, which a job keeps."""

import datetime as dt
from decimal import Decimal

import pytest
from celery import current_app
from django.contrib.auth.models import Group as DjangoGroup
from django.urls import reverse
from django.utils import timezone

from clients.models import Client, Persona, Revenue, Tier, Touch, User
from servicing.dashboards import rollups
from servicing.dashboards.views import SUMMED
from servicing.models import ServiceTask, TierRollup
from servicing.tasks import plan_changed
from tests.tiers.firm import SHIPPED, D, case, store, store_policy, tier
from tiers import services
from tiers.models import TierAssignment

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm(time_machine):
    time_machine.move_to(dt.datetime(2026, 3, 31, 16, tzinfo=dt.UTC))
    touch = (D, Decimal(10), True, 90, Decimal(150))
    store(
        [
            case("a", 900, growth=5, alignment=3, tier="A", touches=[touch]),
            case("b", 100, growth=1, alignment=3, tier="C"),
            case("gone", 5000, active=False, tier="A"),
            case("new"),
        ]
    )
    services.refresh_tiers()
    Client.objects.filter(external_id="a").update(persona=Persona.objects.first())


def add_task(status, window_end, **more):
    ServiceTask.objects.create(
        client=Client.objects.get(external_id="a"),
        tier=tier("A"),
        title="x",
        status=status,
        due_on=window_end,
        window_start=window_end,
        window_end=window_end,
        **more,
    )


def row(code):
    return TierRollup.objects.get(tier__code=code) if code else TierRollup.objects.get(tier=None)


def test_it_adds_up_clients_revenue_time_and_tasks_by_tier(firm):
    day = dt.timedelta(days=1)
    add_task("done", D - 9 * day, completed_on=D - 10 * day)
    add_task("done", D - 9 * day, completed_on=D - 8 * day)
    add_task("done", D - 800 * day, completed_on=D - 800 * day)
    add_task("planned", D - day)
    add_task("planned", D)
    add_task("missed", D - 30 * day)
    rollups.refresh()
    a = row("A")
    assert (a.clients, a.untagged, a.revenue, a.minutes) == (1, 0, 900, 90)
    assert (a.done_on_time, a.done_late, a.missed, a.open_tasks, a.late_tasks) == (1, 1, 1, 2, 1)
    assert (row("C").clients, row("C").untagged, row("C").revenue) == (1, 1, 100)
    assert (row("B").clients, row(None).clients) == (0, 1)


def test_each_number_of_tasks_opens_a_list_of_as_many_those_that_no_tier_promised_too(firm, signed_in):
    services.refresh_tiers()
    for external_id, status in (("a", "active"), ("b", "active"), ("gone", "paused"), ("new", "active")):
        client = Client.objects.get(external_id=external_id)
        Client.objects.filter(pk=client.pk).update(status=status)
        for promised_by in (None, "A"):
            ServiceTask.objects.create(
                client=client,
                tier=tier(promised_by) if promised_by else None,
                title="Call back",
                due_on=D - dt.timedelta(days=1),
                window_start=D - dt.timedelta(days=1),
                window_end=D - dt.timedelta(days=1),
            )
    rollups.refresh()
    browser = signed_in("olga")
    page = browser.get("/tiers/")
    assert page.context["tiers"][0]["open_tasks"] > 4
    for tier_row in page.context["tiers"]:
        for query, number in (("", tier_row["open_tasks"]), ("&status=late", tier_row["late_tasks"])):
            found = browser.get(f"/tasks/?tier={tier_row['tier__code']}{query}").context
            assert len(found["page"].rows) == number, (tier_row["tier__code"], query)


def test_its_table_leaves_as_a_file(firm, signed_in):
    rollups.refresh()
    address = reverse("servicing:tiers") + "?file=1"
    lines = signed_in("olga").get(address).content.decode().splitlines()
    assert lines[0].startswith("tier,clients,revenue,minutes,done_on_time")
    assert [line.split(",")[:4] for line in lines[1:]] == [
        ["A", "1", "900.00", "90"], ["B", "0", "0.00", "0"], ["C", "1", "100.00", "0"],
        ["", "1", "0.00", "0"],
    ]  # fmt: skip
    assert 'href="?file=1"' in signed_in("olga").get("/tiers/").content.decode()


def test_a_second_refresh_replaces_the_first(firm):
    rollups.refresh()
    Revenue.objects.all().delete()
    rollups.refresh()
    assert TierRollup.objects.count() == 4
    assert row("A").revenue == 0


def test_it_rests_after_a_long_refresh(firm, time_machine):
    rollups.refresh()
    TierRollup.objects.update(took_ms=4000)
    assert not rollups.refresh_when_due()
    time_machine.move_to(dt.datetime(2026, 3, 31, 16, 5, tzinfo=dt.UTC))
    assert rollups.refresh_when_due()


def apply_a_run_that_gives_the_new_one_a_tier():
    newcomer = Client.objects.get(external_id="new")
    Revenue.objects.create(client=newcomer, date=D, amount=50)
    Client.objects.filter(pk=newcomer.pk).update(growth_potential=5, alignment=4)
    services.apply_run(run=services.propose_run(as_of=D, policy=store_policy(SHIPPED)), applied_by=None)


def test_applying_a_run_reaches_the_dashboard_through_planning(firm):
    rollups.refresh()
    TierRollup.objects.update(took_ms=0)
    assert row("B").clients == 0
    apply_a_run_that_gives_the_new_one_a_tier()
    plan_changed()
    assert row("B").clients == 1


def test_what_changes_while_the_figures_rest_reaches_them_once_they_have_rested(
    firm, time_machine, monkeypatch
):
    sent = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **options: sent.append((name, options)))
    plan_changed()
    TierRollup.objects.update(took_ms=900)
    apply_a_run_that_gives_the_new_one_a_tier()
    plan_changed()
    assert row("B").clients == 0
    again = [options["countdown"] for name, options in sent if name == "servicing.plan_changed"]
    assert again[-1] == 60
    sent.clear()
    time_machine.shift(60)
    plan_changed()
    assert row("B").clients == 1
    TierRollup.objects.update(took_ms=900)
    plan_changed()  # nothing changed: nothing is asked for again
    assert [name for name, options in sent if name == "servicing.plan_changed"] == []


def test_the_page_shows_the_figures_and_what_waits(firm, client, django_assert_max_num_queries):
    user = User.objects.create_user("o", password="x" * 12)
    user.groups.add(DjangoGroup.objects.get(name="operations"))
    client.force_login(user)
    run = services.propose_run(as_of=D, policy=store_policy(SHIPPED))
    rollups.refresh()
    with django_assert_max_num_queries(12):
        page = client.get(reverse("servicing:tiers")).content.decode()
    assert "Figures as of" in page
    assert "$900" in page
    assert "90 %" in page
    assert "1 h 30" in page
    assert "$600" in page  # an hour
    assert (f"/tiers/runs/{run.pk}/" in page) == bool(run.moves)
    assert "Together includes 1 client without a tier" in page


def test_an_empty_firm_is_told_what_will_be_here(client):
    user = User.objects.create_user("o", password="x" * 12)
    user.groups.add(DjangoGroup.objects.get(name="operations"))
    client.force_login(user)
    assert "appears here once clients are imported" in client.get("/tiers/").content.decode()
    assert not Touch.objects.exists()


def test_first_tiers_that_were_given_by_themselves_wait_for_nobody(firm, signed_in):
    TierAssignment.objects.filter(client__external_id="b").delete()
    run = services.nightly_run()
    given = sum(move["clients"] for move in run.moves if move["from"] is None)
    response = signed_in("olga").get(reverse("servicing:tiers"))
    assert given
    assert response.context["moving"] == sum(move["clients"] for move in run.moves) - given


def test_together_is_the_sum_of_the_rows_above_it(firm, signed_in):
    """Also where a tier was retired whose work is on record, and where clients have no tier."""
    day = dt.timedelta(days=1)
    add_task("missed", D - 30 * day)
    add_task("planned", D - day)
    Client.objects.filter(external_id="a").update(status="paused")  # what tier A promised stays
    Tier.objects.filter(code__in=("A", "B")).update(retired_at=timezone.now())
    new = Client.objects.get(external_id="new")
    Revenue.objects.create(client=new, date=D, amount=50, source="x")
    rollups.refresh()
    browser = signed_in("olga")
    page = browser.get("/tiers/")
    rows, total = page.context["rows"], page.context["total"]
    assert [each["tier__code"] for each in rows] == ["A", "C", None]
    for name in SUMMED:
        assert total[name] == sum(each[name] for each in rows), name
    assert (total["missed"], total["open_tasks"]) == (1, 1)
    shown = page.content.decode()
    assert "Untiered" in shown.split("<tbody>")[1].split("</tbody>")[0]
    lines = browser.get("/tiers/?file=1").content.decode().splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["A", "C", ""]
