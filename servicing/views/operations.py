"""Operations: what falls through, for those who watch over the whole firm."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clients.access import require, sees_all_clients
from clients.requests import SignedInRequest
from servicing.operations.home import CAP, read_worklists
from servicing.operations.timetable import read_timetable


@require(sees_all_clients)
@require_GET
def worklists(request: SignedInRequest) -> HttpResponse:
    """The worklists of the whole firm, and what is wrong with scheduled work."""
    troubles = [
        {
            "pk": line.schedule.pk,
            "name": line.schedule.name,
            "state": line.state.value,
            "since": line.since,
        }
        for line in read_timetable().troubles
    ]
    return render(
        request,
        "servicing/operations/home.html",
        {
            "section": "worklists",
            "lists": read_worklists(request.user, request.firm),
            "troubles": troubles,
            "cap": CAP,
        },
    )
