"""A client's own interval: planned by, shown, listed, refused where it does not fit, and taken back."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from clients.firm import firm_today
from clients.models import Change, ChangeKind, Client, ClientSummary
from servicing.models import CadenceOverride, ServiceClock, ServiceItem, ServiceKind, Waiver
from servicing.planning import plan
from servicing.standards import exceptions, services
from servicing.standards.months import refusal

DAY = dt.timedelta(days=1)


def own(firm, months=6, *, kind="review_meeting", since=None, until=None, client=None):
    return CadenceOverride(
        client_id=client or firm.ref.clients[0],
        kind=firm.kinds[kind],
        interval_months=months,
        reason="Travels half the year",
        starts_on=since or firm_today(),
        ends_on=until,
    )


def due(kind="review_meeting"):
    return ServiceClock.objects.get(kind__code=kind).due_on


def post(browser, firm, **values):
    data = {
        "kind": firm.kinds["review_meeting"].pk,
        "interval_months": 6,
        "starts_on": firm_today().isoformat(),
        "ends_on": "",
        "reason": "Travels half the year",
    } | values
    return browser.post(reverse("servicing:own_interval", args=[firm.ref.clients[0]]), data)


def test_it_dates_the_service_anew_when_it_starts_and_when_it_ends(firm, people):
    standard = due()
    services.give_own_interval(cadence=own(firm, 12), by=people["ann"])
    assert due() > standard + 200 * DAY
    services.back_to_standard(cadence=CadenceOverride.objects.get())
    assert due() == standard
    assert not CadenceOverride.objects.exists()  # it never held for a day


def test_its_own_end_brings_the_standard_back_at_night(firm, people):
    standard = due()
    today = firm_today()
    services.give_own_interval(cadence=own(firm, 12, until=today + 5 * DAY), by=people["ann"])
    plan(as_of=today + 5 * DAY)
    assert due() > standard + 200 * DAY
    plan(as_of=today + 6 * DAY)
    assert due() == standard


def test_one_that_held_for_a_while_is_kept_with_its_last_day(firm, people):
    cadence = own(firm, 12, since=firm_today() - 10 * DAY)
    services.give_own_interval(cadence=cadence, by=people["ann"])
    services.back_to_standard(cadence=cadence)
    assert CadenceOverride.objects.get().ends_on == firm_today() - DAY


def test_an_open_task_keeps_its_date(firm, review, people):
    services.give_own_interval(cadence=own(firm, 12), by=people["ann"])
    before = review.due_on
    review.refresh_from_db()
    assert (review.due_on, review.status) == (before, "planned")


def test_a_firm_where_nobody_has_one_plans_by_the_same_terms_as_one_where_another_client_has(firm, people):
    terms = dict(ServiceClock.objects.values_list("kind__code", "terms"))
    other = firm.client(tier="A", since=firm_today() - 30 * DAY, team={"lead_advisor": "ann"})
    services.give_own_interval(cadence=own(firm, 12, client=other), by=people["ann"])
    plan(as_of=firm_today())
    mine = ServiceClock.objects.filter(client=firm.ref.clients[0])
    assert dict(mine.values_list("kind__code", "terms")) == terms


def test_the_database_holds_one_at_a_time(firm, people):
    services.give_own_interval(cadence=own(firm, until=firm_today() + 50 * DAY), by=people["ann"])
    with pytest.raises(IntegrityError), transaction.atomic():
        own(firm, 12, since=firm_today() + 50 * DAY).save()
    with pytest.raises(ValidationError, match="already holds in these days"):
        services.give_own_interval(cadence=own(firm, 12), by=people["ann"])
    services.give_own_interval(cadence=own(firm, 12, since=firm_today() + 51 * DAY), by=people["ann"])


def test_it_is_noted_for_planning_and_audited_whoever_writes_it(firm):
    Change.objects.all().delete()
    CadenceOverride.objects.bulk_create([own(firm)])
    CadenceOverride.objects.update(ends_on=firm_today() + 9 * DAY)
    noted = Change.objects.filter(kind=ChangeKind.SERVICE, client_id=firm.ref.clients[0])
    assert noted.count() == 2
    cadence = CadenceOverride.objects.get()
    assert [event.pgh_label for event in cadence.events.order_by("pgh_id")] == ["insert", "update"]


def test_it_is_saved_from_the_page_and_marked_there(firm, signed_in):
    browser = signed_in("ann")
    ClientSummary.objects.update(tier=firm.tiers["A"])
    assert post(browser, firm).status_code == 302
    page = browser.get(reverse("clients:tab", args=[firm.ref.clients[0], "service"])).content.decode()
    assert "Review meeting every 6 months" in page
    assert "differs from the tier's standard" in page
    assert "every 3 months" in page
    assert "Travels half the year" in page
    overview = browser.get(reverse("clients:detail", args=[firm.ref.clients[0]])).content.decode()
    assert "every 6 months instead of every 3 months" in overview
    history = browser.get(reverse("clients:tab", args=[firm.ref.clients[0], "history"])).content.decode()
    assert "Travels half the year" in history


def test_one_click_leads_back(firm, signed_in):
    browser = signed_in("ann")
    post(browser, firm)
    cadence = CadenceOverride.objects.get()
    browser.post(reverse("servicing:back_to_standard", args=[cadence.client_id, cadence.pk]))
    page = browser.get(reverse("clients:tab", args=[cadence.client_id, "service"])).content.decode()
    assert "differs from" not in page


def test_a_client_without_exceptions_has_no_mark(firm, signed_in):
    page = signed_in("ann").get(reverse("clients:detail", args=[firm.ref.clients[0]])).content.decode()
    assert "Differs from" not in page


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"interval_months": 3}, "The standard says so already"),
        ({"interval_months": 5}, "Select a valid choice"),
        ({"reason": " "}, "Say why"),
        ({"starts_on": ""}, "Say from which day on"),
        ({"starts_on": "0026-03-01"}, "Check the year"),
        ({"ends_on": "2020-01-01"}, "This day has passed"),
        ({"ends_on": "9026-01-01"}, "Check the year"),
        ({"kind": "999999"}, "Select a valid choice"),
    ],
)
def test_bad_input_is_refused_with_a_sentence_at_its_field(firm, signed_in, values, text):
    answer = post(signed_in("ann"), firm, **values)
    assert answer.status_code == 422
    assert text in answer.content.decode()
    assert not CadenceOverride.objects.exists()


def test_an_end_before_the_start_is_refused(firm, signed_in):
    today = firm_today()
    answer = post(
        signed_in("ann"),
        firm,
        starts_on=(today + 9 * DAY).isoformat(),
        ends_on=(today + 3 * DAY).isoformat(),
    )
    assert "cannot end before it starts" in answer.content.decode()


def test_a_second_one_in_the_same_days_is_refused(firm, signed_in):
    browser = signed_in("ann")
    post(browser, firm)
    answer = post(browser, firm, interval_months=12)
    assert answer.status_code == 422
    assert "Go back to the standard first" in answer.content.decode()


def test_an_interval_that_the_allowed_months_cannot_hold_is_refused_with_the_months(firm, signed_in):
    answer = post(signed_in("ann"), firm, kind=firm.kinds["tax_coordination"].pk, interval_months=6)
    assert answer.status_code == 422
    assert "counted from October, also falls in April; allowed are only October and November" in (
        answer.content.decode()
    )


def test_a_service_that_the_tier_does_not_promise_cannot_be_chosen(firm, signed_in):
    answer = post(signed_in("ann"), firm, kind=firm.kinds["automated_update"].pk)
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("interval", "allowed", "fits"),
    [
        (1, [10], False),
        (1, [], True),
        (1, list(range(1, 13)), True),
        (3, [1, 4, 7, 10], True),
        (3, [1, 4, 7], False),
        (2, [1, 3, 5, 7, 9, 11], True),
        (6, [10, 11], False),
        (12, [10], True),
        (24, [2], True),
    ],
)
def test_it_knows_which_intervals_allowed_months_can_hold(interval, allowed, fits):
    assert (refusal(interval, allowed) == "") is fits


# --- the list


def test_advisors_see_their_own_clients_exceptions_and_operations_all(firm, signed_in):
    services.give_own_interval(cadence=own(firm), by=firm.users["ann"])
    address = reverse("servicing:exceptions")
    name = Client.objects.get().name
    assert name in signed_in("ann").get(address).content.decode()
    assert name in signed_in("olga").get(address).content.decode()
    assert name not in signed_in("outsider").get(address).content.decode()


def test_the_list_is_filtered_by_state_kind_of_exception_service_tier_and_advisor(firm, people, signed_in):
    today = firm_today()
    client = firm.ref.clients[0]
    services.give_own_interval(cadence=own(firm), by=people["ann"])
    Waiver.objects.create(
        client_id=client,
        kind=firm.kinds["estate_coordination"],
        reason="Done elsewhere",
        starts_on=today + 20 * DAY,
        ends_on=today + 90 * DAY,
    )
    ClientSummary.objects.update(tier=firm.tiers["A"])
    browser = signed_in("olga")

    def rows(**filters):
        found = browser.get(reverse("servicing:exceptions"), filters).context["rows"]
        return [(row["what"], row["kind__label"]) for row in found]

    interval, waiver = ("interval", "Review meeting"), ("waiver", "Estate coordination")
    assert rows() == [interval]
    assert rows(state="to_come") == [waiver]
    assert rows(state="ended") == []
    assert rows(what="interval") == [interval]
    assert rows(what="waiver") == []
    assert rows(kind="review_meeting", tier="A", advisor=people["ann"].pk) == [interval]
    assert rows(tier="B") == []
    assert rows(state="nonsense", kind="nonsense", advisor="x", after="x") == [interval]


@pytest.mark.parametrize("state", [exceptions.IN_FORCE, exceptions.ENDED])
def test_every_row_is_on_exactly_one_page(world, people, state, monkeypatch):
    today = firm_today()
    kinds = list(ServiceKind.objects.all()[:4])
    shift = 400 * DAY if state == exceptions.ENDED else 0 * DAY
    for n in range(6):
        client = world.client()
        for m, kind in enumerate(kinds):
            first, last = today - (9 + n) * DAY - shift, today + (n % 2) * DAY - shift
            if m % 2:
                Waiver.objects.create(client_id=client, kind=kind, reason="r", starts_on=first, ends_on=last)
            else:
                CadenceOverride.objects.create(
                    client_id=client, kind=kind, reason="r", starts_on=first, interval_months=2,
                    ends_on=None if n == 3 and not shift else last,
                )  # fmt: skip
    seen, after = [], None
    while True:
        page = list(exceptions.listed(exceptions.Asked(state=state, after=after), people["olga"], today)[:5])
        if not page:
            break
        seen += [(row["what"], row["id"]) for row in page]
        after = (page[-1]["end"], page[-1]["what"], page[-1]["id"])
    assert len(seen) == len(set(seen)) == 24


def test_an_own_interval_outlives_a_change_of_tier_where_the_new_one_promises_the_service(firm, people):
    services.give_own_interval(cadence=own(firm, 12), by=people["ann"])
    client = firm.ref.clients[0]
    firm.assign(client, "B", firm_today())
    plan(as_of=firm_today(), clients=[client])
    clock = ServiceClock.objects.get(kind__code="review_meeting")
    assert clock.item == ServiceItem.objects.get(standard__tier__code="B", kind__code="review_meeting")
    assert clock.due_on > firm_today() + 200 * DAY
