"""Many open cases at once, from the board and its lists: another owner, or closing them."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from clients.access import require, runs_the_firm
from clients.feedback import notice
from clients.firm import firm_today
from clients.requests import SignedInRequest, back_path
from servicing.models import Transition
from servicing.transitions import many, reading
from servicing.transitions.asking import asked_for, options
from servicing.transitions.forms import CloseManyForm, OwnerManyForm
from servicing.transitions.many import MOST

NAMED = 8  # clients that the page names


@require(runs_the_firm)
@require_POST
def give_many(request: SignedInRequest) -> HttpResponse:
    """Gives the chosen cases to another owner; can be undone for ten seconds."""
    ids = _chosen(request)
    form = OwnerManyForm(request.POST, by=request.user)
    if refused := _refused(request, ids):
        return refused
    if not form.is_valid():
        notice(request, _("Choose the new owner first."), went_wrong=True)
        return HttpResponseRedirect(_back(request))
    given = many.give_many(cases=ids, to=form.cleaned_data["to"], by=request.user)
    words = ngettext("%(n)s case is %(person)s's now.", "%(n)s cases are %(person)s's now.", given.cases)
    undo = reverse("servicing:bulk_undo", args=[given.step.pk]) if given.step else ""
    said = words % {"n": given.cases, "person": form.cleaned_data["to"].display_name}
    notice(request, said, undo_url=undo, went_wrong=not given.cases)
    return HttpResponseRedirect(_back(request))


@require(runs_the_firm)
@require_POST
def close_many(request: SignedInRequest) -> HttpResponse:
    """Asks how the chosen cases ended and says what follows; with `sure`, closes them."""
    ids = _chosen(request)
    if refused := _refused(request, ids):
        return refused
    form = CloseManyForm(request.POST if request.POST.get("sure") else None)
    if form.is_valid():
        closed = many.close_many(cases=ids, by=request.user, **form.values())
        notice(request, _said(closed), went_wrong=not closed.closed)
        return HttpResponseRedirect(_back(request))
    names = Transition.objects.filter(pk__in=ids).order_by("client__name", "pk")
    context: dict[str, Any] = {
        "form": form,
        "ids": ids,
        "ids_name": "case",
        "back": _back(request),
        "names": list(names.values_list("client__name", flat=True)[:NAMED]),
        "more": len(ids) - NAMED,
        "beginning": many.beginning_today(ids, firm_today()),
    }
    return render(
        request, "servicing/transitions/close_many.html", context, status=422 if form.is_bound else 200
    )


def _chosen(request: SignedInRequest) -> list[int]:
    """The ids of the open cases that the form names, of those that the person sees: the cards and rows that
    were checked, or everything that the filter matches; at most one more than can be taken at once."""
    if request.POST.get("all"):
        asked, _chips = asked_for(QueryDict(request.POST.get("filter", "")[:2_000]), options())
        cases = reading.matching(asked, request.user, firm_today())
    else:
        posted = request.POST.getlist("case")[: 2 * MOST]
        chosen = {int(each) for each in posted if each.isascii() and each.isdecimal() and len(each) < 19}
        cases = reading.visible_to(request.user).filter(pk__in=chosen)
    open_ones = cases.filter(closed_on__isnull=True).order_by("due_on", "pk")
    return list(open_ones.values_list("pk", flat=True)[: MOST + 1])


def _refused(request: SignedInRequest, ids: list[int]) -> HttpResponseRedirect | None:
    """The way back where none or too many are chosen."""
    if ids and len(ids) <= MOST:
        return None
    words = (
        _("Choose at most %(n)s cases at once.") % {"n": MOST}
        if ids
        else _("Choose at least one case first.")
    )
    notice(request, words, went_wrong=True)
    return HttpResponseRedirect(_back(request))


def _back(request: SignedInRequest) -> str:
    return back_path(request) or reverse("servicing:transitions")


def _said(closed: many.Closed) -> str:
    words = ngettext("%(n)s case closed.", "%(n)s cases closed.", closed.closed) % {"n": closed.closed}
    if not closed.left_open:
        return words
    more = ngettext(
        "%(n)s lacks something for this outcome, a consent or a new fee, and stays open.",
        "%(n)s lack something for this outcome, a consent or a new fee, and stay open.",
        closed.left_open,
    )
    return f"{words} {more % {'n': closed.left_open}}"
