"""Pages of the debt timeline: the timeline itself, a loan, and its payments month by month."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clients.access import may_edit_clients, require
from clients.feedback import notice
from clients.firm import firm_today
from clients.models import Client
from clients.requests import SignedInRequest
from clients.sent_once import once
from personas.models import Loan
from personas.tools.debt import months
from personas.tools.debt.amortisation import NeverEnds, by_own_payments
from personas.tools.debt.forms import ExtraForm, LoanForm
from personas.tools.debt.timeline import as_of_now, example_extra, loans_of, timeline
from personas.tools.debt.tool import REGISTERED
from personas.tools.pages import client_of

PAGE = "personas/tools/debt/page.html"


@login_required
@require_GET
def page(request: SignedInRequest, pk: int) -> HttpResponse:
    """The client's debt timeline; `extra` in the address: an amount a month on top. To htmx, the part of the
    page that the amount changes."""
    client = client_of(request, pk, REGISTERED)
    today = firm_today()
    loans = loans_of(client, today)
    form = ExtraForm(request.GET if "extra" in request.GET else None)
    example = example_extra(loans)
    valid = form.is_bound and form.is_valid()
    extra: Decimal = form.cleaned_data["extra"] if valid else (Decimal(0) if form.is_bound else example)
    context: dict[str, Any] = {"client": client, "loans": loans, "form": form, "example": example}
    try:
        context["timeline"] = timeline(loans, today, extra)
    except NeverEnds as loan:
        context["never"] = str(loan)
    template = f"{PAGE}#what-if" if request.htmx else PAGE
    return render(request, template, context, status=422 if form.errors else 200)


@login_required
@require_GET
def schedule(request: SignedInRequest, pk: int, loan: int) -> HttpResponse:
    """A loan's payments month by month, to the cent."""
    client = client_of(request, pk, REGISTERED)
    today = firm_today()
    found = get_object_or_404(Loan.objects.select_related("plan"), pk=loan, client=client)
    now = as_of_now(found, today)
    context: dict[str, Any] = {"client": client, "now": now}
    try:
        course = by_own_payments([now.debt])
    except NeverEnds as name:
        context["never"] = str(name)
    else:
        context |= {
            "course": course,
            "lines": [(months.after(today, line.month), line) for line in course.lines[now.debt.key]],
        }
    return render(request, "personas/tools/debt/schedule.html", context)


@require(may_edit_clients)
@once
def edit_loan(request: SignedInRequest, pk: int, loan: int | None = None) -> HttpResponse:
    """A loan, new or changed."""
    client = client_of(request, pk, REGISTERED)
    found = get_object_or_404(Loan, pk=loan, client=client) if loan is not None else Loan(client=client)
    form = LoanForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        form.save()
        notice(request, _("Saved."))
        return redirect("personas:debt", pk)
    return _form(request, form, client, found)


def _form(request: SignedInRequest, form: LoanForm, client: Client, loan: Loan) -> HttpResponse:
    context = {"form": form, "client": client, "loan": loan}
    return render(request, "personas/tools/debt/loan.html", context, status=422 if form.is_bound else 200)


@require(may_edit_clients)
@require_POST
def remove_loan(request: SignedInRequest, pk: int, loan: int) -> HttpResponse:
    client = client_of(request, pk, REGISTERED)
    found = get_object_or_404(Loan, pk=loan, client=client)
    found.delete()
    notice(request, _("%s was removed.") % found.name)
    return redirect("personas:debt", pk)
