"""Lists of former clients: proposed by night, looked through, approved, anonymised. And legal holds."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from functools import partial
from typing import Any

import pghistory
from django.contrib.auth.models import AbstractUser
from django.db import connection, transaction
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.commands import Refused
from clients.firm import firm_today
from clients.history import recorded
from clients.history_entries import Entry
from clients.jobs import Report, start_job
from clients.models import (
    Anonymised,
    Client,
    ClientStatus,
    Departure,
    Job,
    JobState,
    LegalHold,
    User,
)
from clients.models.people import Group
from clients.models.retention import HOLDS_LOCK
from clients.notices import Tell, tell
from servicing.client_has import has
from servicing.exports import services as exports
from servicing.models import (
    AccessRequest,
    AccessState,
    AnonymisingBatch,
    AnonymisingRow,
    BatchState,
    DataExport,
    RetentionPeriod,
    RetentionSettings,
    RowOutcome,
)
from servicing.retention import periods, short_lived
from servicing.retention.anonymising import anonymise

MOST = 5_000  # clients that one list holds: as many as somebody can look through
STEP = 100  # clients that are anonymised in one transaction
ASK_AGAIN = dt.timedelta(days=365)  # after a client was taken off a list
STALLED = dt.timedelta(hours=2)  # after which a job is thought to have died


def keepers() -> list[int]:
    """Whom the life of data is told: people of compliance; where there are none, administrators."""
    for name in (Group.COMPLIANCE, Group.ADMINISTRATOR):
        people = User.objects.filter(is_active=True, groups__name=name)
        if found := list(people.order_by("pk").values_list("pk", flat=True)):
            return found
    return []


# --- Lists -----------------------------------------------------------------------------------------------


@transaction.atomic
def propose(*, today: dt.date | None = None) -> int:
    """Puts former clients whose periods are over, and those of whom fields are, on the list that is still to
    be looked through, or on a new one; returns how many. Whoever keeps the data is told of a new list."""
    found = periods.over(most=MOST, today=today)
    whole = {each.client for each in found}
    of_fields = [each for each in short_lived.over(most=MOST, today=today) if each.client not in whole]
    if not found and not of_fields:
        return 0
    batch, made = AnonymisingBatch.objects.get_or_create(state=BatchState.PROPOSED)
    room = max(MOST - (0 if made else batch.rows.count()), 0)
    rows = [
        AnonymisingRow(batch=batch, client_id=each.client, left_on=each.left_on, due_on=each.due_on)
        for each in found[:room]
    ]
    rows += [
        AnonymisingRow(
            batch=batch,
            client_id=each.client,
            left_on=each.left_on,
            due_on=each.due_on,
            fields=each.fields,
        )
        for each in of_fields[: room - len(rows)]
    ]
    AnonymisingRow.objects.bulk_create(rows, batch_size=1_000, ignore_conflicts=True)
    if made:
        text = ngettext(
            "The keeping period of %(n)s former client, or of fields, is over. Look through the list.",
            "The keeping periods of %(n)s former clients, or of fields, are over. Look through the list.",
            len(rows),
        ) % {"n": len(rows)}
        url = reverse("servicing:anonymising", args=[batch.pk])
        tell(Tell(person, text, url, f"anonymising-{batch.pk}") for person in keepers())
    return len(rows)


def exclude(*, row: AnonymisingRow, by: User, why: str) -> None:
    """Takes a client off its list, with the reason; it is asked again in a year."""
    with transaction.atomic():
        _open(row.batch_id)
        row.excluded_by, row.excluded_at, row.excluded_why = by, timezone.now(), why
        row.ask_again_on = firm_today() + ASK_AGAIN
        row.save(update_fields=["excluded_by", "excluded_at", "excluded_why", "ask_again_on"])


def include(*, row: AnonymisingRow) -> None:
    """Puts a client back on its list."""
    with transaction.atomic():
        _open(row.batch_id)
        row.excluded_by = row.excluded_at = row.ask_again_on = None
        row.excluded_why = ""
        row.save(update_fields=["excluded_by", "excluded_at", "excluded_why", "ask_again_on"])


def review(*, batch: AnonymisingBatch, by: User) -> None:
    """Notes that a person looked through the list. Raises Refused where that was done, or nobody is on it."""
    with transaction.atomic():
        found = _open(batch.pk)
        if found.state != BatchState.PROPOSED:
            raise Refused(_("Somebody has looked through this list already."))
        if not found.rows.filter(excluded_at=None).exists():
            raise Refused(_("Nobody is left on this list. Drop it."))
        found.state, found.reviewed_by, found.reviewed_at = BatchState.REVIEWED, by, timezone.now()
        found.save(update_fields=["state", "reviewed_by", "reviewed_at"])


def back_to_review(*, batch: AnonymisingBatch) -> None:
    """Opens a list again that waited for its approval. Raises Refused where another one waits to be looked
    through."""
    with transaction.atomic():
        found = _open(batch.pk)
        if AnonymisingBatch.objects.filter(state=BatchState.PROPOSED).exists():
            raise Refused(_("A newer list waits to be looked through. Do that one first."))
        found.state, found.reviewed_by, found.reviewed_at = BatchState.PROPOSED, None, None
        found.save(update_fields=["state", "reviewed_by", "reviewed_at"])


def approve(*, batch: AnonymisingBatch, by: User) -> Job:
    """Approves a list and queues the work. Raises Refused where it was not looked through, or by the same
    person where the firm wants a second one."""
    with transaction.atomic():
        found = _open(batch.pk)
        if found.state != BatchState.REVIEWED:
            raise Refused(_("Somebody has to look through the list before it is approved."))
        if not may_approve(found, by):
            raise Refused(_("You looked through this list yourself. A second person approves it."))
        found.state, found.approved_by, found.approved_at = BatchState.APPROVED, by, timezone.now()
        found.job = _start(found, by)
        found.save(update_fields=["state", "approved_by", "approved_at", "job"])
        return found.job


def may_approve(batch: AnonymisingBatch, by: User | AbstractUser) -> bool:
    return batch.reviewed_by_id != by.pk or not periods.settings().second_person


def drop(*, batch: AnonymisingBatch) -> None:
    """Puts a list away: nobody on it is anonymised, and the next night proposes anew."""
    with transaction.atomic():
        found = _open(batch.pk)
        found.state, found.finished_at = BatchState.DROPPED, timezone.now()
        found.save(update_fields=["state", "finished_at"])


def _open(batch: int) -> AnonymisingBatch:
    found = AnonymisingBatch.objects.select_for_update().get(pk=batch)
    if not found.is_open:
        raise Refused(_("This list is closed."))
    return found


def _start(batch: AnonymisingBatch, by: User | None) -> Job:
    return start_job(
        task="servicing.anonymise", title=_("Anonymising former clients"), by=by, arguments=[batch.pk]
    )


# --- The work --------------------------------------------------------------------------------------------


def carry_on(*, batch: AnonymisingBatch, by: User | None) -> Job | None:
    """Queues what is left of an approved list whose worker died or failed; None where one is at it."""
    with transaction.atomic():
        found = AnonymisingBatch.objects.select_for_update().get(pk=batch.pk)
        if found.state != BatchState.APPROVED or is_at_work(found.job):
            return None
        found.job = _start(found, by)
        found.save(update_fields=["job"])
        return found.job


def is_at_work(job: Job | None) -> bool:
    if job is None or job.state in (JobState.FAILED, JobState.DONE):
        return False
    return (job.started_at or job.queued_at) > timezone.now() - STALLED


def carry_on_all() -> int:
    """The same for every such list; returns how many."""
    waiting = AnonymisingBatch.objects.filter(state=BatchState.APPROVED).select_related("job")
    return sum(1 for batch in waiting if carry_on(batch=batch, by=None))


def run(*, batch: AnonymisingBatch, report: Report) -> Counter[str]:
    """Anonymises an approved list step by step; returns how many clients came to which outcome.

    Each step is a transaction: what is done stays done where the worker dies, and of two workers at once each
    takes other clients. Who came back, or is under a hold by now, is left as it is.
    """
    context = {"user": batch.approved_by_id, "anonymising": batch.pk, "by": "anonymise"}
    total = batch.rows.filter(excluded_at=None).count()
    done = batch.rows.exclude(done_at=None).count()
    found: Counter[str] = Counter()
    while True:
        report(_("Former clients"), 100 * done // max(total, 1), 100)
        with pghistory.context(**context), transaction.atomic():
            step = _step(batch)
        if not step:
            break
        found += step
        done += step.total()
    _finish(batch)
    return found


def _step(batch: AnonymisingBatch) -> Counter[str]:
    waiting = batch.rows.filter(done_at=None, excluded_at=None).order_by("id")
    rows = list(waiting.select_for_update(skip_locked=True, of=("self",))[:STEP])
    if not rows:
        return Counter()
    ids = [row.client_id for row in rows]
    asked = {row.client_id: set(row.fields) for row in rows if row.fields}
    with connection.cursor() as cursor:  # a hold that is being placed is waited for, and then seen
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [HOLDS_LOCK])
    list(Client.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk").values_list("pk"))
    wholly = [client for client in ids if client not in asked]
    going = {each.client for each in periods.over(clients=wholly, most=STEP)} if wholly else set()
    over = short_lived.over(clients=asked, most=STEP) if asked else []
    losing = {each.client: asked[each.client] & set(each.fields) for each in over}
    of_these = LegalHold.objects.filter(released_at=None)
    everybody = of_these.filter(client=None).exists()
    held = set(of_these.filter(client__in=ids).values_list("client_id", flat=True))
    _forget_answers(going | losing.keys())
    anonymise(going)
    short_lived.erase(losing)
    now = timezone.now()
    for row in rows:
        row.done_at = now
        row.outcome = (
            RowOutcome.ANONYMISED
            if row.client_id in going
            else RowOutcome.ERASED
            if losing.get(row.client_id)
            else RowOutcome.HELD
            if everybody or row.client_id in held
            else RowOutcome.NOT_DUE
        )
    AnonymisingRow.objects.bulk_update(rows, ["done_at", "outcome"])
    return Counter(str(row.outcome) for row in rows)


def _forget_answers(clients: set[int]) -> None:
    """Removes the files that were made to answer access requests of the clients, once that is certain."""
    for request in AccessRequest.objects.filter(client__in=clients).exclude(file=""):
        transaction.on_commit(partial(request.file.storage.delete, str(request.file.name)))
    AccessRequest.objects.filter(client__in=clients).exclude(file="").update(file="")


def _finish(batch: AnonymisingBatch) -> None:
    """Closes the list once nobody is left on it, and removes copies of all data that hold the clients, those
    too that are being made."""
    with transaction.atomic():
        found = AnonymisingBatch.objects.select_for_update().get(pk=batch.pk)
        left = found.rows.filter(done_at=None, excluded_at=None).exists()
        if found.state != BatchState.APPROVED or left:
            return
        outcomes = found.rows.exclude(outcome="").values("outcome").annotate(n=Count("id"))
        found.counts = {row["outcome"]: row["n"] for row in outcomes}
        found.state, found.finished_at = BatchState.DONE, timezone.now()
        found.save(update_fields=["state", "finished_at", "counts"])
        for export in DataExport.objects.filter(removed_at=None):
            exports.remove(export=export)


# --- Legal holds -----------------------------------------------------------------------------------------


def place_hold(*, client: Client | None, reason: str, by: User) -> LegalHold:
    """Holds what is recorded about the client, or about everybody. Raises Refused where a hold stands, or
    nothing is left to hold."""
    with transaction.atomic():
        if client and Anonymised.objects.filter(client=client).exists():
            raise Refused(_("This client was anonymised: there is nothing left to hold."))
        if LegalHold.objects.filter(client=client, released_at=None).exists():
            raise Refused(_("A hold stands already."))
        return LegalHold.objects.create(client=client, reason=reason, placed_by=by)


def release_hold(*, hold: LegalHold, why: str, by: User) -> None:
    """Ends a hold, with the reason. Raises Refused where somebody did so before."""
    with transaction.atomic():
        found = LegalHold.objects.select_for_update().get(pk=hold.pk)
        if found.released_at:
            raise Refused(_("This hold was released already."))
        found.released_at, found.released_by, found.release_reason = timezone.now(), by, why
        found.save(update_fields=["released_at", "released_by", "release_reason"])


def holds_over(client: Client) -> list[LegalHold]:
    """The holds that stand over a client: its own, and that of everybody."""
    standing = LegalHold.objects.filter(Q(client=client) | Q(client=None), released_at=None)
    return list(standing.select_related("placed_by"))


def standing_of(client: Client) -> dict[str, Any]:
    """What the client's page says to those who keep its data: holds, requests, when its periods are over."""
    due = periods.due_of(client.pk) if client.status == ClientStatus.FORMER else None
    if not has(client).kept:
        return {"holds": [], "due": due, "anonymised": None, "requests": []}
    return {
        "holds": holds_over(client),
        "due": due,
        "anonymised": Anonymised.objects.filter(client=client).first() if due is None else None,
        "requests": list(AccessRequest.objects.filter(client=client, state=AccessState.OPEN)),
    }


def correct_departure(*, departure: Departure, left_on: dt.date) -> None:
    """Stores another day of leaving; lists that are open are made by it the next night."""
    with transaction.atomic():
        Departure.objects.filter(pk=departure.pk).update(left_on=left_on)
        open_rows = AnonymisingRow.objects.filter(
            client=departure.pk, batch__state__in=[BatchState.PROPOSED, BatchState.REVIEWED]
        )
        open_rows.delete()


def history_of_rules() -> list[Entry]:
    """The last changes of periods and settings, the newest first."""
    found = [
        entry
        for pk in RetentionPeriod.objects.values_list("pk", flat=True)
        for entry in recorded(RetentionPeriod, pk)
    ]
    found += recorded(RetentionSettings, 1)
    changed = [entry for entry in found if any(change.before for change in entry.changes)]
    return sorted(changed, key=lambda entry: entry.at, reverse=True)[:20]


# --- Copies kept to take imports back --------------------------------------------------------------------

_OLD_COPIES = """
    DELETE FROM clients_importedrecord WHERE batch_id IN (
        SELECT id FROM clients_importbatch WHERE state = 'applied' AND applied_at < %(before)s
    )
"""


def forget_old_copies() -> int:
    """Removes copies of imported rows whose period is over; such imports can no longer be taken back."""
    if LegalHold.objects.filter(released_at=None).exists():
        return 0  # a copy may be what the hold is about
    undo = next(kept for kept in periods.periods() if kept.period.kind == "undo")
    before = timezone.now() - dt.timedelta(days=365 * undo.period.years)
    with connection.cursor() as cursor:
        cursor.execute(_OLD_COPIES, {"before": before})
        return cursor.rowcount
