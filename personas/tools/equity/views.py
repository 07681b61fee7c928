"""Pages of a client's equity pay."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clients.access import may_edit_clients, require
from clients.feedback import notice
from clients.firm import firm_today
from clients.models import Client
from clients.register.active import is_active
from clients.requests import SignedInRequest
from clients.sent_once import once
from personas.models import (
    EquityCompany,
    EquityGrant,
    EquityPlan,
    EquityTransaction,
    GrantKind,
)
from personas.tools.equity import register, services, taxes, words
from personas.tools.equity.calendar import entries
from personas.tools.equity.estimates import Estimates, estimate, iso_parts
from personas.tools.equity.flow import flow
from personas.tools.equity.forms import BasisForm, GrantForm, MoveForm, PlanForm, WhatIfForm
from personas.tools.equity.reading import Book, Lot, lot_of, read
from personas.tools.equity.selling import cooling_off
from personas.tools.equity.services import MoveRefused
from personas.tools.equity.strip import strip
from personas.tools.equity.what_if import Tried, exercisable, try_out
from personas.tools.pages import client_of


def _grant(client: Client, pk: int) -> EquityGrant:
    grants = EquityGrant.objects.select_related("company").prefetch_related("vests", "transactions")
    return get_object_or_404(grants, client=client, pk=pk)


@login_required
@require_GET
def page(request: SignedInRequest, pk: int) -> HttpResponse:
    """A client's equity pay: what comes in twelve months, what is there, what to set aside."""
    client = client_of(request, pk, register.GRANTS)
    today = firm_today()
    book = read(client)
    found = estimate(book, today)
    lines = entries(found)
    context = {
        "client": client,
        "book": book,
        "estimates": found,
        "lines": lines,
        "strip": strip(found, lines),
        "grants": [_line(lot, found) for lot in book.lots],
        "companies": [_company(view, found) for view in found.companies],
        "limits": _limits(book, found),
        "options": any(lot.grant.is_option for lot in book.lots),
        "next": next((line for line in lines if line.kind == "vest"), None),
        "coming": sum((each.reserve.value for each in found.vests), taxes.ZERO),
        "missing": sum(
            (max(taxes.ZERO, each.reserve.missing or taxes.ZERO) for each in found.vests), taxes.ZERO
        ),
    }
    return render(request, "personas/tools/equity/page.html", context)


def _line(lot: Lot, found: Estimates) -> dict[str, Any]:
    coming = lot.coming(found.today, lot.parts[-1].on) if lot.parts else []
    price = found.book.companies[lot.grant.company_id].row.price
    position = lot.position(found.today)
    return {
        "lot": lot,
        "grant": lot.grant,
        "position": position,
        "next": coming[0] if coming else None,
        "value": taxes.cents(lot.worth(position.exercisable, price) + position.held * (price or taxes.ZERO)),
    }


def _company(view: Any, found: Estimates) -> dict[str, Any]:
    spans = view.company.spans(found.today)
    now = next((span for span in spans if span.first <= found.today <= span.last), None)
    plan = view.company.plan
    return {
        "view": view,
        "row": view.company.row,
        "now": now,
        "lasts": now is not None and now.last < spans[-1].last,
        "plan": plan,
        "cooling": cooling_off(plan.adopted_on, insider=plan.insider, report=plan.report_on)
        if plan and plan.adopted_on
        else None,
    }


def _limits(book: Book, found: Estimates) -> list[dict[str, Any]]:
    """What of the yearly limits is used: ISOs by company and year, the ESPPs by year."""
    figures = found.figures
    if figures is None:
        return []
    rows = []
    for pk, company in book.companies.items():
        years: dict[int, list[Any]] = {}
        for part in iso_parts(book, pk, figures).values():
            years.setdefault(part.part.on.year, []).append(part)
        for year, parts in sorted(years.items()):
            used = sum((part.part.shares * part.part.value for part in parts), taxes.ZERO)
            over = sum(part.nso for part in parts)
            rows.append(
                {"what": GrantKind.ISO.label, "company": company.row, "year": year, "used": taxes.cents(used),
                 "limit": figures.iso_limit, "over": over}
            )  # fmt: skip
    bought = [
        (part.on, part.shares, lot.value_at_grant)
        for lot in book.lots
        if lot.grant.kind == GrantKind.ESPP
        for part in lot.parts
    ]
    for year, used in taxes.espp_used(bought).items():
        rows.append(
            {"what": GrantKind.ESPP.label, "company": None, "year": year, "used": used,
             "limit": figures.espp_limit, "over": 0}
        )  # fmt: skip
    return [row for row in rows if row["year"] >= found.today.year - 1]


@login_required
@require_GET
def flow_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """The one-page flow, made to be printed."""
    client = client_of(request, pk, register.GRANTS)
    found = estimate(read(client), firm_today())
    context = {"client": client, "book": found.book, "estimates": found, "flow": flow(found)}
    return render(request, "personas/tools/equity/flow.html", context)


@login_required
@require_GET
def what_if(request: SignedInRequest, pk: int) -> HttpResponse:
    """An exercise tried out; nothing is stored. Answers htmx with the result alone."""
    client = client_of(request, pk, register.GRANTS)
    today = firm_today()
    book = read(client)
    there = exercisable(book, today)
    asked = "grant" in request.GET
    form = WhatIfForm(request.GET if asked else None)
    _fill(form, book, there)
    tried, status = None, 200
    if asked and form.is_valid():
        tried = _tried(form, book, there)
        status = 200 if tried else 422
    elif asked:
        status = 422
    template = "personas/tools/equity/what_if.html"
    context = {"client": client, "book": book, "form": form, "tried": tried, "there": there, "today": today}
    return render(request, f"{template}#result" if request.htmx else template, context, status=status)


def _fill(form: WhatIfForm, book: Book, there: list[tuple[Lot, int]]) -> None:
    """The choices of a client, and what is known as the first answers."""
    today = firm_today()
    numbers = {lot.grant.pk: number for lot, number in there}
    grant = form.fields["grant"]
    assert isinstance(grant, forms.ModelChoiceField)  # noqa: S101
    grant.queryset = EquityGrant.objects.filter(pk__in=numbers).select_related("company")

    def labelled(each: EquityGrant) -> str:
        return _("%(company)s: %(grant)s (%(shares)s can be exercised)") % {
            "company": each.company.ticker or each.company.name,
            "grant": each.title,
            "shares": f"{numbers[each.pk]:,}",
        }

    grant.label_from_instance = labelled  # type: ignore[method-assign,assignment]
    years = [(row.year, str(row)) for row in book.years]
    form.fields["year"].choices = years  # type: ignore[attr-defined]
    figures = book.figures(today.year)
    best = max(there, key=lambda each: (each[0].grant.kind == GrantKind.ISO, each[1]), default=None)
    form.initial = {
        "grant": best and best[0].grant.pk,
        "shares": best and (best[1] or None),
        "price": best and best[0].grant.company.price,
        "income": book.profile.income,
        "regular_tax": book.profile.regular_tax,
        "year": figures and figures.year,
    }


def _tried(form: WhatIfForm, book: Book, there: list[tuple[Lot, int]]) -> Tried | None:
    given = form.cleaned_data
    lot, number = next(each for each in there if each[0].grant.pk == given["grant"].pk)
    figures = book.figures(given["year"])
    if given["shares"] > number:
        text = _("Only %(n)s of these options have vested and are not exercised.") % {"n": f"{number:,}"}
        form.add_error("shares", text)
        return None
    if figures is None:
        return None
    return try_out(
        book=book,
        lot=lot,
        shares=given["shares"],
        price=given["price"],
        income=given["income"],
        regular_tax=given["regular_tax"],
        figures=figures,
        sold=given["sold"],
        on=firm_today(),
    )


@require(may_edit_clients)
@once
def new_grant(request: SignedInRequest, pk: int) -> HttpResponse:
    """A new grant."""
    client = client_of(request, pk, register.GRANTS)
    return _edit_grant(request, client, EquityGrant(client=client))


@require(may_edit_clients)
def grant(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """A grant, what was exercised and sold of it, and the form to change it."""
    client = client_of(request, pk, register.GRANTS)
    return _edit_grant(request, client, _grant(client, number))


def _edit_grant(request: SignedInRequest, client: Client, row: EquityGrant) -> HttpResponse:
    is_new = row.pk is None
    form = GrantForm(request.POST or None, instance=row, client=client)
    if request.method == "POST" and form.is_valid():
        try:
            saved = services.save_grant(
                grant=form.instance, parts=form.parts, new_company=form.company_to_make
            )
        except MoveRefused as refused:
            form.refuse(refused)
        else:
            notice(request, _("Saved. Tasks follow its dates by themselves."))
            if form.company_to_make:
                return redirect("personas:equity_company", saved.company_id)
            return redirect("personas:equity", client.pk)
    context = {"client": client, "form": form, "is_new": is_new}
    if not is_new:
        stored = _grant(client, row.pk)
        records = is_active(register.TRANSACTIONS)
        context |= _around(stored, MoveForm(lot=lot_of(stored), prefix="move") if records else None)
    return render(request, "personas/tools/equity/grant.html", context, status=422 if form.is_bound else 200)


def _around(row: EquityGrant, move_form: MoveForm | None) -> dict[str, Any]:
    lot = lot_of(row)
    return {"grant": row, "lot": lot, "position": lot.position(firm_today()), "move_form": move_form}


@require(may_edit_clients)
@require_POST
@once
def record(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """Records an exercise or a sale."""
    client = client_of(request, pk, register.GRANTS, register.TRANSACTIONS)
    row = _grant(client, number)
    form = MoveForm(request.POST, lot=lot_of(row), prefix="move")
    if form.is_valid():
        try:
            services.record(move=form.instance)
        except MoveRefused as refused:
            form.refuse(refused)
        else:
            notice(request, _("Recorded."))
            return redirect("personas:equity_grant", client.pk, row.pk)
    context = {"client": client, "form": GrantForm(instance=row, client=client), "errors_of": form}
    return render(request, "personas/tools/equity/grant.html", context | _around(row, form), status=422)


@require(may_edit_clients)
@require_POST
def take_back(request: SignedInRequest, pk: int, number: int, move: int) -> HttpResponse:
    """Takes an exercise or a sale back."""
    client = client_of(request, pk, register.GRANTS)
    row = get_object_or_404(EquityTransaction, client=client, grant_id=number, pk=move)
    try:
        services.take_back(move=row)
    except MoveRefused as refused:
        notice(request, words.too_many(refused.too_many), went_wrong=True)
    else:
        notice(request, _("Taken back."))
    return redirect("personas:equity_grant", client.pk, number)


@require(may_edit_clients)
@require_POST
def remove(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """Removes a grant with all that belongs to it."""
    client = client_of(request, pk, register.GRANTS)
    services.remove_grant(grant=_grant(client, number))
    notice(request, _("Removed. Its open tasks are cancelled by themselves; the history keeps it."))
    return redirect("personas:equity", client.pk)


@require(may_edit_clients)
def basis(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the estimates rest on."""
    client = client_of(request, pk, register.BASIS)
    row = read(client).profile
    form = BasisForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        services.save_basis(profile=form.instance)
        notice(request, _("Saved."))
        return redirect("personas:equity", client.pk)
    return _form(request, client, form, _("What the estimates rest on"))


@require(may_edit_clients)
def plan(request: SignedInRequest, pk: int, company: int) -> HttpResponse:
    """A client's sell rule for one company of which it has a grant."""
    client = client_of(request, pk, register.SELL_RULES)
    of = get_object_or_404(EquityCompany.objects.filter(grants__client=client).distinct(), pk=company)
    row = EquityPlan.objects.filter(client=client, company=of).first() or EquityPlan(
        client=client, company=of
    )
    form = PlanForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        services.save_plan(plan=form.instance)
        notice(request, _("Saved."))
        return redirect("personas:equity", client.pk)
    title = _("Sell rule for %(company)s") % {"company": of.name}
    return _form(request, client, form, title)


def _form(request: HttpRequest, client: Client, form: Any, title: str) -> HttpResponse:
    context = {"client": client, "form": form, "title": title}
    status = 422 if form.is_bound else 200
    return render(request, "personas/tools/equity/client_form.html", context, status=status)
