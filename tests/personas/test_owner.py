"""Owners' tools: what hangs on one asset, options by the owner's own words, steps one at a time."""

import datetime as dt
import threading
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.formats import date_format

from clients.firm import firm_today
from clients.models import Persona
from clients.register.statement import statement_of
from personas.models import CommitmentStep, Holding, OptionRating, OwnerOption, StepState, WinCondition
from personas.tools.owner import balance, comparing, services, steps
from personas.tools.registry import pictures
from servicing.book.merging import merge
from servicing.book.parting import part
from tests.factories import ClientFactory, UserFactory

D = Decimal
DAY = dt.timedelta(days=1)


@pytest.fixture
def advisor(db):
    return UserFactory(groups=["advisor"])


@pytest.fixture
def owner(advisor):
    return ClientFactory(lead=advisor, persona=Persona.objects.get(code="business_owner"))


@pytest.fixture
def browser(advisor):
    browser = Browser()
    browser.force_login(advisor, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def hold(client, name, value, kind="business", on=None, as_of=None) -> Holding:
    return Holding.objects.create(
        client=client, name=name, value=D(value), kind=kind, hangs_on=on, as_of=as_of or firm_today()
    )


def propose(client, *titles) -> list[CommitmentStep]:
    return [steps.add_step(client=client, title=title) for title in titles]


def agree(step, on=None, due_on=None) -> CommitmentStep:
    return steps.agree(step=step, on=on or firm_today(), by="Ada", due_on=due_on)


# --- What hangs on one asset ------------------------------------------------------------------------------


def test_it_shows_how_much_hangs_on_the_largest_asset_and_marks_old_values(browser, owner):
    business = hold(owner, "Tooling", 500)
    hold(owner, "Hall", 250, "real_estate", business, firm_today() - 400 * DAY)
    hold(owner, "Home", 250, "real_estate")
    hold(owner, "Guaranteed loan", 100, "business_loan", business)
    hold(owner, "Mortgage", 50, "mortgage")
    today = firm_today()
    with CaptureQueriesContext(connection) as queries:
        sheet = balance.sheet_of(owner, today)
    assert len(queries) == 1
    largest = sheet.largest
    assert (largest.asset, largest.share, largest.owned, largest.owed) == (business, D("0.75"), 750, 100)
    assert sum(group.share for group in sheet.groups) == 1
    assert (sheet.owned, sheet.owed, sheet.net) == (1000, 150, 850)
    assert [each.name for each in sheet.stale] == ["Hall"]
    page = browser.get(reverse("personas:owner_balance", args=[owner.pk])).content.decode()
    assert "<strong>75 %</strong>" in page
    assert "<desc" in page
    assert "more than a year ago" in page
    business.delete()  # what hung on it stays
    assert balance.sheet_of(owner, firm_today()).largest.share == D("0.5")
    nothing = balance.sheet([], firm_today())
    assert (nothing.largest, nothing.owned) == (None, 0)


def test_holdings_that_cannot_be_are_refused_with_the_reason(browser, owner):
    business = hold(owner, "Tooling", 500)
    hall = hold(owner, "Hall", 250, "real_estate", business)
    elsewhere = hold(ClientFactory(), "Theirs", 1)
    good = {"name": "Land", "kind": "real_estate", "value": "10", "as_of": str(firm_today()), "hangs_on": ""}
    new = reverse("personas:new_holding", args=[owner.pk])
    change = reverse("personas:edit_holding", args=[owner.pk, business.pk])
    refused = [
        (new, {"value": "-1"}, "value", "This cannot be negative."),
        (new, {"as_of": str(firm_today() + DAY)}, "as_of", "This day is still to come."),
        (new, {"hangs_on": hall.pk}, "hangs_on", "Select a valid choice"),  # one level is enough to see
        (new, {"hangs_on": elsewhere.pk}, "hangs_on", "Select a valid choice"),
        (change, {"hangs_on": hold(owner, "Shop", 1).pk}, "hangs_on", "Other holdings hang on this one"),
        (change, {"kind": "mortgage"}, "kind", "Other holdings hang on this one"),
    ]
    for url, more, field, reason in refused:
        answer = browser.post(url, good | more)
        assert answer.status_code == 422, more
        assert reason in answer.context["form"].errors[field][0]
    with pytest.raises(IntegrityError), transaction.atomic():
        hold(owner, "Less than nothing", -1)


# --- Win conditions and options ----------------------------------------------------------------------------


def test_options_are_compared_by_the_owners_own_weights(browser, owner):
    jobs, fridays = (
        WinCondition.objects.create(client=owner, title=title, importance=importance)
        for title, importance in (("Nobody loses the job", 5), ("Fridays off", 2))
    )
    for title, rated in (("Sell", {jobs.pk: (2, "Says the buyer"), fridays.pk: (5, "")}), ("Keep", {})):
        services.save_option(option=OwnerOption(client=owner, title=title), ratings=rated)
    with CaptureQueriesContext(connection) as queries:
        found = comparing.comparison_of(owner)
    assert len(queries) == 1
    sell, keep = found.columns
    assert (sell.mean, keep.mean) == (D("2.9"), None)  # (5 * 2 + 2 * 5) / 7 = 2.857
    assert (found.missing, found.closest) == (2, [])
    url = reverse("personas:edit_option", args=[owner.pk, keep.option.pk])
    note_alone = {"title": "Keep", f"note_{jobs.pk}": "Surely"}
    assert "Choose a rating" in browser.post(url, note_alone).content.decode()
    rated = {"title": "Keep", "leaves_open": "Who leads", f"rating_{jobs.pk}": 5, f"rating_{fridays.pk}": 1}
    assert browser.post(url, rated).status_code == 302
    page = browser.get(reverse("personas:owner_options", args=[owner.pk])).content.decode()
    assert "<strong>B · Keep</strong>" in page
    assert "Who leads" in page
    assert browser.post(url, {"title": "Keep", f"rating_{jobs.pk}": 9}).status_code == 422
    for title in ("Merge", "Wait"):
        services.save_option(option=OwnerOption(client=owner, title=title), ratings={})
    with pytest.raises(services.OptionRefused, match="Four options"):
        services.save_option(option=OwnerOption(client=owner, title="Fifth"), ratings={})
    OwnerOption.objects.get(client=owner, letter="A").delete()
    again = services.save_option(option=OwnerOption(client=owner, title="Sell later"), ratings={})
    assert again.letter == "A"


# --- Staged commitments ------------------------------------------------------------------------------------


def test_a_step_waits_for_those_before_it(owner):
    first, second, third = propose(owner, "List", "Value", "Talk")
    with pytest.raises(steps.StepRefused, match="“List” comes first"):
        agree(second)
    agree(first)
    with pytest.raises(steps.StepRefused, match="“List” is still under way"):
        agree(second)
    with pytest.raises(steps.StepRefused, match="comes first"):
        steps.close(step=second, state=StepState.DONE, on=firm_today())
    steps.close(step=first, state=StepState.DONE, on=firm_today())
    with pytest.raises(steps.StepRefused, match="Nobody agreed"):
        steps.close(step=second, state=StepState.DONE, on=firm_today())
    with pytest.raises(steps.StepRefused, match="Give the reason"):
        steps.close(step=second, state=StepState.STOPPED, on=firm_today())
    steps.close(step=second, state=StepState.STOPPED, on=firm_today(), reason="Not now")
    with pytest.raises(steps.StepRefused, match="not removed"):
        steps.remove(step=second)
    with pytest.raises(steps.StepRefused, match="later step"):
        steps.reopen(step=first)
    assert steps.reopen(step=second).state == StepState.PROPOSED
    assert steps.steps_of(owner).next == second
    assert third in steps.steps_of(owner).proposed


@pytest.mark.parametrize("state", ["active", "done"])
def test_the_database_lets_no_later_step_go_first(owner, state):
    _first, second = propose(owner, "List", "Value")
    closed = firm_today() if state == "done" else None
    with pytest.raises(IntegrityError, match="those before it"), transaction.atomic():
        CommitmentStep.objects.filter(pk=second.pk).update(
            state=state, agreed_on=firm_today(), agreed_by="Ada", closed_on=closed
        )


def test_steps_not_agreed_change_places_and_others_keep_theirs(owner):
    first, second, third = propose(owner, "List", "Value", "Talk")
    agree(first)
    steps.move(step=third, earlier=True)
    steps.move(step=third, earlier=True)  # not before one that was agreed
    assert [step.title for step in steps.steps_of(owner).every] == ["List", "Talk", "Value"]
    with pytest.raises(steps.StepRefused, match="keeps its place"):
        steps.move(step=first, earlier=False)
    steps.move(step=second, earlier=False)
    assert [step.title for step in steps.steps_of(owner).every] == ["List", "Talk", "Value"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("by_service", [True, False], ids=["on the page", "past the page"])
def test_of_two_people_who_agree_at_once_one_is_refused(by_service):
    client = ClientFactory()
    first, second = propose(client, "List", "Value")
    start, refused = threading.Barrier(2), []

    def act(step: CommitmentStep) -> None:
        try:
            start.wait(10)
            if by_service:
                agree(step)
            else:
                with transaction.atomic():
                    CommitmentStep.objects.filter(pk=step.pk).update(
                        state="active", agreed_on=firm_today(), agreed_by="Ada"
                    )
        except (steps.StepRefused, IntegrityError) as error:
            refused.append((step.title, error))
        finally:
            connection.close()

    people = [threading.Thread(target=act, args=[step]) for step in (first, second)]
    for person in people:
        person.start()
    for person in people:
        person.join(20)
    states = list(CommitmentStep.objects.filter(client=client).values_list("state", flat=True))
    assert [title for title, _error in refused] == ["Value"]
    assert states == ["active", "proposed"]


def test_the_page_leads_through_the_firms_list_one_step_at_a_time(browser, owner):
    page = reverse("personas:owner_steps", args=[owner.pk])
    assert "Begin with our list" in browser.get(page).content.decode()
    begin = reverse("personas:add_starters", args=[owner.pk])
    browser.post(begin)
    browser.post(begin)  # a second click adds nothing
    found = steps.steps_of(owner)
    assert len(found.every) == 7
    first, second = found.every[:2]
    url = reverse("personas:agree_step", args=[owner.pk, first.pk])
    before = {"agreed_by": "Ada", "agreed_on": str(firm_today()), "due_on": str(firm_today() - DAY)}
    assert "before it was agreed" in browser.post(url, before).content.decode()
    assert browser.post(url, {"agreed_by": "Ada", "agreed_on": str(firm_today())}).status_code == 302
    other = reverse("personas:agree_step", args=[owner.pk, second.pk])
    refused = browser.post(other, {"agreed_by": "Ada", "agreed_on": str(firm_today())})
    assert refused.status_code == 422
    assert "is still under way" in refused.content.decode()
    end = reverse("personas:close_step", args=[owner.pk, first.pk])
    assert browser.post(end, {"state": "stopped", "closed_on": str(firm_today())}).status_code == 422
    assert browser.post(end, {"state": "done", "closed_on": str(firm_today())}).status_code == 302
    assert "1 of 7 steps done" in browser.get(page).content.decode()
    browser.post(reverse("personas:do_step", args=[owner.pk, first.pk, "reopen"]))
    assert steps.steps_of(owner).active == first
    assert browser.post(reverse("personas:do_step", args=[owner.pk, first.pk, "dance"])).status_code == 404


def test_pictures_and_statement_have_what_is_held(browser, owner):
    hold(owner, "Tooling", 500)
    WinCondition.objects.create(client=owner, title="Fridays off", importance=2)
    agree(propose(owner, "List")[0], due_on=firm_today() + DAY)
    today = firm_today()
    with CaptureQueriesContext(connection) as queries:
        drawn = pictures(owner, today)
    assert [tool.code for tool, _picture in drawn] == ["owner_balance", "owner_options", "owner_steps"]
    assert len(queries) <= 2 + 3 + 1  # which there are, what they draw, and the register outside a request
    tab = browser.get(reverse("clients:tab", args=[owner.pk, "tools"])).content.decode()
    assert "hangs on one asset: Tooling" in tab
    assert "Under way" in tab
    told = {each.field.code: [held.value for held in each.values]
            for _group, rows in statement_of(owner).groups for each in rows}  # fmt: skip
    assert told["holdings"] == [f"Tooling (business): $500.00 on {date_format(today, 'F j, Y')}"]
    assert told["win_conditions"] == ["Fridays off (importance 2 of 5)"]
    assert told["owner_steps"][0].startswith("List; agreed, under way; agreed on ")


def test_merged_records_keep_one_step_under_way_and_part_again(owner):
    other = ClientFactory()
    kept, gone = propose(owner, "List", "Value"), propose(other, "Read", "Write", "Sell")
    agree(kept[0])
    agree(gone[0])
    steps.close(step=gone[0], state=StepState.DONE, on=firm_today())
    agree(gone[1])
    business = hold(other, "Mill", 5)
    win = WinCondition.objects.create(client=other, title="Peace", importance=3)
    services.save_option(option=OwnerOption(client=other, title="Sell"), ratings={win.pk: (4, "")})
    services.save_option(option=OwnerOption(client=owner, title="Keep"), ratings={})
    boss = UserFactory(groups=["operations"])
    merge(kept=owner.pk, gone=other.pk, take=(), by=boss)
    told = [(step.title, step.state) for step in steps.steps_of(owner).every]
    assert told == [("Read", "done"), ("List", "active"), ("Value", "proposed"), ("Write", "proposed"),
                    ("Sell", "proposed")]  # fmt: skip
    assert business.pk in owner.holdings.values_list("pk", flat=True)
    assert list(owner.owner_options.values_list("title", flat=True)) == ["Keep"]
    back = part(merge=owner.merges.get(), by=boss)
    assert [(step.title, step.state) for step in steps.steps_of(back).every] == [
        ("Read", "done"),
        ("Write", "active"),
        ("Sell", "proposed"),
    ]
    assert OptionRating.objects.get(client=back).rating == 4
