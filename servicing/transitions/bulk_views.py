"""Starting transitions for many clients: from the client list, or from a list of clients who moved."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from clients.access import may_edit_clients, require
from clients.feedback import notice
from clients.filters import ListFilters, matching
from clients.firm import firm_today
from clients.models import Client
from clients.requests import SignedInRequest, back_path
from clients.words import words_for
from servicing.models import Transition
from servicing.transitions import in_bulk
from servicing.transitions.forms import StartManyForm
from servicing.transitions.in_bulk import MOST
from servicing.transitions.services import TransitionRefused
from servicing.work.undoing import TokenRefused

NAMED = 8  # clients that the page names


@require(may_edit_clients)
@require_POST
def start_many(request: SignedInRequest) -> HttpResponse:
    """Asks why, until when and who for the chosen clients; with `sure`, opens their cases."""
    ids = _chosen(request)
    back = _back(request)
    if not ids:
        notice(request, _("Choose at least one client first."), went_wrong=True)
        return HttpResponseRedirect(back)
    if len(ids) > MOST:
        text = _("Choose at most %(n)s clients at once: somebody talks with each of them.") % {"n": MOST}
        notice(request, text, went_wrong=True)
        return HttpResponseRedirect(back)
    form = StartManyForm(request.POST if request.POST.get("sure") else None, by=request.user)
    if form.is_valid():
        try:
            started = in_bulk.start_many(clients=ids, by=request.user, **form.cleaned_data)
        except TransitionRefused as refused:
            form.add_error(None, str(refused))
        else:
            undo = reverse("servicing:undo_start_transitions") + f"?token={started.undo}"
            notice(request, _said(started), undo_url=undo if started.opened else "")
            return HttpResponseRedirect(reverse("servicing:transitions") if started.opened else back)
    clients = Client.objects.filter(pk__in=ids)
    context: dict[str, Any] = {
        "form": form,
        "ids": ids,
        "ids_name": "client",
        "back": back,
        "names": list(clients.order_by("name", "id").values_list("name", flat=True)[:NAMED]),
        "more": len(ids) - NAMED,
        "standing": Transition.objects.filter(client__in=ids, closed_on__isnull=True).count(),
    }
    return render(
        request, "servicing/transitions/start_many.html", context, status=422 if form.is_bound else 200
    )


@require(may_edit_clients)
@require_POST
def undo_start(request: SignedInRequest) -> HttpResponse:
    """Takes the cases of a start back that nobody has worked on."""
    try:
        number = in_bulk.take_back(token=request.GET.get("token", "")[:400], by=request.user)
    except TokenRefused:
        notice(request, _("This can be undone for ten minutes, by who did it."), went_wrong=True)
    else:
        words = ngettext("%(n)s case taken back.", "%(n)s cases taken back.", number)
        notice(request, words % {"n": number}, went_wrong=not number)
    return redirect("servicing:transitions")


def _chosen(request: SignedInRequest) -> list[int]:
    """The ids of the clients that the form names, of those that the person sees: the rows that were checked,
    or everything that the filter matches; at most one more than can be started at once."""
    if request.POST.get("all"):
        params = QueryDict(request.POST.get("filter", "")[:2_000])
        filters = ListFilters(params, words_for(request.user), today=firm_today())
        clients = matching(request.user, filters)
    else:
        posted = request.POST.getlist("client")[: 2 * MOST]
        ids = {int(each) for each in posted if each.isascii() and each.isdecimal() and len(each) < 19}
        clients = Client.objects.visible_to(request.user).filter(pk__in=ids)
    return list(clients.order_by("pk").values_list("pk", flat=True)[: MOST + 1])


def _back(request: SignedInRequest) -> str:
    return back_path(request) or reverse("clients:list")


def _said(started: in_bulk.Started) -> str:
    words = ngettext("%(n)s case opened.", "%(n)s cases opened.", started.opened) % {"n": started.opened}
    if not started.left_out:
        return words
    more = ngettext(
        "%(n)s client has an open case, or is former, and was left out.",
        "%(n)s clients have an open case, or are former, and were left out.",
        started.left_out,
    )
    return f"{words} {more % {'n': started.left_out}}"
