"""A person's queue: held meetings, late, today, this week, later, put off; as plain values for the page."""

# ruff: noqa: S608  (the statements are put together from texts of this module)
from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from textwrap import shorten
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients.contact import closed_sql, not_by
from clients.formats import hours, short_date
from clients.prepared import prepared
from clients.templatetags.crm import tier_badge
from servicing.models import TaskStatus
from servicing.models.standards import Channel
from servicing.modifiers import words as tailoring
from servicing.work import words

SHOWN = 50  # rows of a page that is opened; more by the link below them
MOST = 1000
WIDEST = 60  # letters of a name; the panel has the whole one
_CHANNELS = dict(Channel.choices)
_STATUSES = dict(TaskStatus.choices)

GROUPS: tuple[tuple[str, str | Promise], ...] = (
    ("requests", _("Clients wait for an answer")),
    ("held", _("Held? Say how it went")),
    ("late", _("Late")),
    ("today", _("Today")),
    ("week", _("This week")),
    ("coming", _("Later")),
    ("asleep", _("Put off")),
)

# The place of an open task in the queue. Requests of clients come first, by when they are to be answered. An
# appointment that lies ahead is where it is in the calendar, late or not; one whose time has passed asks how
# it went; what is put off is last.
_PLACE = """
    SELECT CASE
            WHEN t.snoozed_until > %(today)s THEN 5
            WHEN t.source = 'request' AND t.scheduled_at IS NULL THEN -1
            WHEN t.scheduled_at + make_interval(mins => t.planned_minutes) < %(now)s THEN 0
            WHEN t.window_end < %(today)s AND t.scheduled_at IS NULL THEN 1
            WHEN calendar.on_day <= %(today)s THEN 2
            WHEN calendar.on_day <= %(today)s::date + 7 THEN 3
            ELSE 4
        END AS place,
        calendar.on_day, t.window_end < %(today)s AS late,
        CASE WHEN t.source = 'request' THEN (
            SELECT request.answer_by FROM servicing_clientrequest request WHERE request.task_id = t.id
        ) END AS answer_by
    FROM (SELECT coalesce((t.scheduled_at AT TIME ZONE %(zone)s)::date, t.due_on) AS on_day) calendar
"""

# What a row shows. `points`: the checklist, a point a line; `tag_points`: how many tags add; `prepared`: how
# many are ticked.
_ROW = f"""
    t.id, t.client_id, client.name AS client, tier.code AS tier,
    coalesce(nullif(t.title, ''), kind.label) AS name, t.status, t.due_on, t.window_end, t.scheduled_at,
    t.snoozed_until, t.attempts, t.automated, {tailoring.MINUTES} AS planned_minutes,
    {tailoring.CHANNEL} AS channel, {closed_sql(tailoring.CHANNEL, "client")} AS closed,
    tailored.time_of_day, {tailoring.REASONS} AS tailored_why,
    item.checklist AS points, {tailoring.POINTS} AS tag_points, (
        SELECT count(*) FROM servicing_preparedpoint point WHERE point.task_id = t.id
    ) AS prepared
"""
_BESIDE = """
    JOIN clients_client client ON client.id = t.client_id
    LEFT JOIN clients_clientsummary summary ON summary.client_id = t.client_id
    LEFT JOIN clients_tier tier ON tier.id = coalesce(t.tier_id, summary.tier_id)
    LEFT JOIN servicing_servicekind kind ON kind.id = t.kind_id
    LEFT JOIN servicing_serviceitem item ON item.id = t.item_id
    LEFT JOIN servicing_tasktailoring tailored ON tailored.task_id = t.id
"""

# Figures and rows of a person's open tasks in one statement. What goes out by itself is counted apart.
_QUEUE = f"""
    WITH mine AS (
        SELECT t.id, t.due_on, {tailoring.MINUTES} AS planned_minutes, t.automated, placed.*
        FROM servicing_servicetask t
        LEFT JOIN servicing_tasktailoring tailored ON tailored.task_id = t.id
        CROSS JOIN LATERAL ({_PLACE}) placed
        WHERE t.assigned_to_id = %(person)s AND t.status IN ('planned', 'scheduled')
    ), figures AS (
        SELECT count(*) FILTER (WHERE NOT automated) AS total,
            count(*) FILTER (WHERE automated) AS automated,
            count(*) FILTER (WHERE NOT automated AND late) AS late,
            count(*) FILTER (WHERE NOT automated AND NOT late AND place < 4) AS week,
            count(*) FILTER (
                WHERE NOT automated AND NOT late AND place < 5 AND on_day <= %(today)s::date + 30
            ) AS month,
            coalesce(sum(planned_minutes) FILTER (
                WHERE NOT automated AND (place = 2 OR place = -1 AND on_day <= %(today)s)
            ), 0) AS minutes,
            (
                SELECT count(*) FROM servicing_servicetask theirs
                WHERE theirs.made_by_id = %(person)s AND theirs.assigned_to_id <> %(person)s
                    AND theirs.status IN ('planned', 'scheduled')
            ) AS waiting
        FROM mine
    ), shown AS (
        SELECT * FROM mine WHERE NOT automated AND %(rows)s > 0
        ORDER BY place, answer_by, on_day, due_on, id LIMIT %(rows)s
    ), drawn AS (
        SELECT {_ROW}, shown.place, shown.on_day, shown.late, shown.answer_by
        FROM shown JOIN servicing_servicetask t USING (id) {_BESIDE}
    )
    SELECT figures.total, figures.automated AS by_itself, figures.late AS all_late, figures.week,
        figures.month, figures.minutes, figures.waiting, drawn.*
    FROM figures LEFT JOIN drawn ON true
    ORDER BY drawn.place, drawn.answer_by, drawn.on_day, drawn.due_on, drawn.id
"""
_ONE = f"""
    SELECT {_ROW}, placed.* FROM servicing_servicetask t CROSS JOIN LATERAL ({_PLACE}) placed {_BESIDE}
    WHERE t.id = %(task)s
"""


@dataclass
class Group:
    """One block of the queue."""

    code: str
    label: str | Promise
    rows: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Queue:
    groups: list[Group]  # all of them, those without rows too: a row may come to one
    late: int
    week: int
    month: int
    minutes_today: int
    total: int
    automated: int  # go out by themselves: open, and not among the others
    waiting: int  # made by the person for others, and open

    @property
    def first(self) -> dict[str, Any] | None:
        return next((row for group in self.groups for row in group.rows), None)


def read_queue(user_id: int, today: dt.date, *, zone: dt.tzinfo, rows: int = SHOWN) -> Queue:
    """The open tasks assigned to a person that need a person, the first `rows` of them in their order, and
    how many there are in all. `zone`: in which appointments are said."""
    found = _fetch(_QUEUE, today, person=user_id, rows=rows)
    figures = found[0]
    groups = [Group(code, label) for code, label in GROUPS]
    address = _address()
    for values in found:
        if values["id"] is not None:
            groups[values["place"] + 1].rows.append(_row_of(values, today, zone, address))
    return Queue(
        groups=groups,
        late=figures["all_late"],
        week=figures["week"],
        month=figures["month"],
        minutes_today=figures["minutes"],
        total=figures["total"],
        automated=figures["by_itself"],
        waiting=figures["waiting"],
    )


def one_row(task_id: int, today: dt.date, *, zone: dt.tzinfo) -> dict[str, Any]:
    """The same for one task, after something was done with it."""
    return _row_of(_fetch(_ONE, today, task=task_id)[0], today, zone, _address())


def _address() -> str:
    """Where a task is, with 0 for its number: to look it up for each row would take longer than the row."""
    return reverse("servicing:task", args=[0])


def _row_of(values: dict[str, Any], today: dt.date, zone: dt.tzinfo, address: str) -> dict[str, Any]:
    """A task as a row of the queue draws it: words, ready to be written."""
    late, at, when, now = values["late"], values["scheduled_at"], "", timezone.now()
    if by := values["answer_by"]:
        late, when = by <= now, words.answer_by(by, now)
    elif not at:
        when = words.due(values["due_on"], values["window_end"], today)
    asleep = values["place"] == 5
    is_open = values["status"] in ("planned", "scheduled")
    points = len([line for line in (values["points"] or "").splitlines() if line.strip()])
    points += values["tag_points"]
    return {
        "id": values["id"],
        "url": address.replace("0", str(values["id"])),
        "badge": tier_badge(values["tier"]) if values["tier"] else "",
        "client": values["client"],
        "name": shorten(values["name"], WIDEST, placeholder="…"),
        "late": (when or words.due(values["due_on"], values["window_end"], today)) if late else "",
        "appointment": words.appointment(at, zone, today) if at else "",
        "when": "" if late or asleep else when,
        "asleep": short_date(values["snoozed_until"], today=today) if asleep else "",
        "held": values["place"] == 0,
        "minutes": hours(values["planned_minutes"]) if values["planned_minutes"] else "",
        "automated": values["automated"],
        "channel": _CHANNELS.get(values["channel"], ""),
        "time_of_day": tailoring.time_of_day(values["time_of_day"]),
        "tailored": values["tailored_why"] or "",
        "closed": not_by(values["closed"]),
        "attempts": values["attempts"],
        "prepared": f"{min(values['prepared'], points)}/{points}" if points and values["prepared"] else "",
        "status": "" if is_open else _STATUSES[values["status"]],
        "group": GROUPS[values["place"] + 1][0] if is_open else "",
        "order": _order(values),
    }


def _order(values: dict[str, Any]) -> str:
    """A text by which rows of a group stand in the order of the queue."""
    answer_by = values["answer_by"].astimezone(dt.UTC).isoformat() if values["answer_by"] else "~"
    return f"{answer_by} {values['on_day']} {values['due_on']} {values['id']:012}"


def _fetch(sql: str, today: dt.date, **more: Any) -> list[dict[str, Any]]:
    zone = timezone.get_current_timezone_name()
    with prepared() as cursor:
        cursor.execute(sql, {"today": today, "now": timezone.now(), "zone": zone, **more})
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
