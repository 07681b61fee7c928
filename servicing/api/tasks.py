"""Service tasks: what is due, and closing it as a person does on the page."""

import datetime as dt
import hashlib
import json
from typing import Any, Literal

from django.db import IntegrityError, transaction
from django.db.models.expressions import RawSQL
from django.http import HttpRequest
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from ninja import Header, Query, Router, Schema
from pydantic import AwareDatetime, Field

from clients.models import TouchKind
from servicing.api import paging, since
from servicing.api.auth import caller_of, require_editor, scoped
from servicing.api.problems import Problem, Wrong, not_found, of_form, wrong_fields
from servicing.api.schemas import AttemptIn, CompleteIn, TaskOut, TasksOut
from servicing.api.tokens import Caller
from servicing.forms import AttemptForm
from servicing.meetings.forms import closing_form
from servicing.meetings.services import close
from servicing.models import ApiRequest, Scope, ServiceTask, TaskStatus
from servicing.querysets import OPEN_STATUSES, ServiceTaskQuerySet
from servicing.work.panel import read_task
from servicing.work.services import TaskRefused, log_attempt

router = Router(tags=["Tasks"])
_COLUMNS = (
    "id", "client_id", "client__external_id", "title", "kind__code", "kind__label", "tier__code", "status",
    "due_on", "window_start", "window_end", "scheduled_at", "assigned_to__username", "channel",
    "planned_minutes", "automated", "attempts", "outcome", "completed_on", "closed_at",
)  # fmt: skip
_SAME = (
    "id", "status", "due_on", "window_start", "window_end", "scheduled_at", "channel", "planned_minutes",
    "automated", "attempts", "outcome", "completed_on", "closed_at",
)  # fmt: skip
_BEYOND = "(servicing_servicetask.due_on, servicing_servicetask.id) > (%s, %s)"
KEY = 80  # letters of an Idempotency-Key


class Asked(Schema):
    """Which tasks, and which page."""

    state: Literal["open", "late", "closed", "any"] = Field(
        "open", description="late: open, and its window has passed."
    )
    status: list[TaskStatus] = Field([], description="In place of state.")
    due_from: dt.date | None = None
    due_to: dt.date | None = Field(None, description="This day included.")
    assigned_to: str | None = Field(None, description="A username, or none.")
    client: int | None = Field(None, description="A client's id here.")
    external_id: str | None = Field(None, description="A client's number.")
    updated_since: AwareDatetime | None = Field(None, description="The as_of of an earlier answer.")
    cursor: str = Field("", description="The next_cursor of the page before.")
    limit: int = Field(paging.FEW, ge=1, le=paging.MOST)


@router.get("", response=TasksOut, url_name="tasks", summary="List tasks")
@scoped(Scope.TASKS_READ)
def list_tasks(request: HttpRequest, asked: Query[Asked]) -> Any:
    """Tasks of the clients that the token's person sees, by due date. For `updated_since` ask with
    `state=any`, or closed tasks are left out."""
    as_of = since.as_of()
    tasks = _asked_for(ServiceTask.objects.visible_to(caller_of(request).user), asked)
    if asked.cursor:
        due, after = paging.decoded(asked.cursor, str, int)
        try:
            day = dt.date.fromisoformat(due)
        except ValueError:
            raise wrong_fields(
                _("The values cannot be taken."), Wrong("cursor", _("Use a cursor as it was given."))
            ) from None
        tasks = tasks.alias(beyond=RawSQL(_BEYOND, [day, after])).filter(beyond=True)  # noqa: S611
    rows = list(tasks.order_by("due_on", "id").values(*_COLUMNS)[: asked.limit + 1])
    more, rows = len(rows) > asked.limit, rows[: asked.limit]
    last = rows[-1] if more else None
    return {
        "tasks": [_told(row) for row in rows],
        "next_cursor": paging.encoded(last["due_on"].isoformat(), last["id"]) if last else None,
        "as_of": as_of,
    }


def _asked_for(tasks: ServiceTaskQuerySet, asked: Asked) -> ServiceTaskQuerySet:
    if asked.status:
        tasks = tasks.filter(status__in=[each.value for each in asked.status])
    elif asked.state == "open":
        tasks = tasks.open()
    elif asked.state == "late":
        tasks = tasks.late(localdate())
    elif asked.state == "closed":
        tasks = tasks.exclude(status__in=OPEN_STATUSES)
    if asked.due_from:
        tasks = tasks.filter(due_on__gte=asked.due_from)
    if asked.due_to:
        tasks = tasks.filter(due_on__lte=asked.due_to)
    if asked.assigned_to == "none":
        tasks = tasks.filter(assigned_to=None)
    elif asked.assigned_to:
        tasks = tasks.filter(assigned_to__username=asked.assigned_to)
    if asked.client is not None:
        tasks = tasks.filter(client=asked.client)
    if asked.external_id:
        tasks = tasks.filter(client__external_id=asked.external_id)
    if asked.updated_since:
        tasks = tasks.filter(since.tasks_changed(asked.updated_since))
    return tasks


def _told(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in _SAME} | {
        "client": {"id": row["client_id"], "external_id": row["client__external_id"]},
        "title": row["title"] or row["kind__label"] or "",
        "kind": row["kind__code"],
        "tier": row["tier__code"],
        "assigned_to": row["assigned_to__username"],
    }


def _one(caller: Caller, id: int) -> dict[str, Any]:
    row = ServiceTask.objects.visible_to(caller.user).filter(pk=id).values(*_COLUMNS).first()
    if row is None:
        raise not_found()
    return _told(row)


@router.get("/{int:id}", response=TaskOut, url_name="task", summary="One task")
@scoped(Scope.TASKS_READ)
def one_task(request: HttpRequest, id: int) -> Any:
    """A task by its id."""
    return _one(caller_of(request), id)


# --- Working -----------------------------------------------------------------------------------------


@router.post("/{int:id}/complete", response=TaskOut, url_name="complete", summary="Complete a task")
@scoped(Scope.TASKS_WRITE)
def complete_task(
    request: HttpRequest,
    id: int,
    sent: CompleteIn,
    idempotency_key: str | None = Header(None, description="Sent again with the same key, nothing is done."),
) -> Any:
    """Closes it and logs the touch with its time, as the page does. 409: it is closed already."""
    caller = caller_of(request)
    task = _workable(caller, id)
    with transaction.atomic():
        if not _is_new(caller, request, idempotency_key, sent):
            return _one(caller, id)
        values = sent.model_dump(exclude_unset=True) | {"outcome": sent.outcome}
        values["on"] = (sent.on or localdate()).isoformat()
        form = closing_form(_with_kind(values), task=task, by=caller.user)
        if sent.kind and "kind" not in form.fields:
            raise wrong_fields(
                _("The values cannot be taken."),
                Wrong("kind", _("The standard says what completes this task: leave the kind out.")),
            )
        if not sent.kind and "kind" in form.fields:
            form.data = {**form.data, "kind": form.fields["kind"].initial.pk}
        if not form.is_valid():
            raise of_form(form)
        try:
            close(task=task, by=caller.user, **form.cleaned_data)
        except TaskRefused as refused:
            raise Problem(409, str(refused)) from None
    return _one(caller, id)


@router.post("/{int:id}/attempts", response=TaskOut, url_name="attempt", summary="Log an attempt")
@scoped(Scope.TASKS_WRITE)
def attempt(
    request: HttpRequest,
    id: int,
    sent: AttemptIn,
    idempotency_key: str = Header(..., description="Your own key of this attempt, so that it counts once."),
) -> Any:
    """A touch that did not reach the client; the task stays open."""
    caller = caller_of(request)
    task = _workable(caller, id)
    with transaction.atomic():
        if not _is_new(caller, request, idempotency_key, sent):
            return _one(caller, id)
        form = AttemptForm(_with_kind(sent.model_dump(exclude_unset=True)), task=task, by=caller.user)
        if not form.is_valid():
            raise of_form(form)
        try:
            log_attempt(task=task, by=caller.user, **form.cleaned_data)
        except TaskRefused as refused:
            raise Problem(409, str(refused)) from None
    return _one(caller, id)


def _workable(caller: Caller, id: int) -> ServiceTask:
    require_editor(caller)
    task = read_task(ServiceTask.objects.visible_to(caller.user), id)
    if task is None:
        raise not_found()
    return task


def _with_kind(values: dict[str, Any]) -> dict[str, Any]:
    """The values as the form takes them: a kind of touch by its id."""
    if not values.get("kind"):
        return values
    kind = TouchKind.objects.active().filter(code=values["kind"]).first()
    return values | {"kind": kind.pk if kind else 0}


def _is_new(caller: Caller, request: HttpRequest, key: str | None, sent: Schema) -> bool:
    """Notes the caller's key; False where the same request was carried out under it. Of two at once the
    second waits for the first. Raises Problem where the key stands for another request."""
    if key is None:
        return True
    if not 0 < len(key) <= KEY:
        reason = _("Use 1 to %(n)s letters.") % {"n": KEY}
        raise wrong_fields(_("The values cannot be taken."), Wrong("Idempotency-Key", reason))
    body = json.dumps([request.method, request.path, sent.model_dump(mode="json")], sort_keys=True)
    fingerprint = hashlib.sha256(body.encode()).hexdigest()
    try:
        with transaction.atomic():
            ApiRequest.objects.create(token_id=caller.token_id, key=key, fingerprint=fingerprint)
    except IntegrityError:
        stored = ApiRequest.objects.get(token_id=caller.token_id, key=key)
        if stored.fingerprint != fingerprint:
            raise Problem(409, _("This Idempotency-Key was used for another request.")) from None
        return False
    return True
