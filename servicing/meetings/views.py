"""A meeting's page: its one decision, what came of it, what waits for the next; and the confidence prompt."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clients.access import WHO_MAY, may_edit_clients, require
from clients.feedback import notice
from clients.models import Client
from clients.register.active import is_active
from clients.requests import SignedInRequest, back_path
from servicing.meetings import history, services
from servicing.meetings.forms import ChooseForm, ConfidenceForm, NoteForm, OutcomeForm, closing_form
from servicing.meetings.rules import TAKES_DECISION, decision_of, waiting
from servicing.meetings.services import SecondDecision
from servicing.meetings.tracked import CONFIDENCE, DECISIONS
from servicing.meetings.trend import answers_of, drawing
from servicing.models import ConfidenceAnswer, MeetingDecision, ServiceTask, TaskStatus
from servicing.work.natural import is_meeting
from servicing.work.panel import panel_of, read_task
from servicing.work.services import TaskRefused

# --- The meeting --------------------------------------------------------------------------------------------


@login_required
@require_GET
def meeting(request: SignedInRequest, pk: int) -> HttpResponse:
    """The page of a meeting: its decision, or the choice of one; once it was held, what came of it."""
    return _draw(request, _meeting(request, pk))


@require(may_edit_clients)
@require_POST
def choose(request: SignedInRequest, pk: int) -> HttpResponse:
    """Makes something the one decision of the meeting; a second one is refused with the reason."""
    task = _meeting(request, pk, decides=True)
    form = _choose_form(task, request.POST)
    if not form.is_valid():
        return _draw(request, task, status=422, choose=form)
    try:
        services.choose(task=task, by=request.user, **form.cleaned_data["chosen"])
    except SecondDecision as error:
        note = NoteForm({"text": form.cleaned_data["chosen"]["text"]}, auto_id="id_note_%s")
        return _draw(request, task, status=409, refused=str(error), note=note)
    except TaskRefused as error:
        return _draw(request, task, status=409, refused=str(error))
    return _to_meeting(request, task)


@require(may_edit_clients)
def change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Puts another decision in the place of the meeting's, while it is ahead."""
    task = _meeting(request, pk, decides=True)
    decision = decision_of(task)
    if decision is None or not task.is_open:
        return _to_meeting(request, task)
    if request.method != "POST":
        return _draw(request, task, choose=_choose_form(task, None), changing=decision)
    form = _choose_form(task, request.POST)
    if not form.is_valid():
        return _draw(request, task, status=422, choose=form, changing=decision)
    chosen = form.cleaned_data["chosen"]
    try:
        services.replace(decision=decision, by=request.user, **chosen)
    except TaskRefused as error:
        return _draw(request, task, status=409, refused=str(error))
    return _to_meeting(request, task)


@require(may_edit_clients)
@require_POST
def note(request: SignedInRequest, pk: int) -> HttpResponse:
    """Notes a decision for the client's next meeting."""
    task = _meeting(request, pk, decides=True)
    form = NoteForm(request.POST, auto_id="id_note_%s")
    if not form.is_valid():
        return _draw(request, task, status=422, note=form)
    services.note_for_next(client=task.client, by=request.user, text=form.cleaned_data["text"])
    notice(request, _("Noted for the next meeting."))
    return _to_meeting(request, task)


@require(may_edit_clients)
@require_POST
def drop(request: SignedInRequest, pk: int, noted: int) -> HttpResponse:
    """Forgets a decision that was noted."""
    task = _meeting(request, pk, decides=True)
    services.drop_noted(noted=get_object_or_404(MeetingDecision, pk=noted, client=task.client, task=None))
    notice(request, _("No longer noted."))
    return _to_meeting(request, task)


@require(may_edit_clients)
@require_POST
def hold(request: SignedInRequest, pk: int) -> HttpResponse:
    """Closes the meeting with what came of its decision, confidence and next actions. Of a meeting that is
    closed already, what came of its decision."""
    task = _meeting(request, pk)
    if not task.is_open:
        return _record_outcome(request, task)
    form = _closing(request, task, request.POST)
    if not form.is_valid():
        return _draw(request, task, status=422, closing=form)
    try:
        worked = services.close(task=task, by=request.user, **form.cleaned_data)
    except TaskRefused as error:
        return _draw(request, task, status=409, refused=str(error), closing=form)
    notice(
        request,
        _("%(meeting)s: held and recorded.") % {"meeting": task.name},
        undo_url=f"{reverse('servicing:undo', args=[pk])}?{urlencode({'step': worked.undo})}",
    )
    return redirect(back_path(request) or reverse("servicing:meeting", args=[pk]))


def _record_outcome(request: SignedInRequest, task: ServiceTask) -> HttpResponse:
    form = _outcome_form(task, request.POST)
    if form is None:
        return _draw(request, task, status=409, refused=_("This meeting was not held."))
    if not form.is_valid():
        return _draw(request, task, status=422, outcome=form)
    services.amend(
        task=task, by=request.user, came_of=form.cleaned_data["came_of"], asked=form.cleaned_data["asked"]
    )
    notice(request, _("Outcome saved."))
    return _to_meeting(request, task)


def _outcome_form(task: ServiceTask, sent: Any) -> OutcomeForm | None:
    """Of a meeting that was held, where something about it may be tracked."""
    if task.status != TaskStatus.DONE:
        return None
    decision = decision_of(task) if is_active(DECISIONS) else None
    asked = ConfidenceAnswer.objects.filter(task=task).first()
    form = OutcomeForm(sent, decision=decision, asked=asked, auto_id="id_hold_%s")
    return form if form.fields else None


def _meeting(request: SignedInRequest, pk: int, *, decides: bool = False) -> ServiceTask:
    """A meeting that the person may see; `decides`: and whose decision may be tracked."""
    task = read_task(ServiceTask.objects.visible_to(request.user), pk)
    if task is None or not is_meeting(task) or (decides and not is_active(DECISIONS)):
        raise Http404
    return task


def _choose_form(task: ServiceTask, sent: Any) -> ChooseForm:
    return ChooseForm(sent, client=task.client, auto_id="id_choose_%s")


def _closing(request: SignedInRequest, task: ServiceTask, sent: Any) -> forms.Form:
    return closing_form(sent, task=task, by=request.user, strict=True, auto_id="id_hold_%s")


def _to_meeting(request: SignedInRequest, task: ServiceTask) -> HttpResponse:
    back = back_path(request)
    address = reverse("servicing:meeting", args=[task.pk])
    return redirect(f"{address}?{urlencode({'back': back})}" if back else address)


def _draw(
    request: SignedInRequest,
    task: ServiceTask,
    *,
    status: int = 200,
    choose: ChooseForm | None = None,
    closing: forms.Form | None = None,
    **more: Any,
) -> HttpResponse:
    may_work = may_edit_clients(request.user)
    decides = is_active(DECISIONS)
    decision = decision_of(task) if decides else None
    takes = task.status in TAKES_DECISION
    if decides and decision is None and takes and may_work:
        choose = choose or _choose_form(task, None)
    if task.is_open and may_work and (decision or not decides) and not more.get("changing"):
        closing = closing or _closing(request, task, None)
    if may_work and "outcome" not in more:
        more["outcome"] = _outcome_form(task, None)
    context = {
        "panel": panel_of(task, timezone.localdate(), viewer=request.user),
        "task": task,
        "client": task.client,
        "decision": decision,
        "decides": decides,
        "noted": waiting(task.client_id) if decides else [],
        "choose": choose,
        "closing": closing,
        "confidence": drawing(answers_of(task.client_id)),
        "asks": is_active(CONFIDENCE),
        "scale": history.SCALE,
        "may_work": may_work,
        "back": back_path(request),
        **more,
    }
    context.setdefault("note", NoteForm(auto_id="id_note_%s"))
    return render(request, "servicing/meetings/meeting.html", context, status=status)


# --- Confidence ---------------------------------------------------------------------------------------------


@login_required
def confidence(request: SignedInRequest, pk: int) -> HttpResponse:
    """A client's confidence over time with what was corrected; asking by itself, beside a meeting."""
    client = _client(request, pk)
    may_edit = may_edit_clients(request.user)
    sent = request.POST if request.method == "POST" else None
    if sent is not None and not may_edit:
        raise PermissionDenied(WHO_MAY[may_edit_clients])
    form = ConfidenceForm(sent, auto_id="id_ask_%s")
    if sent is not None and form.is_valid():
        services.ask(client=client, by=request.user, asked=form.cleaned_data["asked"])
        notice(request, _("Answer saved."))
        return redirect("servicing:confidence", pk)
    context = {
        "client": client,
        "form": form if may_edit else None,
        "chart": drawing(answers_of(pk)),
        "corrected": history.corrections(pk),
        "scale": history.SCALE,
    }
    return render(
        request, "servicing/meetings/confidence.html", context, status=422 if form.is_bound else 200
    )


@require(may_edit_clients)
def correct(request: SignedInRequest, pk: int, answer: int) -> HttpResponse:
    """Corrects one answer; history keeps what it was."""
    client = _client(request, pk)
    found = get_object_or_404(ConfidenceAnswer, pk=answer, client=client)
    form = ConfidenceForm(
        request.POST if request.method == "POST" else None, answer=found, auto_id="id_ask_%s"
    )
    if request.method == "POST" and form.is_valid():
        services.correct(answer=found, asked=form.cleaned_data["asked"])
        notice(request, _("Answer corrected. History keeps what it was."))
        return redirect("servicing:confidence", pk)
    context = {"client": client, "form": form, "answer": found, "scale": history.SCALE}
    return render(request, "servicing/meetings/correct.html", context, status=422 if form.is_bound else 200)


def client_part(request: HttpRequest, client: Client) -> dict[str, Any]:
    """The trend on the client page's Conversation tab; one query."""
    return {"chart": drawing(answers_of(client.pk)), "asks": is_active(CONFIDENCE)}


def _client(request: SignedInRequest, pk: int) -> Client:
    """A client that the person may see, while the field register lets confidence be tracked."""
    if not is_active(CONFIDENCE):
        raise Http404
    return get_object_or_404(Client.objects.visible_to(request.user), pk=pk)
