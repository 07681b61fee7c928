"""Celery adapters of planning and of book transfers."""

import datetime as dt
from contextlib import suppress

import pghistory
from celery import shared_task
from django.db import OperationalError
from django.urls import reverse

from clients.changes import send_task
from clients.jobs import AlreadyDone, working_in_steps, working_on
from clients.models import Job, User
from clients.sweeps import noted
from servicing.api import tokens
from servicing.book import transfer as book
from servicing.capacity import weeks
from servicing.dashboards import rollups
from servicing.delivery import figures
from servicing.exports import services as exports
from servicing.models import AccessRequest, AnnualReview, AnonymisingBatch, BookTransfer
from servicing.modifiers.sweeps import follow_changes
from servicing.planning import sweeps
from servicing.reminders import digest, escalation, waiting
from servicing.requests import telling
from servicing.retention import access
from servicing.retention import services as retention
from servicing.review import carrying_out
from servicing.sending import sweep
from servicing.webhooks import sending as webhooks
from servicing.webhooks import services as webhook_log

REFRESH_WHEN_DUE = (rollups.refresh_when_due, figures.refresh_when_due, weeks.refresh_when_due)
SETTLED = 60  # seconds after which figures that took up to a second to add up are due again
RETRY = {"autoretry_for": (OperationalError,), "retry_backoff": 5, "max_retries": 5}


@shared_task(name="servicing.plan_changed", **RETRY)
def plan_changed() -> None:
    """Plans for clients whose facts changed, and brings the figures of the dashboards up to date."""
    with noted("servicing.plan_changed") as counts:
        counts["planned"] = sweeps.plan_changed()
        counts["parts"] = sweeps.plan_parts_left()
        follow_changes()
        refreshed = [refresh() for refresh in REFRESH_WHEN_DUE]
        # Figures of a moment ago that do not have these changes yet are not left to the next sweep.
        if counts["planned"] and not all(refreshed):
            send_task("servicing.plan_changed", after=SETTLED)
    webhooks.wake()


@shared_task(name="servicing.plan_all", **RETRY)
def plan_all() -> None:
    """Plans what is due today, for all clients."""
    with noted("servicing.plan_all") as counts:
        counts.update(sweeps.plan_tonight())
        rollups.refresh()
        figures.refresh()
        weeks.refresh()


@shared_task(name=sweeps.PLAN_PART, **RETRY)
def plan_part(night: str, number: int) -> None:
    """Plans a part of a large firm for tonight; the sweep of changes refreshes the figures."""
    with noted("servicing.plan_all") as counts:
        if planned := sweeps.plan_part(night=dt.date.fromisoformat(night), number=number):
            counts.update(planned.counted())


@shared_task(name="servicing.hand_over")
def hand_over(job_id: int, transfer_id: int, user_id: int) -> None:
    """Hands over a book, asked for by a person; one that was refused can be looked at again."""
    try:
        with suppress(AlreadyDone), working_on(job_id) as (job, report):
            transfer = book.asked_for(transfer_id)
            book.hand_over(transfer=transfer, by=User.objects.get(pk=user_id), report=report, job=job)
            job.result_url = reverse("servicing:book", args=[transfer_id])
    finally:
        book.open_again(transfer_id, job_id=job_id)


@shared_task(name="servicing.take_back_book")
def take_back_book(job_id: int, transfer_id: int, user_id: int) -> None:
    """Takes a book transfer back, asked for by a person."""
    transfer = BookTransfer.objects.get(pk=transfer_id)
    with suppress(AlreadyDone), working_on(job_id) as (job, report):
        book.take_back(transfer=transfer, by=User.objects.get(pk=user_id), report=report)
        job.result_url = reverse("servicing:book", args=[transfer_id])


@shared_task(name="servicing.escalate_requests", **RETRY)
def escalate_requests() -> None:
    """Tells of requests whose promised time has mostly passed, or is over; behind the bell, then by mail."""
    with pghistory.context(user=None, by="escalate_requests"), noted("servicing.escalate_requests") as counts:
        counts.update(telling.escalate())
        counts.update(waiting.mail_waiting())


@shared_task(name="servicing.send_digests", **RETRY)
def send_digests() -> None:
    """The morning e-mails."""
    with noted("servicing.send_digests") as counts:
        counts.update(digest.send_digests())


@shared_task(name="servicing.report_late_work", **RETRY)
def report_late_work() -> None:
    """Reports work that is later than the firm accepts."""
    with noted("servicing.report_late_work") as counts:
        counts.update(escalation.report_late_work())


@shared_task(name="servicing.send_messages", **RETRY)
def send_messages() -> None:
    """The e-mails to clients that are due."""
    with pghistory.context(user=None, by="send_messages"), noted("servicing.send_messages") as counts:
        counts.update(sweep.send_due())


@shared_task(name="servicing.export_all")
def export_all(job_id: int, of: str = "all") -> None:
    """Makes a copy of all data, or of what the dashboards show, asked for by a person."""
    by = Job.objects.get(pk=job_id).requested_by
    if by is None:  # whoever asked is gone, and the job ends with nothing made
        with suppress(AlreadyDone), working_on(job_id):
            pass
        return
    with (
        suppress(AlreadyDone),
        exports.being_made(by=by, of=of) as export,
        working_on(job_id) as (job, report),
    ):
        exports.make_export(export=export, report=report)
        job.result_url = reverse("servicing:exports")


@shared_task(name="servicing.forget_exports", **RETRY)
def forget_exports() -> None:
    """Removes copies of all data whose time is over."""
    with noted("servicing.forget_exports") as counts:
        counts["removed"] = exports.forget_expired() + access.forget_expired()


@shared_task(name=carrying_out.TASK)
def carry_out_review(job_id: int, review_id: int, user_id: int, whole: bool) -> None:
    """Carries out the next stage of a signed review, asked for by a person; with `whole` the rest too."""
    review = AnnualReview.objects.get(pk=review_id)
    with (
        pghistory.context(user=user_id, by="page"),
        suppress(AlreadyDone),
        working_on(job_id) as (job, report),
    ):
        by = User.objects.get(pk=user_id)
        carrying_out.work(job=job, review=review, by=by, whole=whole, report=report)


@shared_task(name=webhooks.SWEEP, **RETRY)
def send_webhooks() -> None:
    """Reads what changed for the systems that listen, and has it delivered."""
    with noted(webhooks.SWEEP) as counts:
        counts.update(webhooks.sweep())


@shared_task(name=webhooks.DELIVER)
def deliver_webhooks(endpoint_id: int) -> None:
    """Sends one system what is due."""
    webhooks.deliver(endpoint_id)


@shared_task(name="servicing.forget_webhooks", **RETRY)
def forget_webhooks() -> None:
    """Removes old messages to other systems, and keys of their requests."""
    with noted("servicing.forget_webhooks") as counts:
        counts["removed"] = webhook_log.forget_old() + tokens.forget_requests()


@shared_task(name="servicing.keep_data", **RETRY)
def keep_data() -> None:
    """Proposes former clients whose periods are over, and goes on with approved lists that stopped."""
    with noted("servicing.keep_data") as counts:
        counts["proposed"] = retention.propose()
        counts["continued"] = retention.carry_on_all()
        counts["forgotten"] = retention.forget_old_copies()
        counts["told"] = access.late_today()


@shared_task(name="servicing.anonymise")
def anonymise(job_id: int, batch_id: int) -> None:
    """Anonymises an approved list of former clients, step by step."""
    with suppress(AlreadyDone), working_in_steps(job_id) as (job, report):
        retention.run(batch=AnonymisingBatch.objects.get(pk=batch_id), report=report)
        job.result_url = reverse("servicing:anonymising", args=[batch_id])


@shared_task(name="servicing.answer_access")
def answer_access(job_id: int, request_id: int) -> None:
    """Makes the answer to an access request."""
    with suppress(AlreadyDone), working_on(job_id) as (job, report):
        access.make_answer(request=AccessRequest.objects.get(pk=request_id), report=report)
        job.result_url = reverse("servicing:access_request", args=[request_id])
