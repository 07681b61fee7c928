"""The document of the API: as OpenAPI 3 for machines, and as a page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from servicing.api.auth import TokenAuth
from servicing.api.document import ERRORS, document, groups
from servicing.api.problems import Problem, answer


@require_GET
def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document, for whoever is signed in and for any token."""
    if not request.user.is_authenticated:
        try:
            TokenAuth()(request)
        except Problem as problem:
            return answer(problem)
    return JsonResponse(document())


@login_required
@require_GET
def reference(request: HttpRequest) -> HttpResponse:
    """The same as a page."""
    context = {"groups": groups(), "errors": ERRORS.items(), "title": _("API reference")}
    return render(request, "servicing/api/reference.html", context)
