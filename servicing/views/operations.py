"""Operations: what falls through, for those who watch over the whole firm."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clients.access import require, sees_all_clients
from clients.requests import SignedInRequest


@require(sees_all_clients)
@require_GET
def operations(request: SignedInRequest) -> HttpResponse:
    """The worklists of the whole firm."""
    return render(request, "servicing/operations/home.html", {"section": "overview"})
