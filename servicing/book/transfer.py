"""Handing over a book: team roles and open tasks go to others as one step, which can be taken back as one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from urllib.parse import quote

import pghistory
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients import notices
from clients.access import may_edit_clients
from clients.changes import wake_sweeps
from clients.commands import Refused
from clients.firm import firm_date, firm_today
from clients.jobs import Report, start_job, untold
from clients.models import ChangeKind, Job, JobState, ServiceRole, User
from clients.notices import Tell
from servicing.book import leaving
from servicing.book.working import fingerprint, work_out
from servicing.models import BookTransfer, TransferState
from servicing.planning import lock, plan
from servicing.planning.session import OPEN, Session

AT_ONCE = 2_000  # clients up to which the person waits for it; more go to a worker
LOST_AFTER = dt.timedelta(hours=2)  # a transfer takes minutes, with the whole book of a large firm too

GIVE_ROLES = """
    WITH given AS (
        UPDATE clients_teammember t SET user_id = deal.to_id
        FROM book_row r JOIN book_deal deal USING (client_id)
        WHERE t.id = r.team_id AND t.user_id = r.user_id AND t.user_id <> deal.to_id
        RETURNING t.id, t.client_id, r.user_id AS before_id, deal.to_id
    )
    INSERT INTO servicing_handedrow
        (transfer_id, "table", record_id, client_id, before_id, before_reassigned, after_id)
    SELECT %(transfer)s, 'team', id, client_id, before_id, false, to_id FROM given
"""
GIVE_TASKS = f"""
    WITH given AS (
        UPDATE servicing_servicetask t
        SET assigned_to_id = b.to_id, reassigned = b.reassigned, stands_in_for_id = NULL
        FROM book_task b
        WHERE t.id = b.id AND t.{OPEN} AND t.assigned_to_id IS NOT DISTINCT FROM b.before_id
        RETURNING t.id, t.client_id, b.before_id, b.before_reassigned, b.to_id
    )
    INSERT INTO servicing_handedrow
        (transfer_id, "table", record_id, client_id, before_id, before_reassigned, after_id)
    SELECT %(transfer)s, 'task', id, client_id, before_id, before_reassigned, to_id FROM given
"""  # noqa: S608  (a constant of the planner)


def people_of(transfer: BookTransfer) -> list[User]:
    """The receivers, in the order in which clients are dealt to them."""
    known = {user.pk: user for user in User.objects.filter(pk__in=transfer.receiver_ids)}
    return [known[pk] for pk in transfer.receiver_ids if pk in known]


def why_not_to(person: User, *, giver: User | None) -> str:
    """Why this person cannot receive clients, as a sentence; empty where they can."""
    if giver is not None and person.pk == giver.pk:
        return _("%s gives the clients away. Choose somebody else to receive them.") % person.display_name
    if not person.is_active:
        return _("%s can no longer sign in. Choose somebody else.") % person.display_name
    if not may_edit_clients(person):
        return _("%s has no role that works with clients. An administrator can give one.") % (
            person.display_name
        )
    return ""


def _refuse_unless_possible(transfer: BookTransfer) -> None:
    if transfer.state not in (TransferState.DRAFT, TransferState.QUEUED):
        raise Refused(_("This transfer was done already."))
    receivers = people_of(transfer)
    reasons = [why for person in receivers if (why := why_not_to(person, giver=transfer.from_user))]
    if len(receivers) < len(transfer.receiver_ids):
        reasons.append(_("Somebody who was to receive clients is gone. Choose again."))
    if not receivers and not (transfer.leaving and not leaving.holdings(transfer.from_user).any):  # type: ignore[arg-type]
        reasons.append(_("Choose who receives the clients."))
    if reasons:
        raise Refused(*reasons)


class SomethingChanged(Refused):
    """What would move is no longer what the person saw."""


def hand_over(
    *,
    transfer: BookTransfer,
    by: User,
    seen: str = "",
    report: Report = untold,
    at: dt.datetime | None = None,
    job: Job | None = None,
) -> BookTransfer:
    """Does the transfer: roles, tasks, and for who leaves what else ends; planning follows at once.

    `at`: when it is done; now, unless a history is told. `job`: the one that does it in a worker. Raises
    Refused where it cannot be done or was given to another job since, SomethingChanged where `seen` is of
    other rows than would move.
    """
    at = at or timezone.now()
    context = {"user": by.pk, "book_transfer": transfer.pk, "why": said(transfer)}
    with pghistory.context(**context), transaction.atomic():
        lock()
        transfer = (
            BookTransfer.objects.select_for_update(of=("self",))
            .select_related("from_user", "made_by")
            .get(pk=transfer.pk)
        )
        _refuse_unless_possible(transfer)
        if job and (transfer.job_id != job.pk or transfer.state != TransferState.QUEUED):
            raise Refused(_no_longer_asked_for())
        report(_("Finding what moves"), 0, 3)
        session = work_out(transfer, day=firm_date(at))
        if seen and seen != fingerprint(session):
            raise SomethingChanged(_("Something changed since you looked. Look again at what would move."))
        session.parameters["transfer"] = transfer.pk
        report(_("Handing over clients and tasks"), 1, 3)
        given = session.run(GIVE_ROLES)
        transfer.tasks = session.run(GIVE_TASKS)
        transfer.clients = session.fetch("SELECT count(DISTINCT client_id) FROM book_row")[0][0]
        if not given and not transfer.tasks and not transfer.leaving:
            raise Refused(_("Nothing would move: nobody holds these roles for these clients."))
        transfer.minutes_a_year = session.fetch(
            "SELECT coalesce(sum(minutes_a_year), 0)::bigint FROM book_promise WHERE moves"
        )[0][0]
        if transfer.leaving and transfer.from_user:
            leaving.end(person=transfer.from_user, by=by)
        report(_("Planning follows"), 2, 3)
        plan(as_of=session.day, clients=_clients_of(session))
        wake_sweeps(ChangeKind.SERVICE)
        transfer.state, transfer.done_at = TransferState.DONE, at
        transfer.save(update_fields=["state", "done_at", "clients", "tasks", "minutes_a_year"])
        _tell(session, transfer, by)
    return transfer


def _clients_of(session: Session) -> list[int]:
    rows = session.fetch(
        "SELECT DISTINCT client_id FROM servicing_handedrow WHERE transfer_id = %(transfer)s"
    )
    return [row[0] for row in rows]


def said(transfer: BookTransfer) -> str:
    """Why the rows changed hands, for the history of each client."""
    words = _("with a book that was handed over")
    return f"{words}: {transfer.reason}" if transfer.reason else words


def _tell(session: Session, transfer: BookTransfer, by: User) -> None:
    """A notice for each receiver; nobody is told of what they did themselves."""
    got = session.fetch(
        """
        SELECT after_id, count(DISTINCT client_id) FILTER (WHERE "table" = 'team'),
            count(*) FILTER (WHERE "table" = 'task')
        FROM servicing_handedrow WHERE transfer_id = %(transfer)s AND after_id <> %(by)s GROUP BY after_id
        """,
        by=by.pk,
    )
    names = dict(User.objects.filter(pk__in=[row[0] for row in got]).values_list("pk", "username"))
    mine, today = reverse("clients:list"), reverse("servicing:today")
    notices.tell(
        Tell(
            person,
            _told(clients, tasks),
            f"{mine}?advisor={quote(names[person])}" if clients else today,
            _key(transfer),
        )
        for person, clients, tasks in got
    )


def _key(transfer: BookTransfer) -> str:
    return f"book:{transfer.pk}"


def _told(clients: int, tasks: int) -> str:
    work = ngettext("%(n)s open task", "%(n)s open tasks", tasks) % {"n": tasks}
    if not clients:
        return _("You were given %s.") % work
    whose = ngettext("%(n)s client is yours now", "%(n)s clients are yours now", clients) % {"n": clients}
    return _("%(clients)s, with %(work)s.") % {"clients": whose, "work": work}


# --- In a worker ---------------------------------------------------------------------------------------


def start(*, transfer: BookTransfer, by: User) -> Job:
    """Queues a transfer that is too large to wait for; its page leads to the job."""
    with transaction.atomic():
        claimed = BookTransfer.objects.filter(pk=transfer.pk, state=TransferState.DRAFT).update(
            state=TransferState.QUEUED
        )
        if not claimed:
            raise Refused(_("This transfer was started already."))
        job = start_job(
            task="servicing.hand_over", title=_("Handing over a book"), by=by, arguments=[transfer.pk, by.pk]
        )
        BookTransfer.objects.filter(pk=transfer.pk).update(job=job)
    return job


def asked_for(transfer_id: int) -> BookTransfer:
    """The transfer that a worker was given. Raises Refused where somebody chose anew since."""
    found = BookTransfer.objects.filter(pk=transfer_id).first()
    if found is None:
        raise Refused(_no_longer_asked_for())
    return found


def _no_longer_asked_for() -> str:
    return _("Nobody asks for it any more: it was looked at again and chosen anew.")


def is_stuck(transfer: BookTransfer) -> bool:
    """Whether the transfer waits for a worker and none will do it: its job failed, or the queue lost it."""
    if transfer.state != TransferState.QUEUED:
        return False
    job = transfer.job
    if job is None or job.state == JobState.FAILED:
        return True
    return (job.started_at or job.queued_at) < timezone.now() - LOST_AFTER


def open_again(transfer_id: int, *, job_id: int) -> None:
    """A transfer whose work ended without it being done is a draft again."""
    queued = BookTransfer.objects.filter(pk=transfer_id, job=job_id, state=TransferState.QUEUED)
    queued.update(state=TransferState.DRAFT)


def open_stuck(*, by: User) -> None:
    """The person's transfers that no worker will do are drafts again, to be looked at, changed and done."""
    with transaction.atomic():
        # a worker holds the row of what it does
        queued = BookTransfer.objects.filter(made_by=by, state=TransferState.QUEUED)
        for transfer in queued.select_for_update(skip_locked=True):
            if is_stuck(transfer):
                transfer.state = TransferState.DRAFT
                transfer.save(update_fields=["state"])


def start_undo(*, transfer: BookTransfer, by: User) -> Job:
    """Queues the taking back of a large transfer."""
    return start_job(
        task="servicing.take_back_book",
        title=_("Taking a book transfer back"),
        by=by,
        arguments=[transfer.pk, by.pk],
    )


# --- Taking it back ------------------------------------------------------------------------------------

TAKE_ROLES = """
    UPDATE clients_teammember t SET user_id = h.before_id FROM servicing_handedrow h
    WHERE h.transfer_id = %(transfer)s AND h."table" = 'team' AND t.id = h.record_id
"""
# A task that was closed, or that a person gave to somebody else since, stays where it is. Who stands in for
# whom planning finds anew.
TAKE_TASKS = f"""
    UPDATE servicing_servicetask t
    SET assigned_to_id = h.before_id, reassigned = h.before_reassigned, stands_in_for_id = NULL
    FROM servicing_handedrow h
    WHERE h.transfer_id = %(transfer)s AND h."table" = 'task' AND t.id = h.record_id AND t.{OPEN}
        AND t.assigned_to_id IS NOT DISTINCT FROM h.after_id
"""  # noqa: S608  (a constant of the planner)
CHANGED_SINCE = """
    SELECT count(*) FROM servicing_handedrow h LEFT JOIN clients_teammember t
        ON t.id = h.record_id AND t.client_id = h.client_id
    WHERE h.transfer_id = %(transfer)s AND h."table" = 'team' AND t.user_id IS DISTINCT FROM h.after_id
"""
GIVERS = """
    SELECT DISTINCT u.id FROM servicing_handedrow h JOIN clients_user u ON u.id = h.before_id
    WHERE h.transfer_id = %(transfer)s AND NOT u.is_active
"""


def why_not_undone(transfer: BookTransfer) -> list[str]:
    """Sentences that say why the transfer cannot be taken back; none where it can."""
    if transfer.state != TransferState.DONE:
        return [_("Only a transfer that was done can be undone.")]
    if transfer.undo_until and timezone.now() > transfer.undo_until:
        return [_("A transfer can be undone for 14 days. Hand the clients back by another one.")]
    session = _session_of(transfer)
    reasons = []
    if count := session.fetch(CHANGED_SINCE)[0][0]:
        text = ngettext(
            "%(n)s role went to somebody else since, or its client is gone.",
            "%(n)s roles went to somebody else since, or their clients are gone.",
            count,
        )
        reasons.append(text % {"n": count})
    gone = [row[0] for row in session.fetch(GIVERS)]
    for person in User.objects.filter(pk__in=gone):
        text = _("%s can no longer sign in. An administrator can activate the sign-in again first.")
        reasons.append(text % person.display_name)
    return reasons


def _session_of(transfer: BookTransfer) -> Session:
    return Session(day=firm_today(), moment=timezone.now(), parameters={"transfer": transfer.pk})


def take_back(*, transfer: BookTransfer, by: User, report: Report = untold) -> int:
    """Gives roles and open tasks back to who had them; returns how many tasks stay because they were closed
    or given on since. Raises Refused, with the reasons, where the roles are no longer as it left them."""
    with (
        pghistory.context(user=by.pk, book_transfer=transfer.pk, why=_("a book transfer was undone")),
        transaction.atomic(),
    ):
        lock()
        transfer = BookTransfer.objects.select_for_update(of=("self",)).get(pk=transfer.pk)
        if reasons := why_not_undone(transfer):
            raise Refused(*reasons)
        session = _session_of(transfer)
        report(_("Giving clients and tasks back"), 0, 2)
        session.run(TAKE_ROLES)
        stay = transfer.tasks - session.run(TAKE_TASKS)
        report(_("Planning follows"), 1, 2)
        plan(as_of=firm_today(), clients=_clients_of(session))
        wake_sweeps(ChangeKind.SERVICE)
        transfer.state, transfer.undone_at, transfer.undone_by = TransferState.UNDONE, timezone.now(), by
        transfer.save(update_fields=["state", "undone_at", "undone_by"])
        notices.take_back(_key(transfer))
    return max(0, stay)


# --- Drafts --------------------------------------------------------------------------------------------


def make_draft(*, by: User, **chosen: object) -> BookTransfer:
    """Keeps what a person is about to hand over until they have seen what it means; one at a time each."""
    with transaction.atomic():
        open_stuck(by=by)
        BookTransfer.objects.filter(made_by=by, state=TransferState.DRAFT).delete()
        return BookTransfer.objects.create(made_by=by, **chosen)


def roles_of(labels: Iterable[str]) -> list[int]:
    """Ids of the service roles with these codes."""
    roles = ServiceRole.objects.filter(code__in=list(labels)).order_by("position")
    return list(roles.values_list("pk", flat=True))
