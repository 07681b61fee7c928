"""The page on which the goals of a year are set."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients.access import require, runs_the_firm
from clients.feedback import notice
from clients.firm import firm_today
from clients.requests import SignedInRequest
from servicing.dashboards import operations as dashboard
from servicing.goals.forms import GoalsForm, in_field
from servicing.goals.progress import values
from servicing.goals.services import set_goals
from servicing.models import FirmGoal


@require(runs_the_firm)
@require_http_methods(["GET", "POST"])
def goals(request: SignedInRequest) -> HttpResponse:
    """Shows and stores the goals of a year, from last year to the next; of this one where none is named."""
    today = firm_today()
    years = range(today.year - 1, today.year + 2)
    year = next((each for each in years if str(each) == request.GET.get("year")), today.year)
    now = values(dashboard.figures(dashboard.asked(request)).year) if year == today.year else {}
    stored = {goal.kind: in_field(goal.target) for goal in FirmGoal.objects.filter(year=year)}
    form = GoalsForm(request.POST if request.method == "POST" else None, initial=stored, now=now)
    if form.is_bound and form.is_valid():
        set_goals(year=year, targets=form.targets)
        notice(request, _("The goals of %s are saved.") % year)
        return redirect(
            f"{reverse('servicing:operations')}#goals" if year == today.year else request.get_full_path()
        )
    context = {
        "form": form,
        "year": year,
        "years": [each for each in years if each != year],
        "section": "overview",
    }
    return render(request, "servicing/goals/form.html", context, status=422 if form.is_bound else 200)
