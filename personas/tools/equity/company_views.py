"""Companies that pay clients in equity: price, blackout rule, stated days, dates of results."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clients.access import may_edit_clients, require
from clients.feedback import notice
from clients.firm import firm_today
from clients.requests import SignedInRequest
from personas.models import CompanyResults, EquityCompany, EquityWindow
from personas.tools.equity import services
from personas.tools.equity.forms import CompanyForm, ResultsForm, WindowForm
from personas.tools.equity.reading import companies_with_rules
from personas.tools.equity.windows import Span

DAYS: dict[str, Any] = {"window": (WindowForm, EquityWindow), "results": (ResultsForm, CompanyResults)}


def _spans(companies: QuerySet[EquityCompany]) -> dict[int, list[Span]]:
    """For each company the spans of days from today on."""
    today = firm_today()
    return {
        each.row.pk: [span for span in each.spans(today) if span.last >= today]
        for each in companies_with_rules(companies)
    }


@login_required
@require_GET
def company_list(request: SignedInRequest) -> HttpResponse:
    """All companies, with what they say today."""
    companies = list(EquityCompany.objects.annotate(clients=Count("grants__client", distinct=True)))
    spans = _spans(EquityCompany.objects.all())
    rows = [
        {"company": each, "now": spans[each.pk][0], "lasts": len(spans[each.pk]) > 1} for each in companies
    ]
    return render(request, "personas/tools/equity/companies.html", {"rows": rows, "today": firm_today()})


@require(may_edit_clients)
def new_company(request: SignedInRequest) -> HttpResponse:
    form = CompanyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        saved = services.save_company(company=form.instance)
        notice(request, _("Saved."))
        return redirect("personas:equity_company", saved.pk)
    return render(
        request, "personas/tools/equity/company.html", {"form": form}, status=422 if form.is_bound else 200
    )


@require(may_edit_clients)
def company(request: SignedInRequest, number: int) -> HttpResponse:
    """A company: its form, and those of its stated days and dates of results; `what` tells which was sent."""
    row = get_object_or_404(EquityCompany, pk=number)
    what = request.POST.get("what", "")
    sent = request.method == "POST"
    form = CompanyForm(request.POST if sent and what not in DAYS else None, instance=row)
    days = {
        name: day_form(request.POST if sent and what == name else None, company=row)
        for name, (day_form, _model) in DAYS.items()
    }
    bound = days.get(what, form) if sent else None
    if bound is not None and bound.is_valid():
        if what in DAYS:
            services.save_day(day=bound.instance, company=row)
        else:
            services.save_company(company=bound.instance)
        notice(request, _("Saved. The calendars and tasks of its clients follow."))
        return redirect("personas:equity_company", row.pk)
    stored = EquityCompany.objects.get(pk=row.pk)
    context = {
        "form": form,
        "company": stored,
        "window_form": days["window"],
        "results_form": days["results"],
        "windows": stored.windows.all(),
        "results": stored.results.order_by("-quarter_end")[:12],
        "spans": _spans(EquityCompany.objects.filter(pk=row.pk))[row.pk][:6],
        "bound": bound,
    }
    return render(
        request, "personas/tools/equity/company.html", context, status=200 if bound is None else 422
    )


@require(may_edit_clients)
@require_POST
def remove_day(request: SignedInRequest, number: int, what: str, day: int) -> HttpResponse:
    """Removes stated days or a date of results."""
    row = get_object_or_404(EquityCompany, pk=number)
    _day_form, model = DAYS[what]
    services.remove_day(day=get_object_or_404(model, company=row, pk=day), company=row)
    notice(request, _("Removed."))
    return redirect("personas:equity_company", row.pk)
