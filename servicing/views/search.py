"""The search of every page: clients, tasks and scripts with what was typed."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from clients.requests import SignedInRequest
from servicing.search import clients_query, find, typed


@login_required
@require_GET
def search(request: SignedInRequest) -> HttpResponse:
    """The first of each kind, with the way to the rest."""
    text = typed(request.GET.get("q", ""))
    found = None
    if text:
        found = find(user=request.user, text=text, today=localdate())
    context = {"text": text, "found": found, "all_clients": urlencode(clients_query(text))}
    return render(request, "servicing/search.html", context)
