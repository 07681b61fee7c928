"""Scoring runs: what was proposed, why, and applying or undoing it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from clients.access import require, runs_the_firm, sees_all_clients
from clients.commands import Refused
from clients.feedback import notice
from clients.firm import firm_today
from clients.models import Client, ClientStatus
from tiers import background, rules, runs, services
from tiers.models import RunStatus, ScoringRun

IN_THE_REQUEST = 20_000  # clients; more than that goes to a worker


@require(sees_all_clients)
def run_list(request: HttpRequest) -> HttpResponse:
    """Scoring runs, the newest first; `before` continues an older page."""
    rows = ScoringRun.objects.select_related("policy", "created_by", "applied_by").order_by("-id")
    if (before := request.GET.get("before", "")).isdecimal():
        rows = rows.filter(id__lt=int(before[:18]))
    page = list(rows[: runs.PAGE + 1])
    return render(
        request,
        "tiers/runs.html",
        {"runs": page[: runs.PAGE], "older": page[runs.PAGE - 1].pk if len(page) > runs.PAGE else None},
    )


@require(sees_all_clients)
def run_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A run: totals, tiers, who moves and by which rule."""
    run = get_object_or_404(ScoringRun.objects.select_related("policy", "created_by", "applied_by"), pk=pk)
    after = request.GET.get("after", "")
    old, new = request.GET.get("from", ""), request.GET.get("to", "")
    page = list(
        runs.movers(run, after=int(after[:18]) if after.isdecimal() else 0, old=old, new=new)[: runs.PAGE + 1]
    )
    total = run.total_revenue
    context: dict[str, Any] = {
        "run": run,
        "warnings": runs.warning_texts(run),
        "tiers": [
            {**row, "share": Decimal(row["revenue"]) / total if total > 0 else None} for row in run.tiers
        ],
        "moving": sum(move["clients"] for move in run.moves),
        "movers": [
            {"row": row, "reason": rules.RULE_LABELS.get(row.rule, row.rule)} for row in page[: runs.PAGE]
        ],
        "next": page[runs.PAGE - 1].client_id if len(page) > runs.PAGE else None,
        "old": old,
        "new": new,
        "can_apply": run.status == RunStatus.PROPOSED,
        "can_undo": run.status == RunStatus.APPLIED,
    }
    return render(request, "tiers/run.html", context)


@require(runs_the_firm)
@require_POST
def propose(request: HttpRequest) -> HttpResponse:
    """Proposes a run for today, here where the firm is small, else in a worker."""
    if Client.objects.filter(status=ClientStatus.ACTIVE)[: IN_THE_REQUEST + 1].count() > IN_THE_REQUEST:
        return _in_background(request, "tiers.propose_run", request.user.pk, then=reverse("tiers:runs"))
    try:
        run = services.propose_run(as_of=firm_today(), by=request.user)  # type: ignore[arg-type]
    except Refused as refusal:
        return _refused(request, refusal, then=reverse("tiers:runs"))
    return redirect("tiers:run", pk=run.pk)


@require(runs_the_firm)
@require_POST
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Starts the tiers that the run proposes."""
    run = get_object_or_404(ScoringRun, pk=pk)
    here = reverse("tiers:run", args=[pk])
    if sum(move["clients"] for move in run.moves) > IN_THE_REQUEST:
        return _in_background(request, "tiers.apply_run", pk, request.user.pk, then=here)
    try:
        applied = services.apply_run(run=run, applied_by=request.user)  # type: ignore[arg-type]
    except Refused as refusal:
        return _refused(request, refusal, then=here)
    changed = applied.moved + applied.first
    notice(
        request,
        ngettext("Applied: %(n)s client has a new tier.", "Applied: %(n)s clients have a new tier.", changed)
        % {"n": number_format(changed, force_grouping=True)},
        undo_url=reverse("tiers:undo", args=[pk]),
    )
    return redirect(here)


@require(runs_the_firm)
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Gives everyone the tier back that they had before the run was applied."""
    run = get_object_or_404(ScoringRun, pk=pk)
    here = reverse("tiers:run", args=[pk])
    try:
        undone = services.undo_run(run=run, by=request.user)  # type: ignore[arg-type]
    except Refused as refusal:
        return _refused(request, refusal, then=here)
    notice(
        request,
        ngettext(
            "Undone: %(n)s client is back where it was.",
            "Undone: %(n)s clients are back where they were.",
            undone,
        )
        % {"n": number_format(undone, force_grouping=True)},
    )
    return _back(request, here)


def _in_background(request: HttpRequest, task: str, *arguments: Any, then: str) -> HttpResponse:
    if background.send(task, *arguments):
        notice(request, _("Started. The result appears here in a minute or two."))
    else:
        notice(request, _("The queue does not answer. Try again in a moment."), went_wrong=True)
    return redirect(then)


def _refused(request: HttpRequest, refusal: Refused, *, then: str) -> HttpResponse:
    notice(request, " ".join(refusal.reasons), went_wrong=True)
    return _back(request, then)


def _back(request: HttpRequest, url: str) -> HttpResponse:
    """The page again; undo in a notice asks without leaving it."""
    return HttpResponseClientRefresh() if request.htmx else redirect(url)  # type: ignore[attr-defined]
