"""Pages of the annual review: the list, one as a whole, its record; begun, changed, abandoned; who signs."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from clients.access import WHO_MAY, is_administrator, require, runs_the_firm, sees_all_clients
from clients.commands import Refused
from clients.feedback import notice
from clients.firm import firm_today
from clients.requests import SignedInRequest
from servicing.delivery.periods import shifted
from servicing.models import AnnualReview, ReviewState
from servicing.planning.working_days import working_day_from
from servicing.review import carrying_out, reading, rights, services, signing
from servicing.review.forms import USUAL, AbandonForm, BeginForm, ChangeForm, SignersForm
from servicing.review.waiting import waiting_for

NOT_LED = gettext_lazy("Operations, administrators and its lead can do this while it is under way.")


@login_required
@require_GET
def review_list(request: SignedInRequest) -> HttpResponse:
    """All reviews for who sees the whole firm; what of one waits for the person for everybody."""
    sees_all = rights.may_see(request.user)
    found = list(reading.reviews()[:50]) if sees_all else []
    current = next((each for each in found if each.is_open), None)
    context = {
        "reviews": [each for each in found if not each.is_open],
        "current": current,
        "steps": reading.steps_of(current) if current else [],
        "waiting": waiting_for(request.user),
        "sees_all": sees_all,
        "may_begin": runs_the_firm(request.user) and not current,
        "administers": is_administrator(request.user),
        "today": timezone.localdate(),
    }
    return render(request, "servicing/review/list.html", context)


@require(sees_all_clients)
@require_GET
def review(request: SignedInRequest, pk: int) -> HttpResponse:
    """A review: its steps in their order, with owners and days, and what comes next."""
    found = get_object_or_404(reading.reviews(), pk=pk)
    steps = reading.steps_of(found)
    context = {
        "review": found,
        "steps": steps,
        "signing": reading.sign_off_of(found, steps),
        "actions": reading.actions_of(found),
        "next": next((step for step in steps if not step.is_done), None) if found.is_open else None,
        "done": sum(step.is_done for step in steps),
        "may_lead": found.is_open and rights.may_lead(request.user, found),
        "today": timezone.localdate(),
    }
    return render(request, "servicing/review/review.html", context)


@require(runs_the_firm)
def begin(request: SignedInRequest) -> HttpResponse:
    """Begins this year's review."""
    today = firm_today()
    due_on = working_day_from(request.firm, today + USUAL)
    initial = {"lead": request.user.pk, "due_on": due_on, "last_month": f"{shifted(today, -1):%Y-%m}"}
    form = BeginForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = services.begin(**form.period, lead=data["lead"], due_on=data["due_on"], by=request.user)
        except Refused as refused:
            form.add_error(None, " ".join(refused.reasons))
        else:
            notice(
                request,
                _("%(review)s is begun. Give its steps to the people who do them.") % {"review": made},
            )
            return redirect("servicing:review", made.pk)
    context = {
        "title": _("Begin this year's review"),
        "lead_in": _("Eight steps in order. It can be left and continued at any time."),
        "submit_label": _("Begin"),
        "back": reverse("servicing:reviews"),
    }
    return _form(request, form, context)


@login_required
def change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Another lead, or another due date."""
    found = _led(request, pk)
    form = ChangeForm(
        request.POST if request.method == "POST" else None,
        initial={"lead": found.lead_id, "due_on": found.due_on},
        review=found,
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.change(review=found, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, " ".join(refused.reasons))
        else:
            notice(request, _("Saved."))
            return redirect("servicing:review", pk)
    context = {
        "title": str(found),
        "submit_label": _("Save"),
        "back": reverse("servicing:review", args=[pk]),
    }
    return _form(request, form, context)


@login_required
def abandon(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ends the review without a result, with the reason."""
    found = _led(request, pk)
    form = AbandonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.abandon(review=found, reason=form.cleaned_data["reason"], by=request.user)
        except Refused as refused:
            form.add_error(None, " ".join(refused.reasons))
        else:
            notice(request, _("%(review)s is abandoned. What was noted is kept.") % {"review": found})
            return redirect("servicing:review", pk)
    context = {
        "title": _("Abandon %(review)s") % {"review": found},
        "lead_in": _(
            "What was noted so far is kept and never changes again. Nothing is published or applied. A new "
            "review can begin at once."
        ),
        "submit_label": _("Abandon the review"),
        "back": reverse("servicing:review", args=[pk]),
    }
    return _form(request, form, context)


@require(is_administrator)
def signers(request: SignedInRequest) -> HttpResponse:
    """Who signs every review."""
    form = SignersForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        signing.require_signers(signers=data["signers"], groups=data["groups"], people=list(data["people"]))
        notice(request, _("Saved. It holds for the review under way too."))
        return redirect("servicing:reviews")
    context = {
        "title": _("Who signs"),
        "lead_in": _("Nothing of a review is carried out before these people have signed it."),
        "submit_label": _("Save"),
        "back": reverse("servicing:reviews"),
    }
    return _form(request, form, context)


# --- The record -------------------------------------------------------------------------------------------


@require(sees_all_clients)
@require_GET
def record(request: SignedInRequest, pk: int) -> HttpResponse:
    """All of a review on one page, to be read and printed."""
    found = get_object_or_404(reading.reviews().select_related("begun_by"), pk=pk)
    context = {"review": found, "stages": carrying_out.STAGES, **reading.record(found)}
    return render(request, "servicing/review/record.html", context)


@require(sees_all_clients)
@require_GET
def record_file(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The record as CSV."""
    found = get_object_or_404(AnnualReview, pk=pk)
    return StreamingHttpResponse(
        reading.as_csv(found),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="review-{found.year}-{found.pk}.csv"'},
    )


def _led(request: SignedInRequest, pk: int) -> AnnualReview:
    """The review, where the person leads it and it is open."""
    if not rights.may_see(request.user):
        raise PermissionDenied(WHO_MAY[sees_all_clients])
    found = get_object_or_404(AnnualReview.objects.select_related("lead"), pk=pk)
    if not rights.may_lead(request.user, found) or found.state != ReviewState.OPEN:
        raise PermissionDenied(NOT_LED)
    return found


def _form(request: SignedInRequest, form: Any, context: dict[str, Any]) -> HttpResponse:
    return render(
        request,
        "servicing/review/form.html",
        {"form": form, **context},
        status=422 if form.errors else 200,
    )
