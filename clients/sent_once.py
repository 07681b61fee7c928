"""A form that reaches us twice counts once: a second click, a network that tries again, back and send again.

Each page that is drawn carries another mask over the token of its session. What arrives again under the same
mask with the same words is the same form of the same page; another page may say the same once more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from clients.feedback import notice

REMEMBERED = 60 * 60  # seconds
_TOKEN = "csrfmiddlewaretoken"  # noqa: S105  (the name of a field)
_LEADS_ON = "HX-Redirect"


def once(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """View decorator: a form that was stored is not stored again; it is led to where the first one led.

    One that arrives while the first is at work waits for it. Forms that were refused may come again. All that
    the view writes is one transaction, with the note that it did.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST" or not request.POST.get(_TOKEN):
            return view(request, *args, **kwargs)
        key = _key(request)
        with transaction.atomic():
            take_turns(key)
            if led_to := cache.get(key):
                notice(request, _("This was stored already. What is sent twice counts once."))
                return _leading(request, led_to)
            answer = view(request, *args, **kwargs)
            if led_to := answer.headers.get("Location") or answer.headers.get(_LEADS_ON):
                cache.set(key, led_to, timeout=REMEMBERED)
            return answer

    return guarded


def _key(request: HttpRequest) -> str:
    sent = urlencode(sorted((name, value) for name, values in request.POST.lists() for value in values))
    whole = f"{request.user.pk}\n{request.path}\n{sent}"
    return f"sent:{hashlib.sha256(whole.encode()).hexdigest()}"


def take_turns(key: str) -> None:
    """Whoever comes with the same key waits until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def _leading(request: HttpRequest, url: str) -> HttpResponse:
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)  # type: ignore[attr-defined]
