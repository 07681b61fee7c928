"""The board of cases, a page for each, and the forms by which people work on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from clients.access import may_edit_clients, require, runs_the_firm
from clients.feedback import notice
from clients.firm import firm_today
from clients.models import Client
from clients.requests import SignedInRequest
from personas.scripts.client_views import offers_of
from servicing.client_has import has
from servicing.models import Route, ServiceTask, Step, Transition, TransitionOutcome
from servicing.transitions import forms, reading, services
from servicing.transitions.asking import asked_for, options, without
from servicing.transitions.keeping import SOURCE
from servicing.transitions.reading import PAGE
from servicing.transitions.services import REOPENED_WITHIN, TransitionRefused
from servicing.transitions.stages import Ways
from servicing.transitions.timeline import timeline

SCRIPTS = 3


@login_required
@require_GET
def board(request: SignedInRequest) -> HttpResponseBase:
    """All open cases by stage; one stage, or closed ones, as a list; all of these as a file with `file`."""
    today = firm_today()
    offered = options()
    asked, chips = asked_for(request.GET, offered)
    context: dict[str, Any] = {
        "asked": asked,
        "options": offered,
        "chosen": request.GET,
        "chips": chips,
        "kept": without(request.GET, "after"),
        "file": without(request.GET, "after", "file"),
        "section": "transitions",
        "today": today,
        "bulk": not asked.closed and runs_the_firm(request.user),
    }
    if "file" in request.GET:
        return StreamingHttpResponse(
            reading.csv_lines(asked, request.user, today),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="transitions.csv"'},
        )
    if asked.closed or asked.step:
        found = reading.listed(asked, request.user, today)
        context["stage"] = dict(Step.choices).get(asked.step, "")
        context["rows"] = found[:PAGE]
        context["after"] = reading.place_of(found[PAGE - 1], closed=asked.closed) if len(found) > PAGE else ""
        return render(request, "servicing/transitions/list.html", context)
    columns = reading.board(asked, request.user, today)
    context["columns"] = columns
    context["number"] = sum(column["number"] for column in columns)
    context["late"] = sum(column["late"] for column in columns)
    context["shown"] = sum(len(column["rows"]) for column in columns)
    return render(request, "servicing/transitions/board.html", context)


@login_required
@require_GET
def case_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """A case: where it stands, what comes next, the words for it, and what happened."""
    case = _case(request, pk)
    today, ways = firm_today(), Ways()
    now = ways.of(case.route, case.step)
    stages = list(case.stages.select_related("by"))
    task = ServiceTask.objects.filter(source=SOURCE, source_id=f"{case.pk}-{case.number}").first()
    offers = []
    if case.is_open and now and now.situation_id:
        offers = offers_of(case.client, role_id=now.role_id, situations=[now.situation_id], limit=SCRIPTS)
    context = {
        "case": case,
        "client": case.client,
        "now": now,
        "task": task if task and task.client_id == case.client_id else None,
        "progress": _progress(case, ways, [stage.step for stage in stages if stage.done]),
        "happened": timeline(case),
        "offers": offers,
        "late": case.is_late(today),
        "held": bool(case.is_open and case.to_tier and case.until and case.until > today),
        "begun": bool(case.to_tier and case.until and case.until <= today),
        "reasons": list(case.leaving_reasons.all()) if not case.is_open else [],
        "lacks_consent": case.is_open and case.route == Route.REFERRAL and case.consent_on is None,
        "may_work": case.is_open and may_edit_clients(request.user),
        "may_reopen": not case.is_open
        and may_edit_clients(request.user)
        and case.closed_on is not None
        and case.closed_on >= today - REOPENED_WITHIN,
        "offers_pin": case.outcome == TransitionOutcome.EXCEPTION and runs_the_firm(request.user),
    }
    return render(request, "servicing/transitions/case.html", context)


@dataclass(frozen=True)
class Taken:
    """A step with a case: its form, its words, and what it does with what was filled in."""

    form: type[forms.CaseForm]
    title: str | Promise
    submit: str | Promise
    said: str | Promise
    work: Callable[..., Transition]
    lead: str | Promise = ""


STEPS = {
    "way": Taken(
        forms.WayForm,
        gettext_lazy("Choose the way"),
        gettext_lazy("Save the way"),
        gettext_lazy("Saved. The task of the stage is in its owner's queue."),
        services.choose,
        gettext_lazy("What would serve this client best from here on?"),
    ),
    "date": Taken(
        forms.DateForm,
        gettext_lazy("When the new standard begins"),
        gettext_lazy("Save the date"),
        gettext_lazy("Saved. The client's tasks follow the date."),
        services.set_date,
        gettext_lazy("Nothing is cut off before this day. It can be moved as the talks need it."),
    ),
    "owner": Taken(
        forms.OwnerForm,
        gettext_lazy("Owner of the case"),
        gettext_lazy("Save the owner"),
        gettext_lazy("Saved. The task of the stage goes along."),
        services.give,
    ),
    "consent": Taken(
        forms.ConsentForm,
        gettext_lazy("The client's consent"),
        gettext_lazy("Record the consent"),
        gettext_lazy("Consent recorded."),
        services.record_consent,
        gettext_lazy("A referral needs it: who said yes, when and how. Keep the paper or the e-mail too."),
    ),
    "stage": Taken(
        forms.StageForm,
        gettext_lazy("Lead the case to another stage"),
        gettext_lazy("Move the case"),
        gettext_lazy("Moved."),
        services.move,
    ),
    "close": Taken(
        forms.CloseForm,
        gettext_lazy("Close the case"),
        gettext_lazy("Close the case"),
        gettext_lazy("The case is closed."),
        services.close,
        gettext_lazy(
            "Service by the old standard ends with the case, unless the client stays with an exception."
        ),
    ),
}


@require(may_edit_clients)
def step(request: SignedInRequest, pk: int, what: str) -> HttpResponse:
    """One step with an open case, as a form on a page of its own."""
    case = _case(request, pk)
    taken = STEPS.get(what)
    if taken is None or (what == "consent" and case.route != Route.REFERRAL):
        raise Http404
    if not case.is_open:
        notice(request, _("This case is closed."), went_wrong=True)
        return redirect("servicing:transition", pk)
    form = taken.form(request.POST if request.method == "POST" else None, case=case, by=request.user)
    if form.is_valid():
        try:
            taken.work(case=case, by=request.user, **form.values())
        except TransitionRefused as refused:
            form.add_error(None, str(refused))
        else:
            notice(request, str(taken.said))
            return redirect("servicing:transition", pk)
    context = {
        "case": case,
        "client": case.client,
        "form": form,
        "title": taken.title,
        "lead": taken.lead,
        "submit_label": taken.submit,
        "back": reverse("servicing:transition", args=[pk]),
    }
    return render(request, "servicing/transitions/form.html", context, status=422 if form.is_bound else 200)


@require(may_edit_clients)
@require_POST
def reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    """Opens a case again that was closed not long ago."""
    case = _case(request, pk)
    try:
        services.reopen(case=case, by=request.user)
    except TransitionRefused as refused:
        notice(request, str(refused), went_wrong=True)
    else:
        notice(request, _("The case is open again."))
    return redirect("servicing:transition", pk)


@require(may_edit_clients)
def new(request: SignedInRequest) -> HttpResponse:
    """Asks whose transition is to be started, and leads on to its start."""
    form = forms.NewForm(request.GET if "client" in request.GET else None, by=request.user)
    if form.is_valid():
        return redirect("servicing:start_transition", form.cleaned_data["client"].pk)
    context = {"form": form, "section": "transitions", "back": reverse("servicing:transitions")}
    return render(request, "servicing/transitions/new.html", context, status=422 if form.is_bound else 200)


@require(may_edit_clients)
def start(request: SignedInRequest, pk: int) -> HttpResponse:
    """Opens a case for a client by hand; leads to the open one where there is one."""
    client = get_object_or_404(Client.objects.visible_to(request.user), pk=pk)
    standing = Transition.objects.filter(client=client, closed_on__isnull=True).first()
    if standing:
        notice(request, _("A case of this client is open already."))
        return redirect("servicing:transition", standing.pk)
    sent = request.POST if request.method == "POST" else None
    form = forms.StartForm(sent, client=client, by=request.user)
    if form.is_valid():
        try:
            case = services.start(client=client, by=request.user, **form.cleaned_data)
        except TransitionRefused as refused:
            form.add_error(None, str(refused))
        else:
            notice(request, _("The case is open. Choose the way next."))
            return redirect("servicing:transition", case.pk)
    context = {
        "client": client,
        "form": form,
        "title": _("Start a transition"),
        "lead": _("A change of service, with an owner, stages and dates, so that nothing is cut off."),
        "submit_label": _("Open the case"),
        "back": client.get_absolute_url(),
    }
    return render(request, "servicing/transitions/form.html", context, status=422 if form.is_bound else 200)


def panel(request: HttpRequest, client: Client) -> dict[str, Any]:
    """What the client page's panel shows; registered with it."""
    today = timezone.localdate()
    transition = reading.of_client(client, today) if has(client).transitions else None
    return {"transition": transition, "today": today}


def _case(request: SignedInRequest, pk: int) -> Transition:
    cases = reading.visible_to(request.user).select_related(
        "client", "from_tier", "to_tier", "owner", "opened_by", "closed_by", "run"
    )
    return get_object_or_404(cases, pk=pk)


def _progress(case: Transition, ways: Ways, done: list[str]) -> list[dict[str, Any]]:
    """The stages of the case's way, with where it is."""
    labels = dict(Step.choices)
    steps = ways.steps(case.route) if case.route else [Step.DECIDE.value, Step.CLOSE.value]
    if case.step not in steps:
        steps = [*steps[:-1], case.step, steps[-1]]
    place = steps.index(case.step)
    return [
        {
            "label": labels[each],
            "now": case.is_open and index == place,
            "done": each in done if not case.is_open else index < place,
        }
        for index, each in enumerate(steps)
    ]
