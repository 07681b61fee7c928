"""Pages of the annual review: who sees and does what, nothing typed is lost, alive in an empty firm."""

from __future__ import annotations

import datetime as dt
import zoneinfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.firm import firm_today
from clients.models import Job, Notice, Revenue, Tier
from servicing.dashboards import rollups
from servicing.delivery.periods import shifted
from servicing.models import (
    TO_DECIDE,
    AnnualReview,
    FirmGoal,
    GraduationDecision,
    ReviewAction,
    ReviewCode,
    ReviewStepState,
    ServiceItem,
    ServiceKind,
    ServiceStandard,
    ServiceTask,
    StandingPromise,
)
from servicing.reminders import digest
from servicing.review import carrying_out, results, services
from servicing.review.frozen import freeze, thaw
from servicing.templatetags.dashboards import rows_of
from servicing.written.services import keep_version
from servicing.written.since import line
from tests.factories import ClientFactory, UserFactory
from tests.servicing.reviews import begun_review
from tests.servicing.test_review import all_done, finish, firm_of, sign
from tiers import simulation
from tiers.models import TierRule
from tiers.services import propose_run

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def olga(client):
    person = UserFactory(username="olga", groups=["operations"])
    client.force_login(person, backend=BACKEND)
    return person


@pytest.fixture
def carl():
    return UserFactory(username="carl", groups=["compliance"])


def place(review: AnnualReview, code: str, name: str = "review_step") -> str:
    return reverse(f"servicing:{name}", args=[review.pk, code])


def test_an_empty_firm_is_led_through_all_of_it_in_few_queries(client, olga, carl):
    assert "No review was held yet" in client.get(reverse("servicing:reviews")).content.decode()
    begin = reverse("servicing:begin_review")
    assert client.post(begin, {"lead": olga.pk, "due_on": "2020-01-01"}).status_code == 422
    month = f"{firm_today():%Y-%m}"
    due = (firm_today() + dt.timedelta(days=30)).isoformat()
    answer = client.post(begin, {"lead": olga.pk, "due_on": due, "last_month": month}, follow=True)
    review = AnnualReview.objects.get()
    assert (review.first_on.day, review.last_on.year) == (1, firm_today().year)
    assert "0 of 8 steps are done" in answer.content.decode()
    for code in ("results", "capacity"):  # which add their figures up
        client.get(place(review, code))
    for code in ReviewCode:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(place(review, code)).status_code == 200, code
        assert len(queries) <= 22, (code, len(queries))
    for name in ("review", "review_record", "review_file"):
        with CaptureQueriesContext(connection) as queries:
            shown = client.get(reverse(f"servicing:{name}", args=[review.pk]))
        assert (shown.status_code, len(queries) <= 60) == (200, True)
    all_done(review, olga)
    sign(review, olga, carl)
    for _stage in carrying_out.STAGES:
        carrying_out.carry_out(review=review, by=carl)
    assert (
        "never changes" in client.get(reverse("servicing:review_record", args=[review.pk])).content.decode()
    )


def test_nothing_typed_is_lost_when_a_step_is_refused_or_changed_meanwhile(client, olga):
    review = begun_review(olga)
    page = place(review, "capacity")
    typed = {"do": "note", "seen": "Two people carry too much.", "finish": "1"}
    answer = client.post(page, typed)
    assert answer.status_code == 422
    assert "Two people carry too much." in answer.content.decode()
    assert "Say what was decided" in answer.content.decode()
    version = services.note(
        step=review.steps.get(code="capacity"), seen="Carl looked too.", decided="", by=UserFactory()
    ).changed_at
    late = {"do": "note", "seen": "Mine.", "decided": "Hire.", "version": "2020-01-01T00:00:00+00:00"}
    answer = client.post(page, late)
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "changed this step meanwhile" in shown
    assert "Carl looked too." in shown
    assert "Mine." in shown
    again = {**late, "version": version.isoformat(), "finish": "1"}
    assert client.post(page, again).status_code == 302
    assert review.steps.get(code="capacity").state == ReviewStepState.DONE
    assert client.post(page, {"do": "reopen"}).status_code == 302
    action = {"do": "agree", "action-text": "", "action-owner": olga.pk, "action-due_on": "2020-01-01"}
    assert client.post(page, action).status_code == 422
    household = ClientFactory(name="Okafor household")
    action |= {"action-text": "Ask about the plan", "action-due_on": firm_today().isoformat()}
    client.post(page, action | {"action-client": household.external_id})
    assert ServiceTask.objects.get(client=household).assigned_to == olga
    client.post(page, action | {"action-text": "Write it down"})
    done = ReviewAction.objects.get(task=None)
    client.post(reverse("servicing:review_action", args=[done.pk]), {"do": "done"})
    done.refresh_from_db()
    assert done.done_by == olga
    assert client.post(page, {"do": "unknown"}).status_code == 404


def test_an_owner_who_sees_own_clients_alone_does_the_own_step_alone(client, olga):
    firm_of()
    review = begun_review(olga)
    ann = UserFactory(groups=["advisor"])
    own = ClientFactory(name="Okafor household", lead=ann)
    services.give(step=review.steps.get(code="graduation"), owner=ann, due_on=firm_today(), by=olga)
    services.give(step=review.steps.get(code="valued"), owner=ann, due_on=firm_today(), by=olga)
    client.force_login(ann, backend=BACKEND)
    assert "Graduation list" in client.get(reverse("servicing:reviews")).content.decode()
    today = client.get(reverse("servicing:today")).content.decode()
    assert "Annual review" in today
    assert place(review, "graduation") in today
    shown = client.get(place(review, "graduation")).content.decode()
    assert "Household" not in shown
    assert "Revenue" not in client.get(place(review, "valued")).content.decode()
    for code in ("results", "sign", "carry_out"):
        assert client.get(place(review, code)).status_code == 403
    assert client.post(place(review, "graduation"), {"do": "carry_out"}).status_code == 403
    note = {"do": "note", "seen": "", "decided": "Nobody of mine."}
    assert client.post(place(review, "graduation"), note).status_code == 302
    zone = zoneinfo.ZoneInfo("America/New_York")
    mail = digest.waiting_for(ann, dt.datetime.combine(firm_today(), dt.time(7), tzinfo=zone))
    assert [(section.title, section.number) for section in mail] == [("Annual review", 2)]
    assert own.pk


def test_who_owns_an_action_alone_ticks_it_off_in_the_list(client, olga):
    """The step it was agreed in shows the whole firm's figures, which an advisor does not see."""
    review = begun_review(olga)
    ann = UserFactory(groups=["advisor"])
    step = review.steps.get(code="results")
    action = services.agree(
        step=step, text="Ask for three referrals", owner=ann, due_on=firm_today(), by=olga
    )
    client.force_login(ann, backend=BACKEND)
    lists = reverse("servicing:reviews")
    assert Notice.objects.get(user=ann).url == lists
    for page in (lists, reverse("servicing:today")):
        shown = client.get(page).content.decode()
        assert "Ask for three referrals" in shown
        assert place(review, "results") not in shown
    form = {"do": "done", "back": "list"}
    assert client.post(reverse("servicing:review_action", args=[action.pk]), form).url == lists
    assert "Nothing of a review waits for you" in client.get(lists).content.decode()


def test_decisions_signatures_and_carrying_out_by_their_forms(client, olga, carl):
    clients = firm_of()
    review = begun_review(olga)
    page = place(review, "graduation")
    first, second, third = (each.pk for each in clients)
    with CaptureQueriesContext(connection) as queries:
        shown = client.get(page).content.decode()
    assert shown.count("decision-") == 3
    assert len(queries) <= 20
    refused = client.post(page, {"do": "decide", "list": "up", f"decision-{first}": "waits"}, follow=True)
    assert "Say why a client waits" in refused.content.decode()
    sent = {f"decision-{first}": "waits", f"reason-{first}": "Next year.", f"decision-{second}": "graduates"}
    client.post(page, {"do": "decide", "list": "up", f"decision-{third}": "", **sent})
    assert GraduationDecision.objects.count() == 2
    client.post(page, {"do": "decide_rest", "list": "up", "decision": "graduates"})
    assert set(GraduationDecision.objects.values_list("client", "decision")) == {
        (first, "waits"),
        (second, "graduates"),
        (third, "graduates"),
    }
    client.post(page, {"do": "take_back", "list": "up", "client": third})
    assert GraduationDecision.objects.count() == 2
    policy = place(review, "policy")
    assert client.post(policy, {"do": "make_draft"}).status_code == 302
    client.post(policy, {"do": "simulate"})
    assert "It can be published" in client.get(policy).content.decode()
    for code in TO_DECIDE:
        finish(review, code, olga)
    assert "text/csv" in client.get(f"{place(review, 'results')}?table=results")["Content-Type"]
    assert client.get(f"{place(review, 'results')}?table=other").status_code == 404

    signing = place(review, "sign")
    seen = client.get(signing).context["signing"].digest
    client.post(signing, {"do": "sign", "digest": seen})
    client.force_login(carl, backend=BACKEND)
    assert client.post(place(review, "carry_out"), {"do": "carry_out"}).status_code == 403
    client.post(signing, {"do": "decline", "digest": seen, "reason": "The fees are missing."})
    assert "The fees are missing." in client.get(signing).content.decode()
    client.post(signing, {"do": "sign", "digest": seen})
    record = client.get(reverse("servicing:review_record", args=[review.pk])).content.decode()
    assert record.count("Signed</span>") == 2
    assert "Next year." in record
    adam = UserFactory(groups=["administrator"])
    client.force_login(adam, backend=BACKEND)
    client.post(reverse("servicing:review_signers"), {"signers": 3, "groups": ["operations"]})
    assert "1 more person has to sign" in client.get(place(review, "carry_out")).content.decode()
    client.post(signing, {"do": "sign", "digest": seen})
    assert client.post(place(review, "carry_out"), {"do": "carry_out", "whole": "1"}).status_code == 302
    assert Job.objects.filter(task=carrying_out.TASK).count() == 1


def test_the_written_policy_counts_changes_from_the_last_sign_off(client, olga, carl):
    first = keep_version(by=olga, reason="Begun.")
    assert line().last == first
    review = begun_review(olga)
    all_done(review, olga)
    sign(review, olga, carl)
    for _stage in carrying_out.STAGES:
        review = carrying_out.carry_out(review=review, by=carl)
    assert review.written == first  # it read the same
    promise = StandingPromise.objects.order_by("pk")[0]
    promise.text = "We answer within one business day."
    promise.save()
    second = keep_version(by=olga, reason="Faster answers.")
    promise.text = "We answer within two hours."
    promise.save()
    now = line()
    assert (now.last, now.review) == (first, review)
    assert now.reasons == [(str(second), "Faster answers.")]
    shown = client.get(reverse("servicing:written_policy")).content.decode()
    assert "Changes since the sign-off of Annual review" in shown
    assert "Faster answers." in shown
    assert "How we speak with clients" in shown
    assert "Words to avoid" in shown
    assert "signed off in" in client.get(reverse("servicing:policy_version", args=[1])).content.decode()


def queries_of_pages(client, review: AnnualReview) -> dict[str, int]:
    """How many queries each page of the review asks, once its figures are added up."""
    pages = {code: place(review, code) for code in ReviewCode}
    for name in ("review", "review_record", "review_file"):
        pages[name] = reverse(f"servicing:{name}", args=[review.pk])
    found = {}
    for name, page in pages.items():
        b"".join(client.get(page))
        with CaptureQueriesContext(connection) as queries:
            b"".join(client.get(page))
        found[name] = len(queries)
    return found


def test_pages_ask_as_much_of_a_small_firm_as_of_a_larger_one(client, olga, carl):
    firm_of()
    review = begun_review(olga)
    draft = services.make_draft(review=review, by=olga)
    simulation.simulate(policy=draft, as_of=firm_today(), by=olga)
    few = queries_of_pages(client, review)
    assert {name: number for name, number in few.items() if number > 20} == {
        "review_record": few["review_record"],
        "review_file": few["review_file"],
    }
    assert max(few.values()) <= 43
    assert max(few[name] for name in ("results", "valued", "capacity", "standards", "review", "sign")) <= 15

    for number in range(4):
        tier = Tier.objects.create(code=f"X{number}", label=f"Tier X{number}", position=10 + number)
        standard = ServiceStandard.objects.create(tier=tier)
        for kind in ServiceKind.objects.all():
            ServiceItem.objects.create(
                standard=standard, kind=kind, interval_months=12, duration_minutes=30, role_id=1
            )
    *firm, last = draft.rules.order_by("position")
    last.delete()
    tiers = [*(rule.tier for rule in firm), *Tier.objects.filter(code__startswith="X")]
    for position, tier in enumerate(tiers[len(firm) :], len(firm) + 1):
        TierRule.objects.create(
            policy=draft, tier=tier, position=position, rank_key="score", max_clients=3 + position
        )
    TierRule.objects.create(policy=draft, tier=last.tier, position=9, rank_key="score")
    for number in range(12):
        UserFactory(groups=["operations"])
        household = ClientFactory(growth_potential=5, lead=UserFactory(groups=["advisor"]))
        Revenue.objects.create(client=household, date=firm_today(), amount=1000 + number, source="x")
        services.agree(
            step=review.steps.get(code="capacity"),
            text=f"Ask about {number}",
            owner=carl,
            due_on=firm_today(),
            by=olga,
        )
    propose_run(as_of=firm_today())
    simulation.simulate(policy=draft, as_of=firm_today(), by=olga)
    rollups.refresh()
    many = queries_of_pages(client, AnnualReview.objects.get())
    assert {name: (few[name], many[name]) for name in few if many[name] > few[name]} == {}


def test_a_step_says_what_is_not_there_and_nothing_that_is_not_so(client, olga, carl):
    """A draft that changes nothing says so; nothing is said to be published before it is; no remark of few
    answers where every service has many; and amounts of goals stand under each other."""
    review = begun_review(olga)
    draft = services.make_draft(review=review, by=olga)
    simulation.simulate(policy=draft, as_of=firm_today(), by=olga)
    assert (
        "The draft states what the policy in force states."
        in client.get(place(review, "policy")).content.decode()
    )
    shown = client.get(place(review, "carry_out")).content.decode()
    assert f"{draft} will be published." in shown
    assert "2 people have to sign." in shown
    valued = client.get(place(review, "valued")).content.decode()
    assert "Few answers" not in valued
    assert "Remark" not in valued
    FirmGoal.objects.create(year=firm_today().year, kind="revenue", target=1_000_000)
    rollups.refresh()
    goals = results.results(review).table("goals")
    assert [cell.kind for cell in goals.rows[0]] == ["text", "amount", "amount", "amount", "text"]
    kept = thaw(freeze(results.results(review))).table("goals")
    assert '<td class="number text-nowrap">$1,000,000</td>' in rows_of(kept)


def test_a_review_begins_with_the_last_full_month_and_compares_months_that_are_over(
    client, olga, time_machine
):
    time_machine.move_to(dt.datetime(2026, 10, 15, 16, tzinfo=dt.UTC))
    household = ClientFactory()
    for back in range(26):
        day = shifted(firm_today(), -back)
        Revenue.objects.create(client=household, date=day, amount=1000, source="x")
    begin = reverse("servicing:begin_review")
    month = client.get(begin).context["form"]["last_month"]
    assert month.value() == "2026-09" == month.field.choices[0][0]
    assert month.field.choices[-1] == ("2026-10", "October 2026, which is not over yet")
    client.post(begin, {"lead": olga.pk, "due_on": "2026-11-20", "last_month": month.value()})
    review = AnnualReview.objects.get()
    seen = results.results(review)
    assert any("in the year before" in text for text in seen.says)
    assert [cell.value for cell in seen.table("results").foot[3:5]] == [12_000, 0]
    services.abandon(review=review, reason="With the running month.", by=olga)
    seen = results.results(begun_review(olga))
    assert not any("in the year before" in text for text in seen.says)
    assert [cell.value for cell in seen.table("results").foot[3:5]] == [None, None]
    assert "nothing is compared with the year before" in seen.notes[0]
