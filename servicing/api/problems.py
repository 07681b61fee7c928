"""What goes wrong, in one JSON form: a status, a sentence, and what is wrong with which field."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

PROBLEM = "application/problem+json"
# How the schemas name the parts of a request; callers do not see them.
WRAPPED = ("body", "query", "path", "header", "sent", "asked")


@dataclass(frozen=True)
class Wrong:
    """One thing that is wrong. `record`: which of the records sent, from 0; None outside of records."""

    field: str
    reason: str
    record: int | None = None


class Problem(Exception):
    """Ends the request with `status`. Nothing was changed."""

    def __init__(
        self,
        status: int,
        detail: str,
        errors: Iterable[Wrong] = (),
        *,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.errors = status, detail, list(errors)
        self.headers = dict(headers or {})


def answer(problem: Problem) -> HttpResponse:
    """The problem as it is sent."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.errors:
        body["errors"] = [
            {name: value for name, value in asdict(wrong).items() if value is not None}
            for wrong in problem.errors
        ]
    return HttpResponse(
        json.dumps(body), status=problem.status, content_type=PROBLEM, headers=problem.headers
    )


def wrong_fields(detail: str, *errors: Wrong) -> Problem:
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors)


def of_form(form: BaseForm) -> Problem:
    """What the page's own form says of the same values."""
    return wrong_fields(
        _("The values cannot be taken."),
        *(
            Wrong("" if field == "__all__" else field, reason)
            for field, reasons in form.errors.items()
            for reason in map(str, reasons)
        ),
    )


def not_found() -> Problem:
    return Problem(HTTPStatus.NOT_FOUND, _("Nothing is here that this token may see."))


def handle_problems(api: NinjaAPI) -> None:
    """Answers every error of `api` in this form."""

    def problem(request: HttpRequest, error: Any) -> HttpResponse:
        return answer(_of_error(error))

    for kind in (Problem, ValidationError, Http404, PermissionDenied, RequestDataTooBig, HttpError):
        api.add_exception_handler(kind, problem)


def _of_error(error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, ValidationError):
        return wrong_fields(_("The values cannot be taken."), *map(_of_schema, error.errors))
    if isinstance(error, Http404):
        return not_found()
    if isinstance(error, PermissionDenied):
        said = str(error) or _("The person whom this token acts as may not do this.")
        return Problem(HTTPStatus.FORBIDDEN, said)
    if isinstance(error, RequestDataTooBig):
        return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _("The request is larger than 2.5 MB. Split it."))
    status = error.status_code if isinstance(error, HttpError) else HTTPStatus.BAD_REQUEST
    return Problem(status, _("The request cannot be read: its body is no JSON."))


def _of_schema(error: dict[str, Any]) -> Wrong:
    """An error of a schema: where it is, without the wrapping, and its sentence."""
    where = [
        part for part in error["loc"] if part not in ("body", "query", "path", "header", "sent", "asked")
    ]
    record = None
    if where[:1] == ["records"] and len(where) > 1 and isinstance(where[1], int):
        record, where = where[1], where[2:]
    return Wrong(".".join(map(str, where)), str(error["msg"]), record)
