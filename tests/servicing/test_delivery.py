"""Promise and delivery: every figure is what its list holds, and everybody sees the clients they may see."""

import csv
import datetime as dt
import io
import re

import pytest
from django.urls import reverse

from clients.models import Client, TeamMember, User
from servicing.delivery import figures, periods, reading
from servicing.delivery.periods import Period
from servicing.delivery.promised import Became
from servicing.delivery.reading import NOBODY, Chosen
from servicing.models import Beyond, DeliveryRefresh, DeliveryRollup, ServiceTask
from tests.servicing import delivery_reference as reference
from tests.servicing.delivery_world import random_firm

TODAY = dt.date(2026, 8, 20)
NOON = dt.datetime(2026, 8, 20, 16, tzinfo=dt.UTC)
SINCE = dt.date(2024, 1, 1)
DELIVERY = reverse("servicing:delivery")
LINK = re.compile(r'<a[^>]*href="(/service/delivery/(?:tasks|beyond)/\?[^"]*)"[^>]*>([\d,]+)</a>')


@pytest.fixture
def random_history(db, time_machine):
    time_machine.move_to(NOON)
    random_firm(7, TODAY)
    figures.refresh()


def period(code: str, **words: str) -> Period:
    return periods.period_of(
        code, TODAY, first=words.get("first", ""), last=words.get("last", ""), since=SINCE
    )


def test_every_figure_is_what_its_list_and_the_definition_say(random_history):
    lead = User.objects.get(username="person0").pk
    everything = [(t, reference.became(t, TODAY)) for t in ServiceTask.objects.exclude(item=None)]
    beyond = reference.beyond(TODAY, SINCE)
    choices = [
        Chosen(span, tier=tier, kind=kind, **who)
        for span in (period("12m"), period("quarter"), period("months", first="2025-02", last="2025-11"))
        for tier, kind in (("", ""), ("A", ""), ("", "review_meeting"), ("B", "check_in"))
        for who in ({}, {"advisor": str(lead)}, {"advisor": NOBODY}, {"team": lead})
    ]
    seen = 0
    for chosen in choices:
        found = reading.overview(chosen)
        due = [
            (task, state)
            for task, state in everything
            if chosen.period.first <= task.due_on <= chosen.period.last
        ]
        for state in Became:
            listed = set(reading.tasks_of(chosen, state, TODAY).values_list("pk", flat=True))
            assert found.total[state] == len(listed), (chosen, state)
            seen += len(listed)
            assert listed <= {task.pk for task, became in due if became == state}
        assert found.total.promised == reading.tasks_of(chosen, "", TODAY).count()
        for way in Beyond:
            rows = list(reading.beyond_rows(chosen, way))
            assert found.total[way] == len(rows)
            assert found.total[f"{way}_minutes"] == sum(row.minutes for row in rows)
            assert found.total[f"{way}_cost"] == sum(row.cost for row in rows)
        for lines in (found.items, found.tiers):
            assert sum(line["sums"].promised for line in lines) == found.total.promised
            assert sum(line["sums"].beyond_minutes for line in lines) == found.total.beyond_minutes
        if not chosen.team and not chosen.advisor:
            by_lead = reading.advisors(chosen)
            assert sum(line["sums"].promised for line in by_lead) == found.total.promised
            assert sum(line["sums"].beyond_cost for line in by_lead) == found.total.beyond_cost
            if not chosen.tier and not chosen.kind:
                assert found.total.promised == len(due)
                within = [row for row in beyond if chosen.period.first <= row[3] <= chosen.period.last]
                assert found.total.beyond_cost == sum(row[7] for row in within)
    assert seen > 200


def test_the_period_before_is_as_long_and_counted_the_same(random_history):
    now, before = Chosen(period("quarter")), period("quarter").before
    assert (before.first, before.last) == (dt.date(2026, 5, 1), dt.date(2026, 6, 30))
    found = reading.overview(now).before
    assert (
        found.promised == reading.overview(Chosen(Period("months", before.first, before.last))).total.promised
    )
    assert found.promised > 0


def test_a_second_refresh_writes_nothing_and_a_change_is_seen(random_history):
    ids = set(DeliveryRollup.objects.values_list("pk", flat=True))
    figures.refresh()
    assert set(DeliveryRollup.objects.values_list("pk", flat=True)) == ids
    before = reading.overview(Chosen(period("12m"))).total
    task = reading.tasks_of(Chosen(period("12m")), Became.ON_TIME, TODAY)[0]
    ServiceTask.objects.filter(pk=task.pk).update(status="missed")
    figures.refresh()
    after = reading.overview(Chosen(period("12m"))).total
    assert (after["on_time"], after["missed"]) == (before["on_time"] - 1, before["missed"] + 1)
    DeliveryRefresh.objects.update(took_ms=1000)
    assert not figures.refresh_when_due()


def test_every_number_on_the_page_opens_a_list_of_as_many(
    random_history, signed_in, django_assert_max_num_queries
):
    olga = signed_in("olga")
    olga.get(DELIVERY)
    with django_assert_max_num_queries(12):
        page = olga.get(DELIVERY, {"period": "12m"}).content.decode()
    links = LINK.findall(page)
    assert len(links) > 40
    for address, number in links[::4]:
        answer = olga.get(address.replace("&amp;", "&"))
        assert answer.context["count"] == int(number.replace(",", "")), address
    assert "Last 12 months" in page
    assert "fewer than before" in page or "more than before" in page or "as in the period before" in page


def test_a_long_list_has_pages_that_keep_what_was_asked(random_history, signed_in, monkeypatch):
    monkeypatch.setattr("servicing.views.delivery.PAGE", 5)
    olga, seen = signed_in("olga"), []
    address = reverse("servicing:delivery_tasks") + "?state=on_time"
    while True:
        answer = olga.get(address)
        seen += [row["id"] for row in answer.context["rows"]]
        assert {row["state"] for row in answer.context["rows"]} == {"on_time"}
        following = re.search(r'rel="next" href="(\?[^"]*)"', answer.content.decode())
        if not following:
            break
        address = reverse("servicing:delivery_tasks") + following[1].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == answer.context["count"] > 5


def test_advisors_see_their_own_clients_alone(random_history, people, signed_in):
    lone = Client.objects.filter(tasks__item__isnull=False).distinct().order_by("pk")[0]
    role = TeamMember._meta.get_field("role").related_model.objects.get(code="client_service")
    TeamMember.objects.filter(client=lone, role=role).delete()
    TeamMember.objects.create(client=lone, role=role, user=people["ann"])
    figures.refresh()
    ann = signed_in("ann")
    assert ann.get(DELIVERY).status_code == 403
    page = ann.get(reverse("servicing:own_delivery"), {"advisor": User.objects.get(username="person0").pk})
    own = ServiceTask.objects.filter(client=lone, item__isnull=False)
    span = period("12m")
    assert page.context["found"].total.promised == own.filter(due_on__range=(span.first, span.last)).count()
    assert not page.context["by_advisor"]
    for name in ("tasks", "beyond", "clients"):
        rows = ann.get(reverse(f"servicing:delivery_{name}")).context["rows"]
        assert {row.get("client_id", row.get("client")) for row in rows} <= {lone.pk}
    outsider = signed_in("outsider").get(reverse("servicing:own_delivery"))
    assert outsider.status_code == 200
    assert outsider.context["found"].total.promised == 0
    assert signed_in("olga").get(reverse("servicing:own_delivery")).url == DELIVERY


def test_the_tables_leave_as_files(random_history, signed_in):
    olga = signed_in("olga")
    Client.objects.update(name="=cmd")
    for table in ("items", "tiers", "advisors", "clients"):
        answer = olga.get(reverse("servicing:delivery_file"), {"table": table})
        rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
        assert rows
        assert f"delivery-{table}.csv" in answer["Content-Disposition"]
        if table == "clients":
            assert {row["name"] for row in rows} == {"'=cmd"}
        else:
            total = reading.overview(Chosen(period("12m"))).total
            assert sum(int(row["promised"]) for row in rows) == total.promised
            assert sum(int(row["beyond_minutes"]) for row in rows) == total.beyond_minutes


def test_worklists_name_who_was_given_most_and_missed_most(random_history, signed_in):
    olga = signed_in("olga")
    for by in ("cost", "minutes"):
        rows = olga.get(reverse("servicing:delivery_clients"), {"by": by}).context["rows"]
        assert [row[by] for row in rows] == sorted((row[by] for row in rows), reverse=True)
        assert all(row[by] > 0 for row in rows)
    missed = olga.get(reverse("servicing:delivery_clients"), {"by": "missed"}).context["rows"]
    assert sum(row["number"] for row in missed) == reading.overview(Chosen(period("12m"))).total["missed"]
    part = olga.get(reverse("servicing:delivery_clients"), HTTP_HX_REQUEST="true").content.decode()
    assert "<!doctype html>" not in part
    assert missed[0]["name"] in part


@pytest.mark.parametrize(
    "asked",
    [
        {"period": "x"}, {"period": "months", "from": "2026-99", "to": "soon"}, {"tier": "\x00"},
        {"kind": "nothing"}, {"advisor": "-1"}, {"advisor": "9" * 30}, {"advisor": "987654"}, {"page": "x"},
        {"period": "months", "from": "1971-01", "to": "2199-12"}, {"state": "x", "what": "x", "by": "x"},
    ],
)  # fmt: skip
def test_nonsense_in_the_address_is_no_error(random_history, signed_in, asked):
    olga = signed_in("olga")
    for name in ("delivery", "delivery_tasks", "delivery_beyond", "delivery_clients", "delivery_file"):
        assert olga.get(reverse(f"servicing:{name}"), asked).status_code == 200, name


@pytest.mark.parametrize(
    ("words", "first", "last", "before"),
    [
        ({"code": "12m"}, (2025, 9, 1), (2026, 8, 31), (2024, 9, 1)),
        ({"code": "year"}, (2026, 1, 1), (2026, 8, 31), (2025, 1, 1)),
        ({"code": "quarter"}, (2026, 7, 1), (2026, 8, 31), (2026, 5, 1)),
        (
            {"code": "months", "first": "2026-02", "last": "2025-11"},
            (2025, 11, 1),
            (2026, 2, 28),
            (2025, 7, 1),
        ),
        (
            {"code": "months", "first": "2020-01", "last": "2030-01"},
            (2024, 1, 1),
            (2026, 8, 31),
            (2021, 5, 1),
        ),
        (
            {"code": "months", "first": "2020-01", "last": "2020-02"},
            (2024, 1, 1),
            (2024, 1, 31),
            (2023, 12, 1),
        ),
    ],
)
def test_periods_are_whole_months(words, first, last, before):
    code = words.pop("code")
    found = period(code, **words)
    assert (found.first, found.last) == (dt.date(*first), dt.date(*last))
    assert found.before.first == dt.date(*before)
