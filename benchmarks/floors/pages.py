"""What pages are measured against: an empty signed-in page, and below it a bare view.

The addresses of the product and these two: the URLconf of the benchmark.
"""

from __future__ import annotations

from functools import cache

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from segmentation_crm.urls import urlpatterns as product

EMPTY = "/benchmarks/empty/"
BARE = "/benchmarks/bare/"
# What a bare view needs to know the person.
BARE_MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]


@cache
def _template():
    return engines["django"].from_string("{% extends 'base.html' %}")


@login_required
def empty(request: HttpRequest) -> HttpResponse:
    """The base template with nothing in its blocks."""
    return HttpResponse(_template().render({}, request))


_bodies: dict[str, bytes] = {}


def keep_body(body: bytes) -> None:
    """The response that the bare view gives: the empty page, drawn before."""
    _bodies["empty"] = body


def bare(request: HttpRequest) -> HttpResponse:
    """The same response without template, with session and user read."""
    if not request.user.is_authenticated:
        raise PermissionError("the bare view is measured signed in")
    return HttpResponse(_bodies["empty"])


urlpatterns = [path(EMPTY[1:], empty), path(BARE[1:], bare), *product]
