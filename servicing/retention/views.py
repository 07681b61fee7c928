"""Pages of the life of data: lists of former clients, periods, legal holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients.access import is_administrator, keeps_data, require
from clients.choosing import written
from clients.commands import Refused
from clients.feedback import notice
from clients.models import Client, Departure, LegalHold
from clients.register.fields import tracked_fields
from clients.requests import SignedInRequest
from servicing.models import AnonymisingBatch, AnonymisingRow, BatchState, RetentionPeriod
from servicing.retention import forms, periods, reading, services

ADDRESS = "servicing:anonymising"


def form_page(
    request: HttpRequest,
    form: django_forms.BaseForm,
    *,
    section: str,
    title: str,
    lead: str,
    submit: str,
    back: str,
) -> HttpResponse:
    context = {"form": form, "section": section, "title": title, "lead": lead, "submit": submit, "back": back}
    status = 422 if form.is_bound else 200
    return render(request, "servicing/retention/form.html", context, status=status)


# --- Lists -----------------------------------------------------------------------------------------------


@require(keeps_data)
@require_GET
def anonymising_lists(request: SignedInRequest) -> HttpResponse:
    """Lists of former clients whose periods are over."""
    found = list(reading.batches()[: reading.PAGE])
    numbers = {batch.pk: batch.rows.filter(excluded_at=None).count() for batch in found[:10]}
    context = {
        "section": "lists",
        "waiting": reading.waiting(),
        "batches": [(batch, numbers.get(batch.pk)) for batch in found],
        "rules": periods.settings(),
    }
    return render(request, "servicing/retention/lists.html", context)


@require(keeps_data)
@require_GET
def anonymising(request: SignedInRequest, pk: int) -> HttpResponse:
    """One list: who is on it, what is decided, what came of it."""
    batch = get_object_or_404(reading.batches(), pk=pk)
    rows = reading.rows_of(batch, request.GET.get("after", ""))
    context = {
        "section": "lists",
        "batch": batch,
        "rows": rows[: reading.PAGE],
        "after": reading.place_of(rows[reading.PAGE - 1]) if len(rows) > reading.PAGE else "",
        "chosen": request.GET,
        "labels": {code: str(field.label) for code, field in tracked_fields().items()},
        **reading.numbers_of(batch),
        "may_approve": batch.state == BatchState.REVIEWED and services.may_approve(batch, request.user),
        "stalled": batch.state == BatchState.APPROVED and not services.is_at_work(batch.job),
    }
    return render(request, "servicing/retention/list.html", context)


def _step(
    request: SignedInRequest, pk: int, work: Callable[[AnonymisingBatch], Any], said: str
) -> HttpResponse:
    batch = get_object_or_404(AnonymisingBatch, pk=pk)
    try:
        work(batch)
    except Refused as refusal:
        notice(request, " ".join(refusal.reasons), went_wrong=True)
    else:
        notice(request, said)
    return redirect(ADDRESS, pk=pk)


@require(keeps_data)
@require_POST
def reviewed(request: SignedInRequest, pk: int) -> HttpResponse:
    """Notes that this person looked through the list."""
    said = _("Noted that you looked through it. Now it can be approved.")
    return _step(request, pk, lambda batch: services.review(batch=batch, by=request.user), said)


@require(keeps_data)
@require_POST
def look_again(request: SignedInRequest, pk: int) -> HttpResponse:
    """Opens a list that waited for its approval."""
    said = _("The list is open again.")
    return _step(request, pk, lambda batch: services.back_to_review(batch=batch), said)


@require(keeps_data)
@require_POST
def drop(request: SignedInRequest, pk: int) -> HttpResponse:
    """Puts a list away."""
    said = _("The list is dropped. Nobody on it was anonymised; the next night proposes anew.")
    return _step(request, pk, lambda batch: services.drop(batch=batch), said)


@require(keeps_data)
@require_POST
def approve(request: SignedInRequest, pk: int) -> HttpResponse:
    """Approves a list; the work begins."""
    batch = get_object_or_404(AnonymisingBatch, pk=pk)
    try:
        job = services.approve(batch=batch, by=request.user)
    except Refused as refusal:
        notice(request, " ".join(refusal.reasons), went_wrong=True)
        return redirect(ADDRESS, pk=pk)
    return redirect("clients:job", pk=job.pk)


@require(keeps_data)
@require_POST
def carry_on(request: SignedInRequest, pk: int) -> HttpResponse:
    """Goes on with a list whose worker stopped."""
    job = services.carry_on(batch=get_object_or_404(AnonymisingBatch, pk=pk), by=request.user)
    return redirect("clients:job", pk=job.pk) if job else redirect(ADDRESS, pk=pk)


@require(keeps_data)
@require_http_methods(["GET", "POST"])
def exclude(request: SignedInRequest, pk: int, row: int) -> HttpResponse:
    """Takes a client off a list, with the reason."""
    found = get_object_or_404(AnonymisingRow.objects.select_related("client"), pk=row, batch=pk)
    form = forms.WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        why = form.cleaned_data["why"]
        said = _("The client stays, and is asked again in a year.")
        return _step(request, pk, lambda _batch: services.exclude(row=found, by=request.user, why=why), said)
    return form_page(
        request,
        form,
        section="lists",
        title=_("Keep %s") % found.client,
        lead=_("The client stays as it is, and comes to a list again in a year."),
        submit=_("Take it off the list"),
        back=reading.address(pk),
    )


@require(keeps_data)
@require_POST
def include(request: SignedInRequest, pk: int, row: int) -> HttpResponse:
    """Puts a client back on a list."""
    found = get_object_or_404(AnonymisingRow, pk=row, batch=pk)
    return _step(
        request, pk, lambda _batch: services.include(row=found), _("The client is on the list again.")
    )


# --- Periods ---------------------------------------------------------------------------------------------


@require(keeps_data)
@require_GET
def periods_page(request: SignedInRequest) -> HttpResponse:
    """For how long what is kept, beside what the field register promises."""
    rules = periods.settings()
    context = {
        "section": "periods",
        "kept": periods.periods(),
        "alone": reading.going_alone(),
        "rules": rules,
        "month": forms.MONTHS[rules.fiscal_year_ends - 1],
        "may_change": is_administrator(request.user),
        "changes": services.history_of_rules(),
    }
    return render(request, "servicing/retention/periods.html", context)


@require(is_administrator)
@require_http_methods(["GET", "POST"])
def change_periods(request: SignedInRequest) -> HttpResponse:
    """Changes the periods and what the firm decided."""
    kept = periods.periods()
    sent = request.POST if request.method == "POST" else None
    rules = forms.SettingsForm(sent, instance=periods.settings())
    years = forms.PeriodsForm(sent, kept=kept)
    if sent is not None and all([rules.is_valid(), years.is_valid()]):
        with transaction.atomic():
            rules.save()
            for each in kept:
                wanted = years.cleaned_data[each.period.kind]
                RetentionPeriod.objects.filter(pk=each.period.pk).exclude(years=wanted).update(years=wanted)
        notice(request, _("The periods are saved. The next night looks by them."))
        return redirect("servicing:retention_periods")
    context = {"section": "periods", "rules": rules, "form": years}
    status = 422 if sent is not None else 200
    return render(request, "servicing/retention/periods_form.html", context, status=status)


@require(keeps_data)
@require_http_methods(["GET", "POST"])
def departure(request: SignedInRequest, pk: int) -> HttpResponse:
    """Corrects the day on which a former client left."""
    found = get_object_or_404(Departure.objects.select_related("client"), pk=pk)
    form = forms.DepartureForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        services.correct_departure(departure=found, left_on=form.cleaned_data["left_on"])
        notice(request, _("Saved. The keeping period is counted from this day."))
        return redirect(found.client)
    return form_page(
        request,
        form,
        section="lists",
        title=_("When %s left") % found.client,
        lead=_("The record notes the day on which it was told. Correct it where the client left earlier."),
        submit=_("Save"),
        back=found.client.get_absolute_url(),
    )


# --- Legal holds -----------------------------------------------------------------------------------------


@require(keeps_data)
@require_GET
def holds(request: SignedInRequest) -> HttpResponse:
    """Holds that stand, and those that were released."""
    context = {
        "section": "holds",
        "standing": list(reading.holds(standing=True)),
        "released": list(reading.holds(standing=False)[: reading.PAGE]),
    }
    return render(request, "servicing/retention/holds.html", context)


@require(keeps_data)
@require_http_methods(["GET", "POST"])
def new_hold(request: SignedInRequest) -> HttpResponse:
    """Holds one client."""
    client = named_client(request)
    initial = {"client": written(client)} if client else None
    form = forms.HoldForm(
        request.POST if request.method == "POST" else None, by=request.user, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.place_hold(
                client=form.cleaned_data["client"], reason=form.cleaned_data["reason"], by=request.user
            )
        except Refused as refusal:
            form.add_error("client", " ".join(refusal.reasons))
        else:
            notice(request, _("The hold stands. Nothing of the client can be anonymised or deleted."))
            return redirect("servicing:holds")
    return form_page(
        request,
        form,
        section="holds",
        title=_("Place a legal hold"),
        lead=_(
            "Nothing of the client is anonymised or deleted until the hold is released; the record cannot be "
            "merged or split. If the client ends the permission, a behavioral trigger is erased all the same."
        ),
        submit=_("Place the hold"),
        back=reading.address_of("holds"),
    )


@require(keeps_data)
@require_http_methods(["GET", "POST"])
def hold_everybody(request: SignedInRequest) -> HttpResponse:
    """Holds every client of the firm."""
    form = forms.FirmHoldForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.place_hold(client=None, reason=form.cleaned_data["reason"], by=request.user)
        except Refused as refusal:
            form.add_error(None, " ".join(refusal.reasons))
        else:
            notice(request, _("The hold stands over every client."))
            return redirect("servicing:holds")
    return form_page(
        request,
        form,
        section="holds",
        title=_("Hold the whole firm"),
        lead=_(
            "For an examination or a case that may touch everybody: nobody is anonymised, nothing is deleted."
        ),
        submit=_("Hold everybody"),
        back=reading.address_of("holds"),
    )


@require(keeps_data)
@require_http_methods(["GET", "POST"])
def release(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ends a hold, with the reason."""
    hold = get_object_or_404(LegalHold.objects.select_related("client"), pk=pk)
    form = forms.WhyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.release_hold(hold=hold, why=form.cleaned_data["why"], by=request.user)
        except Refused as refusal:
            notice(request, " ".join(refusal.reasons), went_wrong=True)
        else:
            notice(request, _("The hold is released. Its keeping periods count again."))
        return redirect("servicing:holds")
    whose = str(hold.client) if hold.client else _("the whole firm")
    return form_page(
        request,
        form,
        section="holds",
        title=_("Release the hold of %s") % whose,
        lead=_("What is over its period by now comes to the list of the next night."),
        submit=_("Release the hold"),
        back=reading.address_of("holds"),
    )


def named_client(request: HttpRequest) -> Client | None:
    """The client that the address names, from whose page the person came."""
    number = request.GET.get("client", "")
    return Client.objects.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 19 else None


def panel(request: HttpRequest, client: Client) -> dict[str, Any]:
    """On the client's page, for those who keep the data: holds, the end of the periods, access requests."""
    user: Any = request.user
    if not keeps_data(user):
        return {"keeps_data": False}
    return {"keeps_data": True, **services.standing_of(client)}
