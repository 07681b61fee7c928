"""Today: the first page, a person's queue."""

from __future__ import annotations

import datetime as dt
from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clients.access import may_edit_clients, runs_the_firm
from clients.models import Client, User
from servicing.models import ServiceTask
from servicing.review.waiting import waiting_for
from servicing.views.task import is_id, task_keys, whose
from servicing.work.panel import panel_of, read_task
from servicing.work.queue import MOST, SHOWN, read_queue
from servicing.work.words import zone_of

REVIEW_AHEAD = dt.timedelta(days=14)  # of the annual review


@login_required
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """The person's queue; who sees all clients may look at somebody else's with ?advisor=<id>.

    `rows`: how many of its rows are shown; the link below them asks for more.
    """
    day, user = timezone.localdate(), cast(User, request.user)
    person = whose(request, request.GET.get("advisor", ""))
    rows = _rows(request)
    queue = read_queue(person.pk, day, zone=zone_of(user), rows=rows)
    if not queue.total and runs_the_firm(user) and not Client.objects.exists():
        return redirect("clients:welcome")
    chosen = _chosen(request, queue.first)
    return render(
        request,
        "servicing/today.html",
        {
            "queue": queue,
            "today": day,
            "person": person,
            "own": person == user,
            "review": waiting_for(user, until=day + REVIEW_AHEAD) if person == user else [],
            "back": "" if person == user else request.get_full_path(),
            "shown": rows,
            "more": min(rows + SHOWN, MOST) if rows < min(queue.total, MOST) else 0,
            "selected": chosen and chosen.pk,
            "panel": panel_of(chosen, day, viewer=user) if chosen else None,
            "may_work": may_edit_clients(user),
            "page_keys": page_keys(),
        },
    )


def page_keys() -> list[tuple[str, str]]:
    return [
        ("j", _("Next task")),
        ("k", _("Task before")),
        ("Enter", _("Open the task")),
        *task_keys(),
        ("t", _("Log a touch")),
        ("m", _("Log time")),
        ("q", _("Log a request of a client")),
        ("n", _("New task")),
        ("w", _("Briefs for the week")),
    ]


def _rows(request: HttpRequest) -> int:
    asked = request.GET.get("rows", "")
    return max(SHOWN, min(int(asked), MOST)) if is_id(asked) else SHOWN


def _chosen(request: HttpRequest, first: dict | None) -> ServiceTask | None:
    """The task that is asked for, else the first of the queue, which whoever may see the queue may see."""
    asked = request.GET.get("task", "")
    if is_id(asked):
        return read_task(ServiceTask.objects.visible_to(request.user), int(asked))
    return read_task(ServiceTask.objects.all(), first["id"]) if first else None
