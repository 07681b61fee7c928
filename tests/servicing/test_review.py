"""The annual review: steps freeze their figures, sign-off holds for what was signed, what follows is done
once, and the record never changes."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from clients import jobs
from clients.commands import Refused
from clients.firm import firm_settings, firm_today
from clients.models import Client, Job, JobState, Notice, Revenue, User
from servicing import tasks
from servicing.book import merging
from servicing.dashboards import rollups
from servicing.models import (
    TO_DECIDE,
    AnnualReview,
    GraduationDecision,
    ReviewCode,
    ReviewSettings,
    ReviewSignature,
    ReviewSigner,
    ReviewStep,
    ReviewStepState,
    ServiceItem,
    ServiceTask,
    WrittenPolicy,
)
from servicing.planning import sweeps
from servicing.planning.working_days import working_day_from
from servicing.review import carrying_out, graduation, reading, services, signing
from servicing.review.graduation import Choice
from servicing.review.waiting import waiting_for
from servicing.written.content import content, lines_of
from tests.factories import ClientFactory, UserFactory
from tests.servicing.reviews import begun_review
from tiers import policies, simulation
from tiers.models import Policy, PolicyStatus, RejectedMove, ScoringRun, TierAssignment, TierSettings
from tiers.services import apply_run, propose_run
from tiers.stated import statement_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga() -> User:
    return UserFactory(username="olga", groups=["operations"])


@pytest.fixture
def carl() -> User:
    return UserFactory(username="carl", groups=["compliance"])


@pytest.fixture
def review(olga, carl) -> AnnualReview:
    return begun_review(olga)


def days_ago(days: int) -> dt.date:
    return firm_today() - dt.timedelta(days=days)


def finish(review: AnnualReview, code: str, by: User, decided: str = "As it is.") -> ReviewStep:
    step = review.steps.get(code=code)
    services.note(step=step, seen="We looked.", decided=decided, by=by)
    return services.finish(step=step, by=by)


def all_done(review: AnnualReview, by: User) -> None:
    for code in TO_DECIDE:
        finish(review, code, by)


def sign_off(review: AnnualReview) -> signing.SignOff:
    """As a page reads it."""
    return signing.sign_off(AnnualReview.objects.get(pk=review.pk))


def sign(review: AnnualReview, *people: User) -> None:
    for person in people:
        signing.sign(review=review, by=person, seen=sign_off(review).digest)


def carry_out_and_die(review: AnnualReview, by: User) -> None:
    with transaction.atomic():
        carrying_out.carry_out(review=review, by=by)
        raise RuntimeError


def firm_of() -> list[Client]:
    """Three clients who bring most of the revenue, and three in tier C who fit tier B by now."""
    clients = [ClientFactory(growth_potential=1) for _number in range(6)]
    for client, amount in zip(clients, (900, 910, 920, 9000, 9100, 9200), strict=True):
        Revenue.objects.create(client=client, date=days_ago(50), amount=Decimal(amount), source="x")
    apply_run(run=propose_run(as_of=days_ago(40)), applied_by=None)
    Client.objects.filter(pk__in=[client.pk for client in clients[:3]]).update(growth_potential=5)
    propose_run(as_of=firm_today())
    return clients[:3]


def test_one_review_is_open_at_a_time_and_its_steps_wait_for_their_owners(review, olga):
    assert [step.code for step in review.steps.all()] == list(ReviewCode)
    due = [step.due_on for step in review.steps.all()]
    assert due == sorted(due)
    assert due[-1] == review.due_on
    assert all(day == working_day_from(firm_settings(), day) for day in due[:-1])
    with pytest.raises(Refused, match="under way"):
        begun_review(olga)
    with pytest.raises(IntegrityError), transaction.atomic():
        AnnualReview.objects.create(
            year=2020,
            first_on=review.first_on,
            last_on=review.last_on,
            lead=olga,
            due_on=review.due_on,
            begun_by=olga,
        )
    ann = UserFactory(groups=["advisor"])
    services.give(step=review.steps.get(code="valued"), owner=ann, due_on=review.due_on, by=olga)
    (waits,) = waiting_for(ann)
    assert (waits.text, waits.due_on) == ("What each segment valued", review.due_on)
    assert "What each segment valued" in Notice.objects.get(user=ann).text
    assert len(waiting_for(olga)) == 5  # sign-off and carrying out do not wait for anybody yet


def test_a_review_begins_with_all_of_its_steps_or_not_at_all(olga, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(services, "working_day_from", None)  # the power goes before its steps are there
        with pytest.raises(TypeError):
            begun_review(olga)
    assert not AnnualReview.objects.exists()
    assert begun_review(olga).steps.count() == len(ReviewCode)


def test_a_step_freezes_its_figures_and_opens_again_with_those_of_the_day(review, olga):
    client = ClientFactory()
    Revenue.objects.create(client=client, date=firm_today(), amount=Decimal(12000), source="x")
    step = review.steps.get(code="results")
    with pytest.raises(Refused, match="what was decided"):
        services.finish(step=step, by=olga)
    finish(review, "results", olga, "Grow.")
    Revenue.objects.create(
        client=client, date=firm_today() - dt.timedelta(days=1), amount=Decimal(500), source="x"
    )

    rollups.refresh()
    step.refresh_from_db()
    step.review = review
    kept = reading.figures_of(step)
    assert kept.table("results").foot[2].value == Decimal("12000.00")
    assert "$12,000" in kept.says[0]
    with pytest.raises(Refused, match="Open it again"):
        services.note(step=step, seen="", decided="Other", by=olga)
    step = services.reopen(step=step, by=olga)
    assert reading.figures_of(step).table("results").foot[2].value == Decimal("12500.00")


def test_the_draft_is_done_only_when_it_can_be_published_and_was_simulated_as_it_stands(review, olga):
    ClientFactory()
    draft = services.make_draft(review=review, by=olga)
    with pytest.raises(Refused, match="Simulate the draft"):
        finish(review, "policy", olga)
    simulation.simulate(policy=draft, as_of=firm_today(), by=olga)
    step = finish(review, "policy", olga)
    assert {"tiers", "hours"} <= {table["code"] for table in step.figures["tables"]}
    with pytest.raises(Refused, match="done"):
        services.choose_draft(review=review, draft=None, by=olga)
    with pytest.raises(Refused, match="rests on this draft"):
        policies.discard_draft(policy=draft)


def test_signatures_hold_for_what_was_signed_and_are_void_when_it_changes(review, olga, carl):
    with pytest.raises(Refused, match="Not every step"):
        signing.sign(review=review, by=olga, seen=sign_off(review).digest)
    draft = services.make_draft(review=review, by=olga)
    simulation.simulate(policy=draft, as_of=firm_today(), by=olga)
    all_done(review, olga)
    seen = sign_off(review).digest
    assert [each.text for each in waiting_for(carl)] == ["Your signature"]
    sign(review, olga)
    with pytest.raises(Refused, match="signed this already"):
        sign(review, olga)
    assert sign_off(review).missing == ["1 more person has to sign."]
    signing.sign(review=review, by=carl, seen=seen)
    assert sign_off(review).complete
    assert review.steps.get(code="sign").state == ReviewStepState.DONE
    assert not waiting_for(carl)

    # somebody changes the draft in the studio
    stated = dataclasses.replace(statement_of(draft), half_life_days=90)
    policies.change_draft(policy=draft, stated=stated, by=olga)
    now = sign_off(review)
    assert not now.complete
    assert {each.person for each in now.void} == {olga, carl}
    with pytest.raises(Refused, match="changed while you were reading"):
        signing.sign(review=review, by=olga, seen=seen)
    assert "have to sign" in " ".join(carrying_out.obstacles(AnnualReview.objects.get(), carl))

    # a step is opened again: whoever signed is told, and the step of the sign-off is no longer done
    services.reopen(step=review.steps.get(code="policy"), by=olga)
    assert review.steps.get(code="sign").state == ReviewStepState.UNDER_WAY
    assert "changed since you signed" in Notice.objects.filter(user=carl).latest("id").text


def published(by: User, days: int) -> Policy:
    """Another policy in force, published beside the review: one that states another half-life."""
    draft = policies.clone_policy(policy=Policy.objects.get(status=PolicyStatus.PUBLISHED), by=by)
    changed(draft, days, by)
    return policies.publish_policy(policy=draft, by=None, reason="Meanwhile.", effective_on=firm_today())


def changed(draft: Policy, days: int, by: User) -> None:
    draft = Policy.objects.get(pk=draft.pk)
    stated = dataclasses.replace(statement_of(draft), half_life_days=days)
    policies.change_draft(policy=draft, stated=stated, by=by)


def test_a_draft_that_changed_after_its_step_is_signed_when_it_was_simulated_again(
    review, olga, carl, client
):
    draft = services.make_draft(review=review, by=olga)
    simulation.simulate(policy=draft, as_of=firm_today(), by=olga)
    all_done(review, olga)
    sign(review, olga, carl)
    changed(draft, 90, olga)
    with pytest.raises(Refused, match=f"{draft} changed after the step “Draft policy” was done"):
        sign(review, olga)
    now = sign_off(review)
    assert not now.ready
    assert "simulate the draft as it stands now" in now.missing[0]
    assert now.missing[0] == carrying_out.obstacles(AnnualReview.objects.get(), carl)[0]
    client.force_login(carl, backend="django.contrib.auth.backends.ModelBackend")
    for code in ("policy", "sign", "carry_out"):
        shown = client.get(f"/review/{review.pk}/{code}/").content.decode()
        assert "simulate the draft as it stands now" in shown, code
    assert 'value="sign"' not in client.get(f"/review/{review.pk}/sign/").content.decode()

    step = services.reopen(step=review.steps.get(code="policy"), by=olga)
    with pytest.raises(Refused, match="Simulate the draft"):
        services.finish(step=step, by=olga)
    simulation.simulate(policy=Policy.objects.get(pk=draft.pk), as_of=firm_today(), by=olga)
    services.finish(step=step, by=olga)
    sign(review, olga, carl)
    assert sign_off(review).complete

    # changed and changed back, it states what was signed
    changed(draft, 91, olga)
    changed(draft, 90, olga)
    assert sign_off(review).complete


def test_that_the_policy_stays_is_not_signed_once_another_one_is_in_force(review, olga, carl):
    all_done(review, olga)
    sign(review, olga, carl)
    published(olga, 90)
    now = sign_off(review)
    assert {each.person for each in now.void} == {olga, carl}
    assert "Another policy is in force" in now.missing[0]
    with pytest.raises(Refused, match="Another policy is in force"):
        sign(review, olga)
    services.finish(step=services.reopen(step=review.steps.get(code="policy"), by=olga), by=olga)
    sign(review, olga, carl)
    carrying_out.carry_out(review=review, by=carl)
    assert AnnualReview.objects.get().published_at


def test_a_draft_that_was_published_beside_the_review_is_the_one_that_was_signed(review, olga, carl):
    draft = services.make_draft(review=review, by=olga)
    changed(draft, 90, olga)
    simulation.simulate(policy=Policy.objects.get(pk=draft.pk), as_of=firm_today(), by=olga)
    all_done(review, olga)
    sign(review, olga, carl)
    policies.publish_policy(policy=draft, by=None, reason="At once.", effective_on=firm_today())
    assert sign_off(review).complete
    for _stage in (carrying_out.PUBLISH, carrying_out.APPLY):
        carrying_out.carry_out(review=review, by=carl)
    assert AnnualReview.objects.get().run.policy == draft


@pytest.mark.parametrize("drafted", [True, False])
def test_no_run_is_made_by_another_policy_than_the_one_that_was_signed(review, olga, carl, drafted):
    reviewed = Policy.objects.get(status=PolicyStatus.PUBLISHED)
    if drafted:
        reviewed = services.make_draft(review=review, by=olga)
        simulation.simulate(policy=reviewed, as_of=firm_today(), by=olga)
    all_done(review, olga)
    sign(review, olga, carl)
    carrying_out.carry_out(review=review, by=carl)
    published(olga, 90)
    with pytest.raises(Refused, match=f"came into force, and {reviewed} is what was signed"):
        carrying_out.carry_out(review=review, by=carl)
    assert not ScoringRun.objects.exists()
    again = policies.clone_policy(policy=reviewed, by=olga)
    policies.publish_policy(policy=again, by=None, reason="As signed.", effective_on=firm_today())
    carrying_out.carry_out(review=review, by=carl)
    assert AnnualReview.objects.get().run.policy == again


def test_the_record_shows_the_words_that_counted(review, olga, carl, client):
    """Not the last word that was written, nor that of somebody who could not sign any more."""
    dora, eve = (UserFactory(username=name, groups=["operations"]) for name in ("dora", "eve"))
    all_done(review, olga)
    sign(review, olga, carl, eve)
    for decided in ("Hire an associate.", "As it is."):
        services.reopen(step=review.steps.get(code="capacity"), by=olga)
        finish(review, "capacity", olga, decided)
        if decided != "As it is.":
            signing.decline(review=review, by=dora, seen=sign_off(review).digest, reason="Too dear.")
    User.objects.filter(pk=eve.pk).update(is_active=False)
    now = sign_off(review)
    assert now.complete
    client.force_login(olga, backend="django.contrib.auth.backends.ModelBackend")
    for _stage in carrying_out.STAGES:
        carrying_out.carry_out(review=review, by=olga)
        page = client.get(reverse("servicing:review_record", args=[review.pk]))
        kept = page.context["signing"]
        assert kept.digest == now.digest
        assert {each.person for each in kept.valid} == {olga, carl}
        assert {each.person for each in kept.void} == {dora, eve}
        shown = page.content.decode()
        assert shown.count("the review changed afterwards") == 1
        assert shown.count("no longer had the right to sign") == 1
    assert AnnualReview.objects.get().state == "closed"


def test_who_must_sign_is_the_firms_and_one_person_alone_signs_alone(review, olga, carl):
    all_done(review, olga)
    adam = UserFactory(groups=["administrator"])
    signing.require_signers(signers=1, groups=["compliance"], people=[adam])
    sign(review, olga)
    missing = sign_off(review).missing
    assert sorted(missing) == sorted([f"{adam} has not signed.", "Compliance has not signed."])
    with pytest.raises(Refused, match="Say why"):
        signing.decline(review=review, by=carl, seen=sign_off(review).digest, reason=" ")
    signing.decline(review=review, by=carl, seen=sign_off(review).digest, reason="Fees first.")
    sign(review, adam)
    assert any("Fees first." in text for text in sign_off(review).missing)
    sign(review, carl)  # the newer word counts
    assert sign_off(review).complete
    assert ReviewSignature.objects.filter(person=carl).count() == 2
    signing.require_signers(signers=2, groups=[], people=[])
    assert not ReviewSigner.objects.exists()
    assert ReviewSettings.current().signers == 2
    User.objects.exclude(pk=olga.pk).update(is_active=False)
    assert sign_off(review).least == 1


def test_decisions_about_clients_steer_the_run_and_the_record_never_changes(review, olga, carl):
    clients = firm_of()
    run = graduation.latest_run()
    listed = list(graduation.listed(run, "up", olga).values_list("client_id", flat=True))
    assert set(listed) == {client.pk for client in clients}
    with pytest.raises(Refused, match="why a client waits"):
        graduation.decide(review=review, run=run, which="up", chosen=[Choice(listed[0], "waits")], by=olga)
    chosen = [Choice(listed[0], "waits", "Moves abroad in spring."), Choice(10**9, "graduates")]
    assert graduation.decide(review=review, run=run, which="up", chosen=chosen, by=olga) == 1
    rest = {"review": review, "run": run, "which": "up", "decision": "graduates", "reason": "", "by": olga}
    assert graduation.decide_rest(**rest) == 2
    assert graduation.decide_rest(**rest) == 0
    TierSettings.objects.create(pk=1, second_person=True)
    draft = services.make_draft(review=review, by=olga)
    simulation.simulate(policy=draft, as_of=firm_today(), by=olga)
    action = services.agree(
        step=review.steps.get(code="capacity"),
        text="Hire an associate",
        owner=carl,
        due_on=firm_today(),
        by=olga,
    )
    about = services.agree(
        step=review.steps.get(code="capacity"),
        text="Ask about the move",
        owner=olga,
        due_on=firm_today(),
        by=olga,
        client=clients[0],
    )
    assert ServiceTask.objects.get(pk=about.task_id).title == "Ask about the move"
    all_done(review, olga)
    with pytest.raises(Refused, match="done"):
        graduation.decide(
            review=review, run=run, which="up", chosen=[Choice(listed[1], "graduates")], by=olga
        )
    with pytest.raises(Refused):
        carrying_out.start(review=review, by=olga, whole=True)
    sign(review, olga, carl)
    assert "second person" in carrying_out.obstacles(AnnualReview.objects.get(), olga)[0]

    # the policy is published once, whoever asks again
    adam = UserFactory(groups=["administrator"])
    carrying_out.carry_out(review=review, by=adam)
    assert Policy.objects.get(pk=draft.pk).status == PolicyStatus.PUBLISHED
    with pytest.raises(Refused, match="being carried out"):
        services.reopen(step=review.steps.get(code="policy"), by=olga)
    with pytest.raises(Refused, match="being carried out"):
        services.abandon(review=review, reason="No", by=olga)

    # a worker that dies within a stage leaves nothing of it: asked again, it is done once
    with pytest.raises(RuntimeError):
        carry_out_and_die(review, adam)
    assert not RejectedMove.objects.exists()
    review = carrying_out.carry_out(review=review, by=adam)
    assert review.carried_out["moved"] == 2
    assert (review.carried_out["kept"], review.carried_out["graduated"]) == (1, 2)
    assert "Moves abroad in spring." in RejectedMove.objects.get().reason
    codes = TierAssignment.objects.filter(ends_on=None).values_list("client_id", "tier__code")
    assert {pk for pk, code in codes if code == "B"} == set(listed[1:])
    carrying_out.carry_out(review=review, by=adam)
    runs = ScoringRun.objects.count()
    review = carrying_out.carry_out(review=review, by=adam)
    assert ScoringRun.objects.count() == runs
    assert (review.state, carrying_out.next_stage(review)) == ("closed", "")
    assert review.written == WrittenPolicy.objects.get()
    assert "As it is." in review.written.reason

    # what is closed stays
    decision = GraduationDecision.objects.get(decision="waits")
    for change in (
        lambda: AnnualReview.objects.update(year=2001),
        lambda: review.steps.filter(code="results").update(decided="Other"),
        lambda: GraduationDecision.objects.update(decision="waits"),
        lambda: ReviewSignature.objects.update(reason="Other"),
        lambda: ReviewStep.objects.filter(code="sign").delete(),
        decision.delete,
        lambda: services.note(step=review.steps.get(code="results"), seen="", decided="", by=olga),
    ):
        with pytest.raises((DatabaseError, Refused)), transaction.atomic():
            change()
    # but words about a client may go, what was agreed is done afterwards, and records of clients become one
    assert services.finish_action(action=action, by=carl).done_at
    other = GraduationDecision.objects.exclude(pk=decision.pk).first()
    merging.merge(kept=other.client_id, gone=decision.client_id, take=(), by=olga, reason="twice")
    assert GraduationDecision.objects.filter(client=other.client_id).count() == 2
    lines = list(reading.as_csv(AnnualReview.objects.get()))
    assert any("Moves abroad in spring." in line for line in lines)
    GraduationDecision.objects.filter(pk=decision.pk).update(reason="")
    assert any(line.startswith("Sign-off,signature") for line in lines)


def test_a_worker_carries_out_all_of_it_stage_by_stage(
    review, olga, carl, django_capture_on_commit_callbacks, monkeypatch
):
    """Each stage is a job of its own: delivered twice it is done once, and the next one is queued with it."""
    sent: list[dict[str, Any]] = []

    def send(task: str, **options: Any) -> None:
        if task == carrying_out.TASK:
            sent.append(options)

    monkeypatch.setattr(jobs.current_app, "send_task", send)
    all_done(review, olga)
    sign(review, olga, carl)
    with django_capture_on_commit_callbacks(execute=True):
        carrying_out.start(review=review, by=carl, whole=True)
    with pytest.raises(Refused, match="at it already"):
        carrying_out.start(review=review, by=carl, whole=True)
    for _stage in range(4):
        arguments = sent[-1]["args"]
        with django_capture_on_commit_callbacks(execute=True):
            tasks.carry_out_review(*arguments)
        tasks.carry_out_review(*arguments)
    review.refresh_from_db()
    assert review.state == "closed"
    assert len(sent) == 4
    assert set(Job.objects.values_list("state", flat=True)) == {JobState.DONE}
    assert ScoringRun.objects.count() == 1


def test_a_job_that_was_lost_and_comes_back_does_nothing_that_nobody_asked(
    review, olga, carl, django_capture_on_commit_callbacks, monkeypatch
):
    sent: list[Any] = []
    monkeypatch.setattr(jobs.current_app, "send_task", lambda task, **options: sent.append(options["args"]))
    all_done(review, olga)
    sign(review, olga, carl)
    with django_capture_on_commit_callbacks(execute=True):
        lost = carrying_out.start(review=review, by=carl, whole=False)
    Job.objects.filter(pk=lost.pk).update(queued_at=timezone.now() - dt.timedelta(hours=3))
    with django_capture_on_commit_callbacks(execute=True):
        carrying_out.start(review=review, by=carl, whole=False)
    first, second = sent
    tasks.carry_out_review(*second)
    tasks.carry_out_review(*first)
    review.refresh_from_db()
    assert carrying_out.next_stage(review) == carrying_out.APPLY


def test_a_large_firm_that_was_planned_in_the_night_is_planned_once_more(review, olga, carl, settings):
    settings.PLANNING_PART_CLIENTS = 2
    firm_of()
    parts = sweeps.plan_tonight()["parts"]
    assert sweeps.plan_parts_left() == parts > 1
    all_done(review, olga)
    sign(review, olga, carl)
    for _stage in (carrying_out.PUBLISH, carrying_out.APPLY, carrying_out.PLAN):
        carrying_out.carry_out(review=review, by=carl)
    assert AnnualReview.objects.get().carried_out["plan_parts"] == parts
    assert sweeps.plan_parts_left() == parts


def test_an_abandoned_review_keeps_what_was_noted_and_another_begins(review, olga):
    finish(review, "valued", olga, "Ask more clients.")
    with pytest.raises(Refused, match="Say why"):
        services.abandon(review=review, reason=" ", by=olga)
    services.abandon(review=review, reason="Two partners left.", by=olga)
    with pytest.raises(DatabaseError), transaction.atomic():
        ReviewStep.objects.filter(review=review).update(decided="")
    with connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():
        cursor.execute("DELETE FROM servicing_annualreview")
    assert begun_review(olga).is_open


def test_standards_are_compared_with_the_last_sign_off(review, olga, carl):
    services.abandon(review=review, reason="To begin anew.", by=olga)
    first = begun_review(olga)
    all_done(first, olga)
    sign(first, olga, carl)
    for _stage in range(4):
        carrying_out.carry_out(review=first, by=carl)
    item = ServiceItem.objects.filter(standard__tier__code="A", kind__code="review_meeting").get()
    item.interval_months, item.duration_minutes = 6, 45
    item.save()
    with connection.cursor() as cursor:  # on a later day
        cursor.execute(
            "UPDATE servicing_serviceitemevent SET pgh_created_at = now() + interval '9 days' "
            "WHERE pgh_label = 'update'"
        )
    second = begun_review(olga)
    step = second.steps.get(code="standards")
    step.review = second
    seen = reading.figures_of(step)
    (row,) = seen.table("services").rows
    assert row[2].value.startswith("every 3 months, 60 + 30 min")
    assert row[3].value.startswith("every 6 months, 45 + 30 min")
    assert str(second.year) in seen.says[0]
    assert any("every 6 months" in line for line in lines_of_standards())


def lines_of_standards() -> list[str]:
    return [line for part in content(firm_today()) if part["code"] == "standards" for line in lines_of(part)]
