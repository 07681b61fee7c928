"""The task list: everything that is open or was closed, with filters, for those who watch over it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clients.models import TeamMember, Tier, User
from servicing.models import ServiceKind, ServiceTask, TaskStatus
from servicing.querysets import ServiceTaskQuerySet
from servicing.work.queue import ROW, row_of

PAGE = 50
COUNTED = 1000
LIST_ROW = (
    *ROW,
    "assigned_to__first_name",
    "assigned_to__last_name",
    "assigned_to__username",
    "completed_on",
)


@login_required
@require_GET
def task_list(request: HttpRequest) -> HttpResponse:
    """Tasks by due date, 50 a page, counted up to 1,000."""
    today = timezone.localdate()
    options = _options()
    tasks, chips = _filtered(request, options, today)
    rows, before, after = _page(tasks, request.GET)
    for row in rows:
        row["person"] = (
            f"{row['assigned_to__first_name'] or ''} {row['assigned_to__last_name'] or ''}".strip()
            or row["assigned_to__username"]
        )
        row["status_label"] = TaskStatus(row["status"]).label
    return render(
        request,
        "servicing/tasks.html",
        {
            "rows": [row_of(row, today) for row in rows],
            "count": tasks.order_by()[: COUNTED + 1].count(),
            "cap": COUNTED,
            "chips": chips,
            "options": options,
            "chosen": request.GET,
            "before": before,
            "after": after,
            "kept": _without(request.GET, "after", "before"),
        },
    )


def _options() -> list[dict[str, Any]]:
    """The filters, each with its choices as (value, label)."""
    people = User.objects.filter(pk__in=TeamMember.objects.order_by().values("user")).order_by(
        "first_name", "username"
    )
    return [
        {
            "name": "status",
            "label": _("Status"),
            "choices": [("open", _("Open")), ("late", _("Late")), *TaskStatus.choices, ("any", _("Any"))],
        },
        {"name": "tier", "label": _("Tier"), "choices": [(t.code, t.label) for t in Tier.objects.all()]},
        {
            "name": "kind",
            "label": _("Service"),
            "choices": [(k.code, k.label) for k in ServiceKind.objects.all()],
        },
        {
            "name": "advisor",
            "label": _("Person"),
            "choices": [("none", _("Unassigned")), *((str(p.pk), p.display_name) for p in people)],
        },
        {
            "name": "done_by",
            "label": _("Done by"),
            "choices": [("person", _("A person")), ("itself", _("By itself"))],
        },
    ]


def _filtered(
    request: HttpRequest, options: list[dict[str, Any]], today: dt.date
) -> tuple[ServiceTaskQuerySet, list[tuple[str, str]]]:
    """The tasks that the address asks for, with a removable chip for each filter that it knows."""
    tasks = ServiceTask.objects.visible_to(request.user)
    chips = []
    asked: dict[str, str] = {}
    for option in options:
        labels = dict(option["choices"])
        value = request.GET.get(option["name"], "")
        if value in labels:
            asked[option["name"]] = value
            chips.append(
                (
                    f"{option['label']}: {labels[value]}",
                    _without(request.GET, option["name"], "after", "before"),
                )
            )
    status = asked.get("status", "open")
    if status == "late":
        tasks = tasks.late(today)
    elif status == "open":
        tasks = tasks.open()
    elif status != "any":
        tasks = tasks.filter(status=status)
    if "tier" in asked:
        tasks = tasks.filter(tier__code=asked["tier"])
    if "kind" in asked:
        tasks = tasks.filter(kind__code=asked["kind"])
    if "advisor" in asked:
        person = None if asked["advisor"] == "none" else int(asked["advisor"])
        tasks = tasks.filter(assigned_to=person)
    if "done_by" in asked:
        tasks = tasks.filter(automated=asked["done_by"] == "itself")
    return tasks, chips


def _page(tasks: ServiceTaskQuerySet, params: QueryDict) -> tuple[list[dict[str, Any]], str, str]:
    """One page from a position, with the positions of the pages before and after it, empty at the ends."""
    if position := _position(params.get("before", "")):
        due, pk = position
        found = tasks.filter(Q(due_on__lt=due) | Q(due_on=due, pk__lt=pk)).order_by("-due_on", "-id")
        rows = list(found.values(*LIST_ROW)[: PAGE + 1])
        more, rows = len(rows) > PAGE, rows[:PAGE][::-1]
        return rows, _place(rows[0]) if rows and more else "", _place(rows[-1]) if rows else ""
    position = _position(params.get("after", ""))
    if position:
        due, pk = position
        tasks = tasks.filter(Q(due_on__gt=due) | Q(due_on=due, pk__gt=pk))
    rows = list(tasks.order_by("due_on", "id").values(*LIST_ROW)[: PAGE + 1])
    more, rows = len(rows) > PAGE, rows[:PAGE]
    return rows, _place(rows[0]) if rows and position else "", _place(rows[-1]) if more else ""


def _place(row: dict[str, Any]) -> str:
    return f"{row['due_on'].isoformat()}_{row['id']}"


def _position(text: str) -> tuple[dt.date, int] | None:
    date, _sep, number = text.partition("_")
    try:
        return dt.date.fromisoformat(date), int(number[:18])
    except ValueError:
        return None


def _without(params: QueryDict, *names: str) -> str:
    kept = params.copy()
    for name in names:
        kept.pop(name, None)
    return kept.urlencode()
