"""Reviewing a run: its moves with what is known about each, and rejecting some before the rest is applied."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from clients.commands import Refused
from clients.models import TeamMember, User
from tiers import runs, services, why
from tiers.models import (
    AssignmentSource,
    Explanation,
    Override,
    RejectedMove,
    RunStatus,
    ScoringRun,
    TierAssignment,
)

LEAD = "lead_advisor"
NONE = "none"
BY_ITSELF = (AssignmentSource.FIRST, AssignmentSource.UPGRADE)
LONGEST_REASON = 300


@dataclass(frozen=True)
class Narrowed:
    """Which of a run's moves are asked for. Tiers by code, `none` for no tier; empty: any."""

    old: str = ""
    new: str = ""
    advisor: str = ""
    shown: str = ""  # "rejected" or "open"; empty: both

    @classmethod
    def of(cls, params: Any) -> Narrowed:
        """What an address asks for; texts that no tier or person can have are left out."""
        old, new, advisor, shown = (
            "" if "\x00" in (text := params.get(name, "")) else text[:150]
            for name in ("from", "to", "advisor", "shown")
        )
        return cls(old, new, advisor, shown if shown in ("rejected", "open") else "")

    @property
    def params(self) -> dict[str, str]:
        named = {"from": self.old, "to": self.new, "advisor": self.advisor, "shown": self.shown}
        return {name: value for name, value in named.items() if value}

    @property
    def query(self) -> str:
        """The same as a query string."""
        return urlencode(self.params)


@dataclass
class Cell:
    """The moves of a run from one tier to another (codes, None for no tier)."""

    old: str | None
    new: str | None
    clients: int
    rejected: int = 0
    given: int = 0  # by the run itself: first tiers, upgrades

    @property
    def open(self) -> int:
        return max(self.clients - self.rejected - self.given, 0)


@dataclass
class Move:
    """A client that the run moves, ready to show. `state`: open, rejected, given or applied."""

    client_id: int
    name: str
    old: str | None
    new: str | None
    score: Decimal | None
    reason: str
    state: str
    advisor: str = ""
    rejection: RejectedMove | None = None
    earlier: list[RejectedMove] = field(default_factory=list)
    pin_ended: dt.date | None = None


# --- Reading --------------------------------------------------------------------------------------------


def cells(run: ScoringRun) -> list[Cell]:
    """The run's moves by tier before and after, with how many of them are rejected or given already."""
    found = {
        (move["from"], move["to"]): Cell(move["from"], move["to"], move["clients"]) for move in run.moves
    }
    for old, new, number in _count(_REJECTED, run):
        if (old, new) in found:
            found[old, new].rejected = number
    if run.automatic:
        _count_given(run, found)
    return list(found.values())


# By tier before and after; from the few to their moves, whatever the number of clients.
_BY_TIERS = """
SELECT old.code, new.code, count(*)
FROM {few} few
JOIN tiers_explanation e ON e.run_id = few.run_id AND e.client_id = few.client_id
LEFT JOIN clients_tier old ON old.id = e.current_tier_id
LEFT JOIN clients_tier new ON new.id = e.proposed_tier_id
WHERE few.run_id = %s AND e.moves {only}
GROUP BY old.code, new.code"""
_REJECTED = _BY_TIERS.format(few="tiers_rejectedmove", only="")
_UPGRADED = _BY_TIERS.format(few="tiers_tierassignment", only="AND few.source = 'upgrade'")


def _count(sql: str, run: ScoringRun) -> list[tuple[str | None, str | None, int]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [run.pk])
        return cursor.fetchall()


def _count_given(run: ScoringRun, found: dict[tuple[str | None, str | None], Cell]) -> None:
    """First tiers are given to all who had none, or to nobody; upgrades are counted."""
    if run.assignments.filter(source=AssignmentSource.FIRST).exists():
        for cell in found.values():
            if cell.old is None:
                cell.given = cell.clients
    for old, new, number in _count(_UPGRADED, run):
        if (old, new) in found:
            found[old, new].given = number


def moves(run: ScoringRun, narrowed: Narrowed = Narrowed()) -> QuerySet[Explanation]:
    """The run's moves in the order of clients; those made by itself only where no tier is asked for."""
    rows = runs.movers(run, old=narrowed.old, new="" if narrowed.new == NONE else narrowed.new)
    if narrowed.new == NONE:
        rows = rows.filter(proposed_tier__isnull=True)
    rejected = RejectedMove.objects.filter(run=run, client=OuterRef("client_id"))
    if narrowed.shown:
        rows = rows.alias(rejected=Exists(rejected)).filter(rejected=narrowed.shown == "rejected")
    if narrowed.advisor:
        leads = TeamMember.objects.filter(client=OuterRef("client_id"), role__code=LEAD)
        if narrowed.advisor == NONE:
            rows = rows.filter(~Exists(leads))
        else:
            rows = rows.filter(Exists(leads.filter(user__username=narrowed.advisor)))
    if run.automatic and narrowed.old != NONE:
        if run.assignments.filter(source=AssignmentSource.FIRST).exists():
            rows = rows.filter(current_tier__isnull=False)
        given = run.assignments.filter(source=AssignmentSource.UPGRADE, client=OuterRef("client_id"))
        rows = rows.filter(~Exists(given))
    return rows


def clients_of(run: ScoringRun, filters: str) -> list[int]:
    """The ids of the clients whose moves the filters (the query string of the run's page) match."""
    return list(moves(run, Narrowed.of(QueryDict(filters))).values_list("client_id", flat=True))


def page(run: ScoringRun, narrowed: Narrowed, *, after: int = 0) -> tuple[list[Move], int | None]:
    """Fifty moves after the client with id `after`, and where the next page begins."""
    rows = list(moves(run, narrowed).filter(client_id__gt=after)[: runs.PAGE + 1])
    rows, more = rows[: runs.PAGE], len(rows) > runs.PAGE
    return _described(run, rows), rows[-1].client_id if more else None


def _described(run: ScoringRun, rows: Sequence[Explanation]) -> list[Move]:
    ids = [row.client_id for row in rows]
    if not ids:
        return []
    tier_rules = list(run.policy.rules.select_related("tier").order_by("position"))
    leads = _leads(ids)
    rejections = {
        row.client_id: row for row in run.rejected_moves.filter(client__in=ids).select_related("by")
    }
    earlier = _earlier_rejections(run, rows)
    started = dict(run.assignments.filter(client__in=ids).values_list("client_id", "source"))
    ended = _pins_ended(run, ids)

    def state(client_id: int) -> str:
        if client_id in started:
            return "given" if started[client_id] in BY_ITSELF else "applied"
        return "rejected" if client_id in rejections else "open"

    return [
        Move(
            client_id=row.client_id,
            name=row.client.name,
            old=row.current_tier.code if row.current_tier else None,
            new=row.proposed_tier.code if row.proposed_tier else None,
            score=row.score,
            reason=why.move_reason(row, tier_rules, run),
            state=state(row.client_id),
            advisor=leads.get(row.client_id, ""),
            rejection=rejections.get(row.client_id),
            earlier=earlier[row.client_id],
            pin_ended=ended.get(row.client_id),
        )
        for row in rows
    ]


def _leads(ids: Iterable[int]) -> dict[int, str]:
    team = TeamMember.objects.filter(client__in=ids, role__code=LEAD).select_related("user")
    return {member.client_id: member.user.display_name for member in team}


def _earlier_rejections(run: ScoringRun, rows: Sequence[Explanation]) -> dict[int, list[RejectedMove]]:
    """What people said of the same client and the same tier in runs before, the newest first."""
    asked = {row.client_id: row.proposed_tier_id for row in rows}
    proposed = Explanation.objects.filter(run=OuterRef("run_id"), client=OuterRef("client_id"))
    found: dict[int, list[RejectedMove]] = defaultdict(list)
    rejected = (
        RejectedMove.objects.filter(client__in=asked, run__lt=run.pk)
        .annotate(tier_id=proposed.values("proposed_tier")[:1])
        .select_related("by")
        .order_by("-id")
    )
    for row in rejected:
        if row.tier_id == asked[row.client_id]:
            found[row.client_id].append(row)
    return found


def _pins_ended(run: ScoringRun, ids: Iterable[int]) -> dict[int, dt.date]:
    """The last day of a pin that ended, or ran out, after the client's tier began: it explains the move."""
    had = TierAssignment.objects.filter(client=OuterRef("client"), starts_on__lte=run.as_of)
    pins = (
        Override.objects.filter(client__in=ids)
        .filter(Q(ended_on__lte=run.as_of) | Q(expires_on__lt=run.as_of))
        .annotate(began=had.exclude(run=run).order_by("-starts_on", "-id").values("starts_on")[:1])
        .filter(Q(began__isnull=True) | Q(began__lte=Coalesce(F("ended_on"), F("expires_on"))))
        .order_by("starts_on", "id")
    )
    return {pin.client_id: pin.last_day for pin in pins}


# --- Writing --------------------------------------------------------------------------------------------


def reject(*, run: ScoringRun, chosen: QuerySet[Explanation], reason: str, by: User | None) -> dt.datetime:
    """Notes that the chosen moves of the run are not wanted; returns the moment that names the batch.

    A move rejected before keeps its first reason. Raises Refused without a reason or without a move, and
    where the run is no longer a proposal.
    """
    reason, now = reason.strip(), timezone.now()
    if not reason:
        raise Refused(_("Say why. The reason is shown beside the client in runs to come."))
    if len(reason) > LONGEST_REASON:
        raise Refused(_("Keep the reason under %(n)s characters.") % {"n": LONGEST_REASON})
    ids, params = chosen.filter(run=run, moves=True).order_by().values("client_id").query.sql_with_params()
    with transaction.atomic():
        _hold_proposal(run)
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                INSERT INTO tiers_rejectedmove (run_id, client_id, reason, by_id, at)
                SELECT %s, client_id, %s, %s, %s FROM ({ids}) chosen
                ON CONFLICT (run_id, client_id) DO NOTHING
                """,  # noqa: S608  (SQL that Django compiled)
                [run.pk, reason, by.pk if by else None, now, *params],
            )
            if not cursor.rowcount:
                raise Refused(_("Choose at least one move that is not rejected yet."))
    return now


def restore(*, run: ScoringRun, rejected: QuerySet[RejectedMove]) -> int:
    """Takes rejections of the run back; returns how many. Raises Refused where it is no longer a proposal."""
    with transaction.atomic():
        _hold_proposal(run)
        return rejected.filter(run=run).delete()[0]


def _hold_proposal(run: ScoringRun) -> None:
    """Nobody applies the run until the transaction ends."""
    services.wait_for_other_scorers()
    run.refresh_from_db(fields=["status"])
    if run.status != RunStatus.PROPOSED:
        raise Refused(_("This run was already applied or undone."))
