"""The demo firm's annual reviews: last year's, closed and signed, and this year's, half of it done."""

from __future__ import annotations

import datetime as dt

from clients.firm import firm_today, firm_zone
from clients.models import User
from clients.models.people import Group
from servicing.capacity import weeks
from servicing.dashboards import rollups
from servicing.delivery import figures as delivery
from servicing.delivery.periods import last_day, shifted
from servicing.demo.policy import keep_policy
from servicing.models import (
    AnnualReview,
    Decided,
    DecidedList,
    ReviewAction,
    ReviewCode,
    ReviewSignature,
    ReviewState,
    ReviewStep,
    ReviewStepState,
    Verdict,
)
from servicing.review import graduation, services, signing
from servicing.review.frozen import Seen, freeze
from tiers.models import RunStatus, ScoringRun

LAST_YEAR = 150  # days before the demo's last day on which last year's review was closed
DAYS = 35  # that this year's still has
# What was seen and decided last year, step by step.
THEN = {
    ReviewCode.RESULTS: (
        "A third of the clients brought most of the revenue. Time went where revenue did not.",
        "Log time on every meeting, so that next year we know what an hour brings.",
    ),
    ReviewCode.VALUED: (
        "Clients speak of the wealth plan review. Nobody speaks of the newsletter.",
        "Ask for a rating after each service.",
    ),
    ReviewCode.GRADUATION: (
        "No list yet: this was the first run.",
        "The run decides; families stay together.",
    ),
    ReviewCode.CAPACITY: (
        "Lead advisors prepare what an associate could prepare.",
        "Check-ins of tier B move to associates.",
    ),
    ReviewCode.POLICY: (
        "Three tiers are enough for a firm of our size.",
        "Start with the shipped policy and look again in a year.",
    ),
    ReviewCode.STANDARDS: ("Nothing was promised in writing before.", "The standards as they ship."),
}
NOW = {
    ReviewCode.RESULTS: (
        "Tier A carries the firm. Tier C costs more hours than it brings in a few households.",
        "Growth comes from tier B: no new tier C household without a digital service.",
    ),
    ReviewCode.VALUED: (
        "The wealth plan review is worth most to clients, automated updates least.",
        "Keep the plan review; write updates anew or drop them by summer.",
    ),
}
ACTIONS = {
    ReviewCode.RESULTS: (
        "Show each advisor revenue and time of the own book",
        "Look at tier C households that cost more than they bring",
    ),
    ReviewCode.VALUED: ("Write the automated update anew",),
}
# The first client of each list.
DECIDED = {
    DecidedList.UP: (Decided.GRADUATES, ""),
    DecidedList.WATCH: (Decided.WAITS, "Sells the practice next year; we decide then."),
}


def hold_reviews(*, as_of: dt.date) -> None:
    """The same each time, by the demo's people and days."""
    people = {
        group: User.objects.filter(is_demo=True, groups__name=group).order_by("pk").first()
        for group in (Group.OPERATIONS, Group.COMPLIANCE, Group.ADVISOR)
    }
    operations, compliance, advisor = people.values()
    if not (operations and compliance and advisor):
        return
    _last_year(as_of, operations, compliance)
    delivery.refresh(as_of=as_of)
    rollups.refresh(as_of=as_of)
    weeks.refresh(as_of=as_of)
    _this_year(as_of, operations, advisor)


def _last_year(as_of: dt.date, lead: User, compliance: User) -> None:
    """Closed after the first run, with the version of the written policy that was kept then."""
    closed = as_of - dt.timedelta(days=LAST_YEAR)
    run = ScoringRun.objects.filter(status=RunStatus.APPLIED).order_by("as_of", "id").first()
    if run is None:
        return
    at = dt.datetime.combine(closed, dt.time(16), tzinfo=firm_zone())
    written = keep_policy(by=lead, at=at)
    review = AnnualReview.objects.create(
        year=closed.year - 1,
        first_on=dt.date(closed.year - 1, 1, 1),
        last_on=dt.date(closed.year - 1, 12, 31),
        lead=lead,
        due_on=closed,
        begun_at=at - dt.timedelta(days=30),
        begun_by=lead,
        published_at=at,
        run=run,
        applied_at=at,
        planned_at=at,
        carried_out={"clients": run.clients, "moved": 0, "first": run.clients, "kept": 0, "graduated": 0},
        written=written,
    )
    kept = Seen(at=at, says=["The firm had no figures by tier before its first run."])
    ReviewStep.objects.bulk_create(
        ReviewStep(
            review=review,
            code=code,
            number=number,
            owner=lead,
            due_on=closed - dt.timedelta(days=3 * (8 - number)),
            state=ReviewStepState.DONE,
            seen=THEN.get(code, ("", ""))[0],
            decided=THEN.get(code, ("", ""))[1],
            changed_at=at,
            done_at=at - dt.timedelta(days=8 - number),
            done_by=lead,
            figures=freeze(kept) if code == ReviewCode.RESULTS else {},
        )
        for number, code in enumerate(ReviewCode, 1)
    )
    digest = signing.digest(review, list(review.steps.all()))
    ReviewSignature.objects.bulk_create(
        ReviewSignature(
            review=review, person=person, verdict=Verdict.SIGNED, digest=digest, at=at - dt.timedelta(days=1)
        )
        for person in (lead, compliance)
    )
    review.state, review.ended_at, review.ended_by = ReviewState.CLOSED, at, lead
    review.save(update_fields=["state", "ended_at", "ended_by"])


def _this_year(as_of: dt.date, lead: User, advisor: User) -> None:
    """Two steps are done, an advisor has the third, and a few clients are decided on."""
    review = services.begin(
        year=as_of.year,
        first_on=shifted(as_of, -12),
        last_on=last_day(shifted(as_of, -1)),
        lead=lead,
        due_on=max(as_of, firm_today()) + dt.timedelta(days=DAYS),
        by=lead,
    )
    AnnualReview.objects.filter(pk=review.pk).update(due_on=as_of + dt.timedelta(days=DAYS))
    for step in review.steps.all():
        step.due_on = as_of + dt.timedelta(days=DAYS) * step.number / 8
        step.save(update_fields=["due_on"])
    for code, (seen, decided) in NOW.items():
        step = services.note(step=review.steps.get(code=code), seen=seen, decided=decided, by=lead)
        ReviewAction.objects.bulk_create(
            ReviewAction(
                review=review,
                step=step,
                text=text,
                owner=advisor if number else lead,
                due_on=as_of + dt.timedelta(days=21 + 7 * number),
                made_by=lead,
            )
            for number, text in enumerate(ACTIONS[code])
        )
        services.finish(step=step, by=lead)
    services.give(
        step=review.steps.get(code=ReviewCode.CAPACITY),
        owner=advisor,
        due_on=as_of + dt.timedelta(days=18),
        by=lead,
    )
    if run := graduation.latest_run():
        for which, (decision, reason) in DECIDED.items():
            listed = graduation.listed(run, which, lead).values_list("client_id", flat=True)[:1]
            chosen = [graduation.Choice(pk, decision, reason) for pk in listed]
            graduation.decide(review=review, run=run, which=which, chosen=chosen, by=lead)
