"""A person's calendar: the file at its secret address, and the panel that makes and ends the address."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clients.feedback import notice
from clients.own_settings import panel_url
from clients.requests import SignedInRequest
from servicing.calendar import services
from servicing.calendar.events import tell
from servicing.calendar.feed import as_icalendar
from servicing.models import CalendarFeed

PANEL = "calendar"


@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponseBase:
    """The file, for whoever has the secret; 404 for any other, 429 where it is read without end."""
    found = services.find_feed(secret)
    if found is None:
        return _private(HttpResponse(_("There is no calendar here."), status=404, content_type="text/plain"))
    with transaction.atomic():
        locked = CalendarFeed.objects.select_for_update().get(pk=found.pk)
        if not services.count_read(locked, timezone.now()):
            answer = HttpResponse(_("Read too often. Ask again in an hour."), status=429)
            answer["Retry-After"] = "3600"
            return _private(answer)
        told = tell(locked, today=timezone.localdate(), now=timezone.now())
    firm = request.firm  # type: ignore[attr-defined]
    body = as_icalendar(
        locked,
        told,
        name=_("%(firm)s: my tasks") % {"firm": firm},
        link=lambda task: request.build_absolute_uri(reverse("servicing:task", args=[task])),
    )
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["ETag"] = etag
    response["Content-Disposition"] = 'inline; filename="calendar.ics"'
    return _private(get_conditional_response(request, etag=etag, response=response) or response)


def _private(response: HttpResponseBase) -> HttpResponseBase:
    """Kept by nobody in between, found by no search engine, named to no other site."""
    response["Cache-Control"] = "private, no-cache"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def panel(request: HttpRequest) -> dict[str, Any]:
    """What the panel on the page of own settings shows."""
    return {"feed": CalendarFeed.objects.filter(user=request.user).first()}  # type: ignore[misc]


@login_required
@require_POST
def make_address(request: SignedInRequest) -> HttpResponse:
    """Makes a new address and shows it, this once."""
    secret = services.make_address(user=request.user)
    address = request.build_absolute_uri(reverse("servicing:calendar_feed", args=[secret]))
    context = {"address": address, "back": panel_url(PANEL)}
    response = render(request, "servicing/calendar/address.html", context)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


@login_required
@require_POST
def end_address(request: SignedInRequest) -> HttpResponse:
    services.end_address(user=request.user)
    notice(request, _("The address has ended. Remove the calendar from your calendar program."))
    return redirect(panel_url(PANEL))


@login_required
@require_POST
def show_names(request: SignedInRequest) -> HttpResponse:
    services.show_names(user=request.user, shown=request.POST.get("show_names") == "on")
    notice(request, _("Saved. Your calendar program shows it when it asks again."))
    return redirect(panel_url(PANEL))
