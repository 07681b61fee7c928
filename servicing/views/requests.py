"""Requests of clients: log one, answer one, and the list with what waits and what was late."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from django_htmx.http import HttpResponseClientRedirect

from clients.access import may_edit_clients, require, sees_all_clients
from clients.choosing import written
from clients.feedback import notice
from clients.models import Client, Tier, User
from clients.requests import SignedInRequest, back_path
from clients.sent_once import once
from servicing.client_has import has
from servicing.forms import serving_people
from servicing.models import ClientRequest
from servicing.requests import lists, services, words
from servicing.requests.forms import AnswerForm, RequestForm
from servicing.requests.lists import ANSWERED, LATE, PAGE, WAITING, Asked
from servicing.requests.promises import RequestRefused
from servicing.views.task import lead_back
from servicing.work.services import TaskRefused, Worked
from servicing.work.words import answer_by


@require(may_edit_clients)
@once
def new_request(request: SignedInRequest) -> HttpResponse:
    """Logs what a client asked for. `client`: the id of one that the form begins with."""
    sent = request.POST if request.method == "POST" else None
    form = RequestForm(sent, by=request.user, auto_id="id_new_%s", initial=_named(request))
    if form.is_valid():
        try:
            made, worked = services.log_request(by=request.user, **form.cleaned_data)
        except RequestRefused as error:
            form.add_error(None, str(error))
        else:
            notice(request, _said_logged(made, worked), undo_url=_undo_url(worked))
            back = lead_back(request)
            return HttpResponseClientRedirect(back.url) if request.htmx else back
    template = "servicing/new.html#form" if request.htmx else "servicing/new.html"
    context = {
        "form": form,
        "title": _("New request"),
        "submit_label": _("Save the request"),
        "action": request.path,
        "back": back_path(request),
    }
    return render(request, template, context, status=422 if form.is_bound else 200)


@login_required
def request_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """One request; while it waits, the form that answers it."""
    asked = _request(request, pk)
    now = timezone.now()
    may_work = may_edit_clients(request.user)
    waits = asked.answered_at is None
    form = AnswerForm(request.POST or None, request=asked) if may_work and waits else None
    if request.method == "POST":
        if not may_work:
            return HttpResponse(status=403)
        try:
            if form is None:
                raise TaskRefused(_("This request is answered already."))
            if form.is_valid():
                worked = services.answer(request=asked, by=request.user, **form.cleaned_data)
                notice(request, _said_answered(asked), undo_url=_undo_url(worked))
                return redirect(back_path(request) or reverse("servicing:requests"))
        except TaskRefused as error:
            notice(request, str(error), went_wrong=True)
            return redirect("servicing:request", pk)
    row = lists.as_row(ClientRequest.objects.values(*lists.ROW).get(pk=pk), now)
    context = {"asked": asked, "row": row, "form": form, "back": back_path(request)}
    return render(request, "servicing/request.html", context, status=422 if form and form.is_bound else 200)


@login_required
@require_GET
def request_list(request: SignedInRequest) -> HttpResponse:
    """Waiting ones by when they are to be answered; answered and late ones of the last year, newest first."""
    now = timezone.now()
    options = _options()
    asked, chips = _asked(request.GET, options)
    found = list(lists.listed(asked, request.user, now)[: PAGE + 1])
    rows = found[:PAGE]
    context = {
        "rows": [lists.as_row(row, now) for row in rows],
        "state": asked.state,
        "states": [(WAITING, _("Waiting")), (LATE, _("Late")), (ANSWERED, _("Answered"))],
        "options": options,
        "chosen": request.GET,
        "chips": chips,
        "kept": _without(request.GET, "after"),
        "after": lists.place_of(rows[-1], asked.state) if len(found) > PAGE else "",
    }
    return render(request, "servicing/requests.html", context)


@require(sees_all_clients)
@require_GET
def answer_times(request: SignedInRequest) -> HttpResponse:
    """Answer times against the promise, by month and tier."""
    rows = lists.answer_times(timezone.now())
    return render(request, "servicing/requests_times.html", {"rows": rows})


def client_requests(request: HttpRequest, client: Client) -> dict[str, Any]:
    """What the client page's panel shows; registered with it."""
    return {"requests": lists.of_client(client, timezone.now()) if has(client).requests else []}


def _named(request: SignedInRequest) -> dict[str, str]:
    asked = request.GET.get("client", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 19):
        return {}
    client = Client.objects.visible_to(request.user).filter(pk=int(asked)).first()
    return {"client": written(client)} if client else {}


def _request(request: SignedInRequest, pk: int) -> ClientRequest:
    found = (
        lists.visible_to(request.user)
        .select_related("client", "task__assigned_to", "task__tier", "answered_by", "logged_by")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    return found


def _undo_url(worked: Worked) -> str:
    return f"{reverse('servicing:undo', args=[worked.task.pk])}?step={worked.undo}"


def _said_logged(made: ClientRequest, worked: Worked) -> str:
    person = worked.task.assigned_to
    text = _("Request of %(client)s saved.") % {"client": made.client.name}
    if made.answer_by:
        text += f" {answer_by(made.answer_by, timezone.now())}."
    if person is None:
        return f"{text} " + _("Nobody is there to answer it; operations were told.")
    return f"{text} " + _("%(person)s answers it.") % {"person": person.display_name}


def _said_answered(asked: ClientRequest) -> str:
    asked.refresh_from_db()
    row = {"answer_minutes": asked.answer_minutes, "promised_hours": asked.promised_hours}
    return f"{words.answered(row)}."


def _options() -> list[dict[str, Any]]:
    """The filters, each with its choices as (value, label)."""
    people: list[User] = list(serving_people())
    return [
        {"name": "tier", "label": _("Tier"), "choices": [(t.code, t.label) for t in Tier.objects.all()]},
        {
            "name": "person",
            "label": _("Person"),
            "choices": [("none", _("Unassigned")), *((str(p.pk), p.display_name) for p in people)],
        },
    ]


def _asked(params: QueryDict, options: list[dict[str, Any]]) -> tuple[Asked, list[tuple[str, str]]]:
    """What the address asks for, with a removable chip for each filter that it knows."""
    state = params.get("state", WAITING)
    known: dict[str, str] = {}
    chips = []
    for option in options:
        labels = dict(option["choices"])
        value = params.get(option["name"], "")
        if value in labels:
            known[option["name"]] = value
            chips.append((f"{option['label']}: {labels[value]}", _without(params, option["name"], "after")))
    asked = Asked(
        state=state if state in (WAITING, LATE, ANSWERED) else WAITING,
        tier=known.get("tier", ""),
        person=known.get("person", ""),
        after=_position(params.get("after", "")),
    )
    return asked, chips


def _position(text: str) -> tuple[dt.datetime, int] | None:
    moment, _sep, number = text.partition("_")
    try:
        at = dt.datetime.fromisoformat(moment)
        return (at, int(number[:18])) if at.tzinfo else None
    except ValueError:
        return None


def _without(params: QueryDict, *names: str) -> str:
    kept = params.copy()
    for name in names:
        kept.pop(name, None)
    return kept.urlencode()
