"""Absences: the list, entering and changing one with what becomes of the work, ending one."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from clients.access import runs_the_firm
from clients.feedback import notice
from clients.firm import firm_today
from clients.models import User
from clients.requests import SignedInRequest
from servicing.absences import services
from servicing.absences.forms import AbsenceForm
from servicing.absences.words import in_sentences
from servicing.models import Absence

SHOWN = 200


@login_required
@require_GET
def absence_list(request: SignedInRequest) -> HttpResponse:
    """Absences now, to come, or over: one's own, and those that one stands in for; of all for who runs the
    firm."""
    today = firm_today()
    over = request.GET.get("state") == "over"
    found = Absence.objects.select_related("user", "stand_in")
    if not runs_the_firm(request.user):
        found = found.filter(Q(user=request.user) | Q(stand_in=request.user))
    found = found.filter(last_on__lt=today).order_by("-last_on") if over else found.filter(last_on__gte=today)
    rows = [
        {"absence": each, "now": each.is_in_force(today), "may_change": _may_change(request.user, each)}
        for each in found[:SHOWN]
    ]
    context = {"section": "absences", "rows": rows, "over": over, "all": runs_the_firm(request.user)}
    return render(request, "servicing/absences.html", context)


@login_required
def absence(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """The form of a new or a stored absence. Sent once, it says what becomes of the work; sent again
    unchanged, it saves."""
    stored = None if pk is None else _own(request, pk)
    sent = request.POST if request.method == "POST" else None
    form = AbsenceForm(sent, instance=stored, by=request.user)
    context: dict[str, Any] = {"form": form, "stored": stored, "section": "absences"}
    if request.method == "POST" and form.is_valid():
        try:
            if request.POST.get("seen") == form.key:
                services.save_absence(absence=form.instance)
                notice(request, _("Saved. Planning brings the open tasks in line within minutes."))
                return redirect("servicing:absences")
            becomes = services.preview(absence=form.instance)
            context["becomes"] = in_sentences(becomes, form.instance)
            context["seen"] = form.key
        except ValidationError as refused:
            form.add_error(None, refused.messages)
    return render(request, "servicing/absence_form.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def end(request: SignedInRequest, pk: int) -> HttpResponse:
    """The person is back, or will not be away; can be undone for ten minutes."""
    token = services.end_absence(absence=_own(request, pk))
    undo = f"{reverse('servicing:undo_absence')}?{urlencode({'absence': token})}"
    notice(request, _("The absence has ended. Open tasks go back within minutes."), undo_url=undo)
    return redirect("servicing:absences")


@login_required
@require_POST
def undo(request: SignedInRequest) -> HttpResponse:
    """Takes the end of an absence back."""
    by = None if runs_the_firm(request.user) else request.user.pk
    try:
        services.undo_end(token=request.GET.get("absence", ""), by=by)
    except services.AbsenceRefused as refused:
        notice(request, str(refused), went_wrong=True)
    else:
        notice(request, _("Undone."))
    if request.htmx:
        return HttpResponseClientRefresh()
    return redirect("servicing:absences")


def _may_change(user: User, absence: Absence) -> bool:
    return absence.user_id == user.pk or runs_the_firm(user)


def _own(request: SignedInRequest, pk: int) -> Absence:
    """One's own, or anybody's for who runs the firm; 404 for the others."""
    mine = Absence.objects.all() if runs_the_firm(request.user) else Absence.objects.filter(user=request.user)
    return get_object_or_404(mine.select_related("user", "stand_in"), pk=pk)
