"""Pages speak in the firm's time zone and currency and show the fields of its register; all three are read
once a request, in one query. And they say it where a legal hold stood in the way, or a form is missing."""

import zoneinfo
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from clients import formats, holds
from clients.feedback import refusal
from clients.firm import firm_settings, registered_fields, zone
from clients.register import active


class LegalHoldMiddleware:
    """Says in words what the database refused because of a legal hold, whichever page asked for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not holds.broke_a_hold(error):
            return None
        if request.headers.get("HX-Request"):
            return refusal(holds.in_words(), status=409)
        return render(request, "409.html", {"text": holds.in_words()}, status=409)


class FormAloneMiddleware:
    """A page in words at an address that only takes what a form sends.

    A person comes there without one by signing in again after the form was sent, or by the browser's history.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        by_hand = "text/html" in request.headers.get("Accept", "") and "HX-Request" not in request.headers
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or not by_hand:
            return response
        page = render(request, "405.html", status=response.status_code)
        page["Allow"] = response["Allow"]
        return page


class FirmTimeZoneMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in ("/healthz", "/readyz"):
            return self.get_response(request)
        firm = request.firm = firm_settings()  # type: ignore[attr-defined]
        formats.currency.set(firm.currency)
        here = zoneinfo.ZoneInfo(firm.time_zone)
        fields, before = active.running.set(registered_fields(firm)), zone.set(here)
        try:
            with timezone.override(here):
                return self.get_response(request)
        finally:
            active.running.reset(fields)
            zone.reset(before)
