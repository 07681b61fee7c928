"""What a transfer would do, before it is done: nothing is changed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction

from clients.models import ServiceRole, Tier, User
from servicing.book.working import fingerprint, work_out
from servicing.models import BookTransfer, ClientHours
from servicing.planning.session import OPEN, Session

NAMED = 50  # appointments on the page


@dataclass
class Receiver:
    """What one person gets, and what their planned minutes a year become by it."""

    person: User
    clients: int = 0
    tasks: int = 0
    minutes: int = 0
    before: int = 0
    after: int = 0
    hours_a_week: Decimal | None = None

    @property
    def after_a_week(self) -> int:
        """Planned minutes a week, once the book is theirs."""
        return round(self.after / 52)

    @property
    def before_a_week(self) -> int:
        return round(self.before / 52)

    @property
    def too_much(self) -> bool:
        return self.hours_a_week is not None and self.after_a_week > self.hours_a_week * 60


@dataclass
class Appointment:
    client_id: int
    client: str
    what: str
    at: dt.datetime


@dataclass
class Preview:
    """`seen`: a text that differs once the same transfer would move something else."""

    clients: int
    tasks: int
    minutes: int
    tiers: list[tuple[str, int]]
    roles: list[tuple[str, int]]
    receivers: list[Receiver]
    appointments: list[Appointment]
    standing: int
    seen: str
    stay: int = 0
    elsewhere: int = 0
    untouched: list[str] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        return not self.clients and not self.tasks


def preview(transfer: BookTransfer) -> Preview:
    """Works out what the transfer would do now."""
    with transaction.atomic():
        session = work_out(transfer, receivers_too=True)
        clients, tasks, minutes, elsewhere = session.fetch(
            """
            SELECT (SELECT count(DISTINCT client_id) FROM book_row), (SELECT count(*) FROM book_task),
                (SELECT coalesce(sum(minutes_a_year), 0)::bigint FROM book_promise WHERE moves),
                (SELECT count(*) FROM book_task WHERE client_id NOT IN (SELECT client_id FROM book_row))
            """
        )[0]
        appointments, standing = _appointments(session)
        return Preview(
            clients=clients,
            tasks=tasks,
            minutes=minutes,
            tiers=_tiers(session),
            roles=_roles(session),
            receivers=_receivers(session, transfer),
            appointments=appointments,
            standing=standing,
            seen=fingerprint(session),
            stay=_staying(session, transfer),
            elsewhere=elsewhere,
        )


def _tiers(session: Session) -> list[tuple[str, int]]:
    """Codes of tiers with how many clients of each go; an empty code for those without one."""
    found = dict(
        session.fetch(
            """
            SELECT s.tier_id, count(*) FROM (SELECT DISTINCT client_id FROM book_row) mine
            JOIN clients_clientsummary s USING (client_id) GROUP BY s.tier_id
            """
        )
    )
    named = [(tier.code, found[tier.pk]) for tier in Tier.objects.order_by("position") if tier.pk in found]
    return [*named, ("", found[None])] if None in found else named


def _roles(session: Session) -> list[tuple[str, int]]:
    found = dict(session.fetch("SELECT role_id, count(*) FROM book_row GROUP BY role_id"))
    return [(role.label, found[role.pk]) for role in ServiceRole.objects.all() if role.pk in found]


def _receivers(session: Session, transfer: BookTransfer) -> list[Receiver]:
    people = {user.pk: user for user in User.objects.filter(pk__in=transfer.receiver_ids)}
    hours = dict(ClientHours.objects.filter(user__in=people).values_list("user_id", "hours_a_week"))
    found = {
        pk: Receiver(person=people[pk], hours_a_week=hours.get(pk))
        for pk in transfer.receiver_ids
        if pk in people
    }
    rows = session.fetch(
        """
        SELECT r.id, (SELECT count(*) FROM book_deal d WHERE d.to_id = r.id),
            (SELECT count(*) FROM book_task t WHERE t.to_id = r.id),
            coalesce(sum(p.minutes_a_year) FILTER (WHERE p.moves AND d.to_id = r.id), 0)::bigint,
            coalesce(sum(p.minutes_a_year) FILTER (WHERE p.person_id = r.id), 0)::bigint,
            coalesce(sum(p.minutes_a_year) FILTER (
                WHERE CASE WHEN p.moves THEN d.to_id ELSE p.person_id END = r.id), 0)::bigint
        FROM unnest(%(receivers)s::bigint[]) r(id)
        LEFT JOIN (book_promise p LEFT JOIN book_deal d USING (client_id))
            ON r.id IN (p.person_id, d.to_id)
        GROUP BY r.id
        """
    )
    for pk, clients, tasks, minutes, before, after in rows:
        if pk in found:
            got = found[pk]
            got.clients, got.tasks, got.minutes, got.before, got.after = (
                clients, tasks, minutes, before, after,
            )  # fmt: skip
    return list(found.values())


def _appointments(session: Session) -> tuple[list[Appointment], int]:
    """Appointments that stand with the clients that go, the next first, and how many they are."""
    rows = session.fetch(
        f"""
        SELECT c.id, c.name, coalesce(nullif(t.title, ''), k.label), t.scheduled_at, count(*) OVER ()
        FROM book_task b JOIN servicing_servicetask t ON t.id = b.id
        JOIN clients_client c ON c.id = t.client_id
        LEFT JOIN servicing_servicekind k ON k.id = t.kind_id
        WHERE t.status = 'scheduled' AND t.scheduled_at >= %(moment)s
        ORDER BY t.scheduled_at, t.id LIMIT {NAMED}
        """  # noqa: S608  (a constant of this module)
    )
    return [Appointment(*row[:4]) for row in rows], (rows[0][4] if rows else 0)


def _staying(session: Session, transfer: BookTransfer) -> int:
    """Open tasks at the clients that go which stay with somebody whom a person chose for them."""
    if transfer.everything:
        return 0
    return session.fetch(
        f"""
        SELECT count(*) FROM servicing_servicetask t
        WHERE t.{OPEN} AND t.reassigned AND t.client_id IN (SELECT client_id FROM book_row)
            AND t.id NOT IN (SELECT id FROM book_task)
            AND t.assigned_to_id <> ALL(%(receivers)s::bigint[])
        """  # noqa: S608  (a constant of the planner)
    )[0][0]
