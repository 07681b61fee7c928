"""Pages speak in the firm's time zone and currency and show the fields of its register; all three are read
once a request, in one query."""

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from clients import formats
from clients.firm import firm_settings, registered_fields
from clients.register import active


class FirmTimeZoneMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in ("/healthz", "/readyz"):
            return self.get_response(request)
        firm = request.firm = firm_settings()  # type: ignore[attr-defined]
        formats.currency.set(firm.currency)
        fields = active.running.set(registered_fields(firm))
        try:
            with timezone.override(zoneinfo.ZoneInfo(firm.time_zone)):
                return self.get_response(request)
        finally:
            active.running.reset(fields)
