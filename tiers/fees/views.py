"""Pages of fees: the schedules, a new one, and clients whose bills differ from theirs."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients.access import require, runs_the_firm, sees_all_clients
from clients.commands import Refused
from clients.feedback import notice
from clients.firm import firm_today
from clients.jobs import start_job
from clients.models import Client, Tier
from clients.requests import SignedInRequest
from tiers.fees import comparing, reading, services
from tiers.fees.forms import ScheduleForm
from tiers.lists import leads
from tiers.models import FeeRefresh, FeeSchedule, FeeStanding

IN_REQUEST = 20_000  # clients: of a larger firm a worker compares


@login_required
@require_GET
def schedules(request: SignedInRequest) -> HttpResponse:
    """What each tier pays, now, before and to come."""
    context = {"section": "fees", "tiers": reading.schedules(firm_today())}
    return render(request, "tiers/fees/schedules.html", context)


@require(runs_the_firm)
@require_http_methods(["GET", "POST"])
def add(request: SignedInRequest) -> HttpResponse:
    """A schedule that follows the one in force of its tier, filled in with that one."""
    asked = Tier.objects.active().filter(code=request.GET.get("tier", "").replace("\x00", "")).first()
    before = FeeSchedule.objects.filter(tier=asked, effective_on__lte=firm_today()) if asked else None
    form = ScheduleForm(
        request.POST if request.method == "POST" else None,
        before=before.order_by("-effective_on").first() if before is not None else None,
        initial={"tier": asked.pk} if asked else {},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = services.add_schedule(
                tier=data["tier"], effective_on=data["effective_on"], stated=data["stated"], by=request.user
            )
        except Refused as refused:
            form.add_error("effective_on", " ".join(refused.reasons))
        else:
            said = _("Tier %(tier)s: this schedule is in force from %(day)s.")
            notice(request, said % {"tier": made.tier.code, "day": made.effective_on})
            return redirect("tiers:fees")
    context = {"section": "fees", "form": form}
    return render(request, "tiers/fees/form.html", context, status=422 if form.errors else 200)


@require(runs_the_firm)
@require_POST
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Takes back a schedule that is still to come."""
    try:
        services.withdraw_schedule(schedule=get_object_or_404(FeeSchedule, pk=pk))
    except Refused as refused:
        notice(request, " ".join(refused.reasons), went_wrong=True)
    else:
        notice(request, _("The schedule is taken back."))
    return redirect("tiers:fees")


@require(sees_all_clients)
@require_GET
def differences(request: SignedInRequest) -> HttpResponse:
    """Clients of one standing, the largest difference first, with the sums of all standings."""
    asked = _asked(request)
    refresh = FeeRefresh.objects.first()
    rows, following = (
        reading.page_of(reading.rows_of(**asked), after=request.GET.get("after", "")) if refresh else ([], "")
    )
    context = {
        "section": "fees",
        "refresh": refresh,
        "sums": _sums(refresh, asked),
        "rows": rows,
        "next": following,
        "standing": asked["standing"],
        "label": FeeStanding(asked["standing"]).label,
        "tier": asked["tier"],
        "tiers": Tier.objects.active(),
        "leads": leads(),
        "advisor": asked["advisor"],
        "kept": urlencode({name: value for name, value in asked.items() if value}),
        "has_schedules": bool(refresh) or FeeSchedule.objects.exists(),
    }
    return render(request, "tiers/fees/differences.html", context)


def _sums(refresh: FeeRefresh | None, asked: dict[str, Any]) -> list[reading.Sum]:
    """How many clients stand how, of those whom the list is about."""
    if refresh is None:
        return []
    if asked["advisor"]:
        return reading.sums_of_advisor(asked["advisor"], asked["tier"])
    return reading.sums_of(refresh, asked["tier"])


@require(sees_all_clients)
@require_GET
def differences_file(request: SignedInRequest) -> HttpResponseBase:
    """The whole of the list as CSV."""
    asked = _asked(request)
    return StreamingHttpResponse(
        reading.csv_lines(reading.rows_of(**asked)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="fees-{asked["standing"]}.csv"'},
    )


@require(runs_the_firm)
@require_POST
def compare(request: SignedInRequest) -> HttpResponse:
    """Compares everybody now; of a large firm a worker does."""
    if Client.objects.order_by()[: IN_REQUEST + 1].count() > IN_REQUEST:
        job = start_job(task="tiers.compare_fees_now", title=_("Comparing fees with bills"), by=request.user)
        return redirect("clients:job", pk=job.pk)
    comparing.compare_all(as_of=firm_today())
    notice(request, _("Fees and bills are compared as of today."))
    return redirect("tiers:fee_differences")


def _asked(request: SignedInRequest) -> dict[str, Any]:
    """What the address asks for; words that say nothing are left out."""
    asked = {name: request.GET.get(name, "").replace("\x00", "")[:150] for name in ("tier", "advisor")}
    standing = request.GET.get("standing", "")
    known = standing if standing in FeeStanding.values else FeeStanding.BELOW.value
    return {"standing": known, **asked}
