"""The planner's one entry point: the steps in their order, in one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from clients.firm import firm_settings, firm_today, firm_zone
from clients.whole_firm import as_array, give_room
from servicing import modifiers, transitions
from servicing.models import PlanningRange
from servicing.planning import absences, clocks, closing, creation, fulfilment, reopening, scope, summaries
from servicing.planning.session import OPEN, Session

PLANNING_LOCK = 7_262_011  # any number; one for all planners of a database


@dataclass
class PlanCounts:
    """What a run did, in tasks. `open` are open at its end; `unchanged` of them were not touched by it."""

    as_of: dt.date
    created: int = 0
    reopened: int = 0
    moved: int = 0
    followed: int = 0
    redated: int = 0
    reassigned: int = 0
    done: int = 0
    missed: int = 0
    cancelled: int = 0
    waived: int = 0
    unchanged: int = 0
    open: int = 0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def counted(self) -> dict[str, int]:
        """The figures alone, without the day."""
        return {name: value for name, value in asdict(self).items() if name != "as_of"}


def lock() -> None:
    """Waits until no other planner works; holds until the transaction ends.

    Whoever changes tasks and plans in one transaction takes it first, so that two never wait for each other.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PLANNING_LOCK])


@transaction.atomic
def plan(
    *,
    as_of: dt.date,
    clients: Iterable[int] | None = None,
    part: PlanningRange | None = None,
    last: bool = False,
    cases_open: bool = False,
) -> PlanCounts:
    """Plans what is due on `as_of`, for all clients or for those with the given ids; all of it or nothing.

    A second run on the same day finds nothing to do. All ways send the same statements; only the set of
    clients that they look at differs. `part`: as for all, of a part of the firm; `last`: no other part is
    left to be planned. `cases_open`: the transaction has opened the cases of these clients already.
    """
    lock()
    give_room()
    session = Session(day=as_of, moment=_moment(as_of))
    counts = PlanCounts(as_of=as_of)
    ids = None if clients is None else sorted(set(clients))
    if not cases_open:
        transitions.open_cases(session, ids)  # before anything is planned by a tier that fell
    scope.read_items(session)
    absences.read_absences(session)
    if scope.find(session, ids, part, last):
        scope.read_promises(session)
        counts.followed = creation.follow(session)
        counts.reopened = reopening.reopen(session)
        counts.done = fulfilment.close_fulfilled(session)
        counts.missed = closing.close_missed(session)
        counts.cancelled, counts.waived = closing.close_unpromised(session)
        firm = firm_settings()
        clocks.wind(session, firm)
        absences.keep_days_there(session, firm)
        absences.move_clocks(session)
        counts.moved = creation.move(session)
        counts.redated = absences.move_tasks(session)
        if (counts.moved or counts.redated) and clocks.wind_uncovered(session, firm):
            absences.move_clocks(session)
        counts.reassigned = creation.reassign(session, firm)
        counts.created = creation.create(session)
        summaries.write(session)
        clocks.put_back_later_facts(session)
    if ids is None and (part is None or last):
        creation.note_followed(session)
    modifiers.act(session, firm_wide=ids is None and (part is None or last))
    counts.open = _open_tasks(session, ids, part)
    touched = counts.created + counts.moved + counts.followed + counts.redated + counts.reopened
    counts.unchanged = max(0, counts.open - touched)
    return counts


def _moment(day: dt.date) -> dt.datetime:
    """When a task closed by a run for `day` counts as closed: now, or noon of another day."""
    if day == firm_today():
        return timezone.now()
    return dt.datetime.combine(day, dt.time(12), tzinfo=firm_zone())


def _open_tasks(session: Session, ids: list[int] | None, part: PlanningRange | None) -> int:
    narrow = "" if ids is None else "AND client_id = ANY(%(clients)s::bigint[])"
    if part:
        narrow = "AND client_id IN (SELECT client_id FROM plan_part)"
    return session.fetch(
        f"SELECT count(*) FROM servicing_servicetask WHERE item_id IS NOT NULL AND {OPEN} {narrow}",
        clients=None if ids is None else as_array(ids),
    )[0][0]
