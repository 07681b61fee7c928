"""Cases as the board, their lists and a client's page show them; each in a fixed number of queries."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber

from clients.access import sees_all_clients
from clients.formats import late_words
from clients.models import Client, User
from servicing.delivery.files import plain
from servicing.models import Route, Step, Transition, TransitionOutcome, TransitionReason

A_COLUMN = 20  # cards of a column of the board; the rest is a list
PAGE = 50
NONE = "none"  # of filters: no route, no owner
_ROW = (
    "id",
    "client_id",
    "client__name",
    "from_tier__code",
    "to_tier__code",
    "reason",
    "route",
    "step",
    "due_on",
    "until",
    "opened_on",
    "closed_on",
    "outcome",
    "owner_id",
    "owner__first_name",
    "owner__last_name",
    "owner__username",
)
_STEPS, _ROUTES = dict(Step.choices), dict(Route.choices)
_REASONS, _OUTCOMES = dict(TransitionReason.choices), dict(TransitionOutcome.choices)


@dataclass(frozen=True)
class Asked:
    """What is asked for; empty: any. `step`: one stage as a list. `tier`: the code of the tier that the
    client has or is to have. `owner`: an id. `after`: the day and number of the row before."""

    closed: bool = False
    step: str = ""
    route: str = ""
    owner: str = ""
    tier: str = ""
    late: bool = False
    after: tuple[dt.date, int] | None = None


def visible_to(user: User) -> QuerySet[Transition]:
    """The cases of the clients that `user` sees."""
    if sees_all_clients(user):
        return Transition.objects.all()
    return Transition.objects.filter(client__in=Client.objects.visible_to(user).values("pk"))


def board(asked: Asked, user: User, today: dt.date) -> list[dict[str, Any]]:
    """A column for each stage, with what is due first and the number of all; one query however many cases."""
    rows = (
        matching(asked, user, today)
        .annotate(
            place=Window(RowNumber(), partition_by=F("step"), order_by=[F("due_on").asc(), F("id").asc()]),
            all_in_stage=Window(Count("id"), partition_by=F("step")),
            late_in_stage=Window(Count("id", filter=Q(due_on__lt=today)), partition_by=F("step")),
        )
        .filter(place__lte=A_COLUMN)
        .order_by("step", "place")
        .values(*_ROW, "all_in_stage", "late_in_stage")
    )
    columns: dict[str, dict[str, Any]] = {
        step.value: {"step": step.value, "label": step.label, "rows": [], "number": 0, "late": 0}
        for step in Step
    }
    for row in rows:
        column = columns[row["step"]]
        column["number"], column["late"] = row["all_in_stage"], row["late_in_stage"]
        column["rows"].append(as_row(row, today))
    for column in columns.values():
        column["more"] = column["number"] - len(column["rows"])
    return list(columns.values())


def listed(asked: Asked, user: User, today: dt.date) -> list[dict[str, Any]]:
    """Rows of one stage by their due date, or closed ones, the newest first; one more than a page."""
    cases = matching(asked, user, today)
    if asked.closed:
        if asked.after:
            day, number = asked.after
            cases = cases.filter(Q(closed_on__lt=day) | Q(closed_on=day, id__lt=number))
        cases = cases.order_by("-closed_on", "-id")
    else:
        if asked.after:
            day, number = asked.after
            cases = cases.filter(Q(due_on__gt=day) | Q(due_on=day, id__gt=number))
        cases = cases.order_by("due_on", "id")
    return [as_row(row, today) for row in cases.values(*_ROW)[: PAGE + 1]]


IN_FILE = (
    "external_id", "client", "from", "to", "why", "way", "stage", "owner", "opened_on", "due_on", "until",
    "old_fee", "new_fee", "notice_on", "referred_to", "consent_on", "outcome", "closed_on", "leaving_reasons",
)  # fmt: skip


def csv_lines(asked: Asked, user: User, today: dt.date) -> Iterator[str]:
    """All cases of a board or list as CSV: a header, then a line for each."""
    yield _line(IN_FILE)
    own: tuple[str, ...] = (
        "old_fee",
        "new_fee",
        "notice_on",
        "referred_to",
        "consent_on",
        "client__external_id",
    )
    cases = matching(asked, user, today).order_by("-closed_on" if asked.closed else "due_on", "id")
    if asked.closed:
        chosen: Any = Transition.leaving_reasons.through.objects.filter(transition=OuterRef("pk"))
        label = "leavingreason__label"
        reasons = chosen.values("transition").annotate(all=ArrayAgg(label, order_by=label))
        cases = cases.annotate(leaving_reasons_said=Subquery(reasons.values("all")))
        own = (*own, "leaving_reasons_said")
    for row in cases.values(*_ROW, *own).iterator(chunk_size=2000):
        said = as_row(row, today)
        known = {"external_id": row["client__external_id"], "owner": said["person"], "outcome": said["ended"],
                 "leaving_reasons": "; ".join(row.get("leaving_reasons_said") or ())}  # fmt: skip
        yield _line([(said | known)[name] for name in IN_FILE])


def _line(values: Iterable[Any]) -> str:
    file = io.StringIO()
    shown = (plain(str(value)) if value not in (None, "") else "" for value in values)
    csv.writer(file).writerow(shown)
    return file.getvalue()


def place_of(row: dict[str, Any], *, closed: bool) -> str:
    """Where the next page begins."""
    return f"{row['closed_on' if closed else 'due_on'].isoformat()}_{row['id']}"


def matching(asked: Asked, user: User, today: dt.date) -> QuerySet[Transition]:
    """The cases that are asked for, of those that `user` sees."""
    cases = visible_to(user).filter(closed_on__isnull=not asked.closed)
    if asked.step and not asked.closed:
        cases = cases.filter(step=asked.step)
    if asked.route:
        cases = cases.filter(route="" if asked.route == NONE else asked.route)
    if asked.owner:
        cases = cases.filter(owner=None if asked.owner == NONE else int(asked.owner))
    if asked.tier:
        cases = cases.filter(Q(from_tier__code=asked.tier) | Q(to_tier__code=asked.tier))
    if asked.late and not asked.closed:
        cases = cases.filter(due_on__lt=today)
    return cases


def as_row(row: dict[str, Any], today: dt.date) -> dict[str, Any]:
    """A case in plain values with its words."""
    is_open = row["closed_on"] is None
    name = f"{row['owner__first_name'] or ''} {row['owner__last_name'] or ''}".strip()
    return row | {
        "client": row["client__name"],
        "from": row["from_tier__code"],
        "to": row["to_tier__code"],
        "stage": _STEPS[row["step"]],
        "way": _ROUTES.get(row["route"], ""),
        "why": _REASONS.get(row["reason"], ""),
        "ended": _OUTCOMES.get(row["outcome"], ""),
        "person": name or row["owner__username"] or "",
        "late": late_words(row["due_on"], today=today) if is_open and row["due_on"] else "",
        "held": is_open and row["until"] is not None and row["until"] > today and bool(row["to_tier__code"]),
    }


def of_client(client: Client, today: dt.date) -> dict[str, Any] | None:
    """The client's open case, else the one closed last; one query."""
    row = (
        Transition.objects.filter(client=client)
        .order_by(F("closed_on").desc(nulls_first=True), "-id")
        .values(*_ROW)
        .first()
    )
    return as_row(row, today) if row else None
