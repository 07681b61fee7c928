"""Briefs: of one meeting, and of the signed-in person's week."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from clients.requests import SignedInRequest, back_path
from servicing.meetings.brief import MOST, WEEK, briefs_of, coming_meetings, with_all
from servicing.models import ServiceTask
from servicing.views.task import whose
from servicing.work.natural import is_meeting


@login_required
@require_GET
def brief(request: SignedInRequest, pk: int) -> HttpResponse:
    """The brief of one meeting."""
    task = with_all(ServiceTask.objects.visible_to(request.user).filter(pk=pk)).first()
    if task is None or not is_meeting(task):
        raise Http404
    (one,) = briefs_of([task], viewer=request.user, today=timezone.localdate())
    return render(request, "servicing/meetings/brief.html", {"brief": one, "back": back_path(request)})


@login_required
@require_GET
def week(request: SignedInRequest) -> HttpResponse:
    """The briefs of a person's coming meetings, a page each; who sees all clients may ask for anybody's."""
    person = whose(request, request.GET.get("advisor", ""))
    visible = ServiceTask.objects.visible_to(request.user)
    tasks = coming_meetings(visible, person=person, now=timezone.now())
    today = timezone.localdate()
    context = {
        "briefs": briefs_of(tasks[:MOST], viewer=request.user, today=today),
        "more": len(tasks) > MOST,
        "most": MOST,
        "person": person,
        "own": person == request.user,
        "today": today,
        "until": today + WEEK,
    }
    return render(request, "servicing/meetings/week.html", context)
