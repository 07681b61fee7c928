"""Fees by tier: brackets and a minimum, schedules that follow each other, and bills beside them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clients.commands import Refused
from clients.models import Client, Revenue
from tests.examples import examples
from tests.factories import ClientFactory, UserFactory
from tests.tiers.firm import D, tier
from tests.tiers.test_scoring_by_reference import undone
from tiers.fees.comparing import compare_all, fee_of
from tiers.fees.computing import due_for, yearly_fee
from tiers.fees.services import Stated, add_schedule, withdraw_schedule
from tiers.models import FeeComparison, FeeMethod, FeeRefresh, FeeSchedule, TierAssignment

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
BACKEND = "django.contrib.auth.backends.ModelBackend"
USUAL = [(Decimal(0), Decimal("1")), (Decimal(1_000_000), Decimal("0.8"))]


@pytest.fixture
def operations(client):
    person = UserFactory(groups=["operations"])
    client.force_login(person, backend=BACKEND)
    return person


@pytest.fixture
def today(time_machine) -> dt.date:
    time_machine.move_to(dt.datetime.combine(D, dt.time(16), tzinfo=dt.UTC))
    return D


def schedule(code="A", on=D - 400 * DAY, *, brackets=USUAL, method="marginal", least=0, tolerance=5):
    stated = Stated(method, Decimal(least), Decimal(tolerance), brackets)
    return add_schedule(tier=tier(code), effective_on=on, stated=stated, by=None)


def client_of(code, assets, bills=(), **more) -> Client:
    """Active, of a tier, with bills as (days before D, amount)."""
    made = ClientFactory(assets_under_management=assets, **more)
    TierAssignment.objects.create(
        client=made, tier=tier(code), starts_on=D - DAY, serviced_from=D - DAY, source="run"
    )
    made.summary.tier = tier(code)
    made.summary.save()
    Revenue.objects.bulk_create(
        Revenue(client=made, date=D - days * DAY, amount=amount) for days, amount in bills
    )
    return made


# --- The fee ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("assets", "marginal", "whole"),
    [
        (0, "500.00", "500.00"),  # the minimum
        (40_000, "500.00", "500.00"),
        (1_000_000, "10000.00", "8000.00"),  # where a bracket begins, its rate is reached
        (1_500_000, "14000.00", "12000.00"),
        ("333333.33", "3333.33", "3333.33"),
    ],
)
def test_it_adds_up_brackets_or_takes_the_reached_rate_never_below_the_minimum(assets, marginal, whole):
    for method, said in (("marginal", marginal), ("whole", whole)):
        assert yearly_fee(Decimal(assets), USUAL, method=method, minimum=Decimal(500)) == Decimal(said)


amounts = st.decimals(0, 50_000_000, places=2)


@settings(max_examples=examples(40), deadline=None)
@given(
    assets=amounts,
    starts=st.lists(amounts.filter(lambda amount: amount > 0), max_size=4, unique=True),
    percents=st.lists(st.decimals(0, 10, places=4), min_size=5, max_size=5),
    method=st.sampled_from(FeeMethod.values),
    minimum=st.sampled_from([Decimal(0), Decimal("1234.56")]),
)
def test_for_everybody_at_once_it_is_the_fee_of_each(assets, starts, percents, method, minimum):
    brackets = list(zip([Decimal(0), *sorted(starts)], percents, strict=False))
    with undone():
        schedule(brackets=brackets, method=method, least=minimum)
        made = client_of("A", assets)
        compare_all(as_of=D)
        expected = yearly_fee(assets, brackets, method=method, minimum=minimum)
        assert FeeComparison.objects.get(client=made).fee == expected


# --- Bills beside it --------------------------------------------------------------------------------------


def test_it_says_who_is_billed_less_more_or_as_agreed_and_who_cannot_be_compared(today):
    schedule()
    year = [(400, 1), (90, 6000), (200, 4000)]
    standing = {
        "within": client_of("A", 1_000_000, year),
        "below": client_of("A", 2_000_000, year),
        "above": client_of("A", 500_000, year),
        "young": client_of("A", 2_000_000, [(90, 6000)]),
        "unknown": client_of("A", None, year),
        "unscheduled": client_of("B", 1_000_000, year),
    }
    silent = client_of("A", 1_000_000)  # nobody ever billed anything
    client_of("A", 1, year, status="former")
    assert compare_all(as_of=D) == 7
    found = dict(FeeComparison.objects.values_list("client", "standing"))
    assert found == {made.pk: name for name, made in standing.items()} | {silent.pk: "below"}
    below = FeeComparison.objects.get(client=standing["below"])
    assert (below.fee, below.billed, below.difference) == (18_000, 10_000, -8_000)
    assert fee_of(standing["above"].pk, D)["difference"] == 5_000
    sums = {(row["tier"], row["standing"]): row["clients"] for row in FeeRefresh.objects.get().sums}
    assert sums[("A", "below")] == 2
    assert sum(sums.values()) == 7


def test_compared_again_it_writes_only_what_changed(today):
    schedule()
    made = client_of("A", 1_000_000, [(400, 1), (90, 9900)])
    gone = client_of("A", 1_000_000)
    compare_all(as_of=D)
    before = _versions()
    compare_all(as_of=D)
    assert _versions() == before
    Client.objects.filter(pk=gone.pk).update(status="former")
    Client.objects.filter(pk=made.pk).update(assets_under_management=3_000_000)
    compare_all(as_of=D)
    assert FeeComparison.objects.get().standing == "below"


def _versions() -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT client_id, ctid::text FROM tiers_feecomparison ORDER BY 1")
        return cursor.fetchall()


def test_the_schedule_of_the_day_counts_and_one_to_come_does_not(today):
    made = client_of("A", 1_000_000)
    schedule(on=D - 50 * DAY)
    schedule(on=D, brackets=[(Decimal(0), Decimal("0.5"))])
    coming = schedule(on=D + DAY, brackets=[(Decimal(0), Decimal(2))])
    assert fee_of(made.pk, D - DAY)["fee"] == 10_000
    assert fee_of(made.pk, D)["fee"] == 5_000
    assert fee_of(made.pk, D + DAY)["fee"] == 20_000
    with pytest.raises(Refused, match="in force is not taken back"):
        withdraw_schedule(schedule=FeeSchedule.objects.get(effective_on=D))
    withdraw_schedule(schedule=coming)
    assert fee_of(made.pk, D + DAY)["fee"] == 5_000


@settings(max_examples=examples(12), deadline=None)
@given(
    moves=st.lists(st.tuples(st.sampled_from("ABC"), st.integers(-400, 20), st.integers(0, 200)), max_size=4),
    schedules=st.lists(
        st.tuples(st.sampled_from("AB"), st.integers(-500, 10), st.integers(1, 500)),
        min_size=1, max_size=5, unique_by=lambda each: each[:2],
    ),
)  # fmt: skip
@example(moves=[("B", 0, 183)], schedules=[("A", -364, 2), ("B", 0, 1)])  # served by the old tier until later
def test_what_is_due_counts_each_fee_for_the_days_on_which_it_was_in_force(moves, schedules):
    with undone():
        made = client_of("A", 1_000_000)
        TierAssignment.objects.filter(client=made).update(
            starts_on=D - 450 * DAY, serviced_from=D - 450 * DAY
        )
        for code, back, held in sorted(moves, key=lambda each: each[1]):
            on = D + back * DAY
            TierAssignment.objects.filter(client=made, starts_on=on).delete()
            TierAssignment.objects.filter(client=made, ends_on=None).update(ends_on=on)
            TierAssignment.objects.create(
                client=made, tier=tier(code), starts_on=on, serviced_from=on + held * DAY, source="run"
            )
            if on <= D:
                type(made.summary).objects.filter(client=made).update(tier=tier(code))
        fees = {}
        for code, back, hundredths in schedules:
            percent = Decimal(hundredths) / 100
            schedule(code, D + back * DAY, brackets=[(Decimal(0), percent)])
            fees[code, D + back * DAY] = 10_000 * percent
        said = fee_of(made.pk, D)
        days: dict[Decimal, int] = {}
        for place in range((D - D.replace(year=D.year - 1)).days):
            day = D - place * DAY
            code = _served(made, day)
            begun = [on for of, on in fees if of == code and on <= day]
            if begun:
                fee = fees[code, max(begun)]
                days[fee] = days.get(fee, 0) + 1
        if said["fee"] is None:
            assert said["expected"] is None
        else:
            assert said["expected"] == (due_for(list(days.items())) if days else said["fee"])
            assert said["difference"] == -said["expected"]


def _served(client, day) -> str:
    """The newest assignment whose service has begun."""
    rows = TierAssignment.objects.filter(client=client, serviced_from__lte=day).select_related("tier")
    begun = [row for row in rows if row.ends_on is None or row.ends_on > row.serviced_from]
    return max(begun, key=lambda row: (row.serviced_from, row.pk)).tier.code if begun else ""


def test_who_moved_to_another_fee_is_not_listed_for_the_months_before(today):
    schedule("A", brackets=[(Decimal(0), Decimal(1))])
    schedule("C", brackets=[(Decimal(0), Decimal("0.4"))])
    made = client_of("A", 1_000_000, [(400, 1), (200, 7000), (10, 850)])
    since = D - 73 * DAY  # a fifth of the year
    TierAssignment.objects.filter(client=made).update(starts_on=D - 500 * DAY, serviced_from=D - 500 * DAY)
    TierAssignment.objects.filter(client=made).update(ends_on=since)
    TierAssignment.objects.create(
        client=made, tier=tier("C"), starts_on=since, serviced_from=since + DAY, source="run"
    )
    made.summary.tier = tier("C")
    made.summary.save()
    compare_all(as_of=D)
    row = FeeComparison.objects.get()
    assert (row.fee, row.expected) == (4_000, 8_800)
    schedule("C", D - 72 * DAY, brackets=[(Decimal(0), Decimal("0.2"))])
    compare_all(as_of=D)
    row.refresh_from_db()
    assert (row.fee, row.expected, row.standing) == (2_000, 8_400, "below")


# --- Pages ------------------------------------------------------------------------------------------------


def sent(**changes):
    rows = {"bracket-0-starts_at": "0", "bracket-0-percent": "1", "bracket-2-starts_at": "1000000",
            "bracket-2-percent": "0.75"}  # fmt: skip
    head = {"tier": tier("A").pk, "effective_on": D.isoformat(), "method": "marginal", "minimum": "1000",
            "tolerance": "5", "note": "As agreed"}  # fmt: skip
    return {**head, **rows, **changes}


def test_a_schedule_is_written_on_a_page_and_wrong_ones_say_why(client, operations, today):
    page = reverse("tiers:new_fees")
    for changes, said in (
        ({"bracket-0-starts_at": "5"}, "The first bracket begins at 0."),
        ({"bracket-0-percent": ""}, "Which rate counts from this amount on?"),
        ({"bracket-2-starts_at": ""}, "From which amount does this rate count?"),
        ({"bracket-2-starts_at": "0"}, "Each bracket begins above the one before."),
        ({"bracket-2-percent": "11"}, "less than or equal to 10"),
        ({"bracket-0-starts_at": "", "bracket-0-percent": "", "bracket-2-starts_at": "",
          "bracket-2-percent": ""}, "Write at least one bracket"),
        ({"minimum": "-1"}, "greater than or equal to 0"),
        ({"effective_on": "1980-01-01"}, "more than ten years ago"),
    ):  # fmt: skip
        answer = client.post(page, sent(**changes))
        assert answer.status_code == 422, changes
        assert said in answer.content.decode(), said
        assert "As agreed" in answer.content.decode()
    assert not FeeSchedule.objects.exists()

    client.post(page, sent())
    made = FeeSchedule.objects.get()
    assert [(b.starts_at, b.percent) for b in made.brackets.all()] == [(0, 1), (1_000_000, Decimal("0.75"))]
    twice = client.post(page, sent())
    assert "has a schedule from this day on" in twice.content.decode()
    prefilled = client.get(page + "?tier=A").content.decode()
    assert 'value="0.75"' in prefilled
    client.post(page, sent(effective_on=(D + 9 * DAY).isoformat()))
    listed = client.get(reverse("tiers:fees")).content.decode()
    assert "To come" in listed
    coming = FeeSchedule.objects.get(effective_on__gt=D)
    client.post(reverse("tiers:withdraw_fees", args=[coming.pk]))
    assert FeeSchedule.objects.get() == made


def test_every_sum_is_the_number_of_clients_behind_it_page_by_page(client, operations, today):
    schedule()
    schedule("B")
    for number in range(55):
        client_of("A" if number % 5 else "B", 1_000_000 + 1000 * number, [(400, 1), (30, 5000)])
    client_of("A", None)
    compare_all(as_of=D)
    page = reverse("tiers:fee_differences")
    ann = UserFactory(username="ann")
    for led in (client_of("A", 3_000_000, lead=ann), client_of("B", None, lead=ann)):
        assert led.summary
    compare_all(as_of=D)
    every = ("", "tier=B", "standing=unknown", "tier=B&standing=unknown&advisor=none", "advisor=ann",
             "advisor=ann&standing=unknown", "advisor=none&tier=A")  # fmt: skip
    for asked in every:
        found, address = [], f"?{asked}"
        first = client.get(page + address).context
        while True:
            context = client.get(page + address).context
            found += [row["client_id"] for row in context["rows"]]
            if not context["next"]:
                break
            address = f"?{context['kept']}&after={context['next']}"
        counted = {line.standing: line.clients for line in first["sums"]}
        assert len(found) == len(set(found)) == counted.get(first["standing"], 0), asked
    with CaptureQueriesContext(connection) as queries:
        client.get(page)
    assert len(queries) <= 12
    lines = b"".join(client.get(reverse("tiers:fee_differences_file") + "?tier=B").streaming_content)
    assert lines.decode().count("\r\n") == 1 + 11


def test_the_page_compares_at_once_and_the_tier_tab_says_the_fee(client, operations, today):
    page = reverse("tiers:fee_differences")
    assert "Set a fee schedule for a tier first" in client.get(page).content.decode()
    schedule()
    made = client_of("A", 2_000_000, [(400, 1), (30, 5000)])
    assert "Compare now" in client.get(page).content.decode()
    answer = client.post(reverse("tiers:compare_fees"), follow=True).content.decode()
    assert "Billed less" in answer
    assert made.name in answer
    tab = client.get(reverse("clients:tab", args=[made.pk, "tier"])).content.decode()
    assert "By the schedule" in tab
    assert "Billed less" in tab
