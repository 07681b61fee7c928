"""The task list: which tasks an address asks for, in which order, and one page of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce, Concat, NullIf, Trim
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.firm import firm_settings
from clients.models import ClientSummary, TeamMember, Tier, User
from servicing.models import ServiceKind, ServiceTask, TaskStatus
from servicing.models.standards import Channel
from servicing.querysets import OPEN_STATUSES, ServiceTaskQuerySet
from servicing.work import words

PAGE = 50
COUNTED = 1000
SORTED = 20_000  # as many are sorted by anything but the due date
CLOSED = [status for status in TaskStatus.values if status not in OPEN_STATUSES]
_CHANNELS = dict(Channel.choices)
_STATUSES = dict(TaskStatus.choices)
ROW = (
    "id",
    "client_id",
    "client__name",
    "tier__code",
    "client__summary__tier__code",  # of a task that no tier promised
    "title",
    "kind__label",
    "status",
    "due_on",
    "window_end",
    "scheduled_at",
    "snoozed_until",
    "planned_minutes",
    "channel",
    "automated",
    "assigned_to__first_name",
    "assigned_to__last_name",
    "assigned_to__username",
)
_PERSON = Coalesce(
    NullIf(
        Trim(Concat("assigned_to__first_name", Value(" "), "assigned_to__last_name")),
        Value(""),
    ),
    "assigned_to__username",
    Value(""),
)
# What one would act on first comes first.
_STATE = Case(
    When(status=TaskStatus.PLANNED, then=0),
    When(status=TaskStatus.SCHEDULED, then=1),
    When(status=TaskStatus.MISSED, then=2),
    When(status=TaskStatus.NO_RESPONSE, then=3),
    When(status=TaskStatus.DECLINED, then=4),
    When(status=TaskStatus.DONE, then=5),
    default=6,
    output_field=IntegerField(),
)


@dataclass(frozen=True)
class Order:
    """A column to sort by. `key`: nothing for the due date itself, which settles ties everywhere."""

    label: str | Promise
    key: Any = None
    number: bool = False


DUE = "due"
ORDERS = {
    "client": Order(gettext_lazy("Client"), F("client__name")),
    "service": Order(gettext_lazy("Service"), Coalesce(NullIf("title", Value("")), "kind__label", Value(""))),
    DUE: Order(gettext_lazy("Due")),
    "status": Order(gettext_lazy("Status"), _STATE, number=True),
    "person": Order(gettext_lazy("Person"), _PERSON),
}


@dataclass
class Page:
    """One page; `before` and `after` are the places of its neighbours, empty at the ends."""

    rows: list[dict[str, Any]]
    before: str
    after: str


def options() -> list[dict[str, Any]]:
    """The filters, each with its choices as (value, label)."""
    serving = User.objects.filter(pk__in=TeamMember.objects.order_by().values("user"))
    people = [(str(p.pk), p.display_name) for p in serving.order_by("first_name", "last_name", "username")]
    return [
        {
            "name": "status",
            "label": _("Status"),
            "choices": [
                ("open", _("Open")),
                ("late", _("Late")),
                ("too_late", _("Too late")),
                ("appointment_passed", _("Appointment passed")),
                *TaskStatus.choices,
                ("any", _("Any")),
            ],
        },
        {"name": "tier", "label": _("Tier"), "choices": [(t.code, t.label) for t in Tier.objects.all()]},
        {
            "name": "kind",
            "label": _("Service"),
            "choices": [(k.code, k.label) for k in ServiceKind.objects.all()],
        },
        {"name": "advisor", "label": _("Person"), "choices": [("none", _("Unassigned")), *people]},
        {"name": "made_by", "label": _("Asked of others by"), "choices": people},
        {
            "name": "done_by",
            "label": _("Done by"),
            "choices": [("person", _("A person")), ("itself", _("By itself"))],
        },
    ]


def asked_for(params: QueryDict, choices: list[dict[str, Any]]) -> dict[str, tuple[str, str]]:
    """The filters of an address that are known: by name their value and how it is said."""
    asked = {}
    for option in choices:
        labels, value = dict(option["choices"]), params.get(option["name"], "")
        if value in labels:
            asked[option["name"]] = (value, f"{option['label']}: {labels[value]}")
    return asked


def matching(user: User, asked: dict[str, tuple[str, str]], today: dt.date) -> ServiceTaskQuerySet:
    """The tasks that `user` may see and the filters ask for; open ones, unless they ask for others."""
    tasks = ServiceTask.objects.visible_to(user)
    values = {name: value for name, (value, _label) in asked.items()}
    status = values.get("status", "open")
    if status == "late":
        tasks = tasks.late(today)
    elif status == "too_late":
        tasks = tasks.too_late(today, firm_settings().escalate_after_days)
    elif status == "appointment_passed":
        tasks = tasks.appointment_passed(today)
    elif status == "open":
        tasks = tasks.open()
    elif status != "any":
        tasks = tasks.filter(status=status)
    if "tier" in values:
        # of a task that no tier promised: the client's, as the row shows it
        of_client = ClientSummary.objects.filter(client=OuterRef("client_id"), tier__code=values["tier"])
        tasks = tasks.filter(Q(tier__code=values["tier"]) | Q(Exists(of_client), tier__isnull=True))
    if "kind" in values:
        tasks = tasks.filter(kind__code=values["kind"])
    if "advisor" in values:
        tasks = tasks.filter(assigned_to=None if values["advisor"] == "none" else int(values["advisor"]))
    if "made_by" in values:
        maker = int(values["made_by"])
        tasks = tasks.filter(made_by=maker).exclude(assigned_to=maker)
    if "done_by" in values:
        tasks = tasks.filter(automated=values["done_by"] == "itself")
    return tasks


def parse_sort(text: str) -> tuple[str, bool]:
    """The column and whether it is descending; the due date for a text that names none."""
    name = text.removeprefix("-")
    return (name, text.startswith("-")) if name in ORDERS else (DUE, False)


def too_many_to_sort(tasks: ServiceTaskQuerySet) -> bool:
    """Whether there are so many tasks that only the order of an index, the due date, is to be had in time."""
    return tasks.order_by()[: SORTED + 1].count() > SORTED


def read_page(
    tasks: ServiceTaskQuerySet, sort: str, descending: bool, params: QueryDict, *, any_status: bool = False
) -> Page:
    """One page from a position in the order: its ids first, for which little is read, then its rows.

    `any_status`: `tasks` has open ones and others, of all clients.
    """
    order = ORDERS[sort]
    names = ["due_on", "id"]
    if order.key is not None:
        tasks, names = tasks.annotate(sort_key=order.key), ["sort_key", *names]
    back = _position(params.get("before", ""), order)
    place = back or _position(params.get("after", ""), order)
    down = descending != bool(back)
    if place:
        tasks = tasks.filter(_beyond(dict(zip(names, place, strict=True)), "lt" if down else "gt"))
    keys = [f"-{name}" if down else name for name in names]
    rows = _filled(list(_first(tasks, names, keys, each_status=any_status and order.key is None)))
    more, rows = len(rows) > PAGE, rows[:PAGE]
    if back:
        rows.reverse()
    if not rows:
        return Page([], "", "")
    first, last = _place(rows[0], order), _place(rows[-1], order)
    if back:
        return Page(rows, first if more else "", last)
    return Page(rows, first if place else "", last if more else "")


def _first(tasks: ServiceTaskQuerySet, names: list[str], keys: list[str], *, each_status: bool) -> Any:
    """The first rows in the order of `keys`, one more than a page.

    `each_status`: the order is that of the indexes, of which open tasks have one and each other status a
    part of one: every part is walked as far as a page, and the parts are merged.
    """
    if not each_status:
        return tasks.order_by(*keys).values(*names)[: PAGE + 1]
    parts = [
        part.order_by(*keys).values(*names)[: PAGE + 1]
        for part in (tasks.open(), *(tasks.filter(status=status) for status in CLOSED))
    ]
    return parts[0].union(*parts[1:], all=True).order_by(*keys)[: PAGE + 1]


def _filled(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same tasks in the same order, with all that a row shows."""
    known = {
        row["id"]: row for row in ServiceTask.objects.filter(pk__in=[f["id"] for f in found]).values(*ROW)
    }
    return [place | known[place["id"]] for place in found if place["id"] in known]


def _beyond(place: dict[str, Any], side: str) -> Q:
    """Rows after a place: equal in the first columns and beyond in the next."""
    beyond, equal = Q(), Q()
    for name, value in place.items():
        beyond |= equal & Q(**{f"{name}__{side}": value})
        equal &= Q(**{name: value})
    return beyond


def _place(row: dict[str, Any], order: Order) -> str:
    place = f"{row['due_on'].isoformat()}_{row['id']}"
    return place if order.key is None else f"{place}_{row['sort_key']}"


def _position(text: str, order: Order) -> list[Any] | None:
    date, _sep, rest = text.replace("\x00", "").partition("_")
    number, _sep, key = rest.partition("_")
    try:
        place: list[Any] = [dt.date.fromisoformat(date), int(number[:18])]
        if order.key is None:
            return place
        return [int(key[:9]) if order.number else key, *place]
    except ValueError:
        return None


def row_of(values: dict[str, Any], today: dt.date, zone: dt.tzinfo) -> dict[str, Any]:
    """A task as a row of the list draws it."""
    is_open = values["status"] in (TaskStatus.PLANNED, TaskStatus.SCHEDULED)
    at = values["scheduled_at"]
    person = f"{values['assigned_to__first_name'] or ''} {values['assigned_to__last_name'] or ''}".strip()
    late = is_open and values["window_end"] < today
    return {
        "id": values["id"],
        "client_id": values["client_id"],
        "client": values["client__name"],
        "tier": values["tier__code"] or values["client__summary__tier__code"],
        "name": values["title"] or values["kind__label"],
        "due_on": values["due_on"],
        "late": words.due(values["due_on"], values["window_end"], today) if late else "",
        "status": _STATUSES[values["status"]],
        "appointment": words.appointment(at, zone, today) if at and is_open else "",
        "asleep": values["snoozed_until"] if is_open and (values["snoozed_until"] or today) > today else None,
        "person": person or values["assigned_to__username"] or "",
        "minutes": values["planned_minutes"],
        "channel": _CHANNELS.get(values["channel"], ""),
        "automated": values["automated"],
    }
