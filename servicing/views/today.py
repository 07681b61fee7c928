"""Today: the first page, a person's queue."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clients.access import may_edit_clients, runs_the_firm, sees_all_clients
from clients.models import Client, User
from servicing.models import ServiceTask
from servicing.work.queue import CAP, SHOWN, panel_of, read_queue, read_task


@login_required
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """The person's queue; who sees all clients may look at somebody else's with ?advisor=<id>."""
    day = timezone.localdate()
    person = _whose(request)
    queue = read_queue(person.pk, day)
    if not queue.total and runs_the_firm(request.user) and not Client.objects.exists():  # type: ignore[arg-type]
        return redirect("clients:welcome")
    chosen = _chosen(request, queue.first)
    return render(
        request,
        "servicing/today.html",
        {
            "queue": queue,
            "today": day,
            "person": person,
            "own": person == request.user,
            "shown": SHOWN,
            "cap": CAP,
            "selected": chosen and chosen.pk,
            "panel": panel_of(chosen, day) if chosen else None,
            "may_work": may_edit_clients(request.user),  # type: ignore[arg-type]
            "page_keys": page_keys(),
        },
    )


def page_keys() -> list[tuple[str, str]]:
    return [
        ("j", _("Next task")),
        ("k", _("Task before")),
        ("Enter", _("Open the task")),
        ("d", _("Done")),
        ("a", _("Log an attempt")),
        ("b", _("Book an appointment")),
        ("s", _("Put off until later")),
        ("t", _("Log a touch")),
        ("m", _("Log time")),
        ("n", _("New task")),
    ]


def _whose(request: HttpRequest) -> User:
    asked = request.GET.get("advisor", "")
    user: User = request.user  # type: ignore[assignment]
    if not asked or asked == str(user.pk):
        return user
    person = User.objects.filter(pk=int(asked)).first() if _is_id(asked) else None
    if person is None or not sees_all_clients(user):
        raise Http404
    return person


def _chosen(request: HttpRequest, first: dict | None) -> ServiceTask | None:
    asked = request.GET.get("task", "")
    visible = ServiceTask.objects.visible_to(request.user)
    if _is_id(asked):
        return read_task(visible, int(asked))
    return read_task(visible, first["id"]) if first else None


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19
