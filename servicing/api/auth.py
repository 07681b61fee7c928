"""The door of the API: a token, its scopes and limit, and in whose name changes are recorded."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, cast

import pghistory
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from clients.access import may_edit_clients, runs_the_firm
from clients.limits import too_often
from servicing.api.problems import Problem
from servicing.api.tokens import A_MINUTE, Caller, find_caller
from servicing.models import Scope

WRITES = ("POST", "PUT", "PATCH", "DELETE")


class TokenAuth(HttpBearer):
    """`Authorization: Bearer ...`; a session of a browser opens nothing."""

    openapi_description = "A token that an administrator made under Operations, Connections."

    def __call__(self, request: HttpRequest) -> Caller:
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        return self.authenticate(request, secret.strip() if scheme.lower() == "bearer" else "")

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        """The caller. Raises Problem: 401 without a live token, 429 above the limit."""
        caller = find_caller(token) if token else None
        if caller is None:
            if too_often(request, "api"):
                raise _slower()
            raise Problem(
                HTTPStatus.UNAUTHORIZED,
                _("Send a token that is in force, as Authorization: Bearer."),
                headers={"WWW-Authenticate": "Bearer"},
            )
        if caller.calls > A_MINUTE:
            raise _slower()
        return caller


def _slower() -> Problem:
    return Problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        _("Too many calls in this minute. Wait a minute, then go on."),
        headers={"Retry-After": "60"},
    )


def caller_of(request: HttpRequest) -> Caller:
    return cast(Caller, request.auth)  # type: ignore[attr-defined]


def scoped(*scopes: Scope) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator of an operation: the token has all of `scopes`. What it changes is recorded as done by the
    person whom the token acts as, through the token's connection."""

    def decorate(operation: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(operation)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            caller = caller_of(request)
            for scope in scopes:
                require_scope(caller, scope)
            if request.method not in WRITES:
                return operation(request, *args, **kwargs)
            with pghistory.context(user=caller.user.pk, api_token=caller.token_id, connection=caller.name):
                return operation(request, *args, **kwargs)

        guarded.scopes = scopes  # type: ignore[attr-defined]
        return guarded

    return decorate


def require_scope(caller: Caller, scope: Scope) -> None:
    if scope.value not in caller.scopes:
        raise Problem(
            HTTPStatus.FORBIDDEN, _("This token lacks the scope %(scope)s.") % {"scope": scope.value}
        )


def sees_behavioral(caller: Caller) -> bool:
    return Scope.BEHAVIORAL.value in caller.scopes


def require_editor(caller: Caller) -> None:
    if not may_edit_clients(caller.user):
        raise Problem(HTTPStatus.FORBIDDEN, _("The person whom this token acts as only reads."))


def require_importer(caller: Caller) -> None:
    """Many records at once are what an import is, and need the same right."""
    if not runs_the_firm(caller.user):
        raise Problem(
            HTTPStatus.FORBIDDEN,
            _("Operations and administrators can send records; this token acts as somebody else."),
        )
