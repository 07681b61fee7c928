"""Scoring runs: what was proposed and why; rejecting moves; applying a run or undoing it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.formats import number_format
from django.utils.http import urlencode
from django.utils.timezone import is_aware
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from clients.access import require, runs_the_firm, sees_all_clients
from clients.commands import Refused
from clients.feedback import notice
from clients.firm import firm_today
from clients.jobs import start_job
from clients.models import Client, ClientStatus, Job, JobState
from clients.requests import SignedInRequest
from tiers import lists, review, runs, services
from tiers.models import AssignmentSource, Explanation, RunStatus, ScoringRun

IN_THE_REQUEST = 20_000  # clients that are ranked; more than that goes to a worker
MOVES_IN_THE_REQUEST = 5_000  # that are applied or undone; more goes to a worker
MOST_CHOSEN = 1_000  # boxes of one form


# --- Reading --------------------------------------------------------------------------------------------


@require(sees_all_clients)
def run_list(request: HttpRequest) -> HttpResponse:
    """Scoring runs, the newest first; `before` continues an older page."""
    rows = ScoringRun.objects.select_related("policy", "created_by", "applied_by").order_by("-id")
    if (before := request.GET.get("before", "")).isdecimal():
        rows = rows.filter(id__lt=int(before[:18]))
    page = list(rows[: runs.PAGE + 1])
    going_on = Job.objects.filter(
        task__startswith="tiers.", state__in=(JobState.WAITING, JobState.WORKING)
    ).order_by("-id")
    return render(
        request,
        "tiers/runs.html",
        {
            "section": "runs",
            "runs": page[: runs.PAGE],
            "older": page[runs.PAGE - 1].pk if len(page) > runs.PAGE else None,
            "jobs": going_on[:5],
        },
    )


@require(sees_all_clients)
def run_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """A run: totals, tiers, who moves from where to where and why, and what people said of it."""
    run = get_object_or_404(ScoringRun.objects.select_related("policy", "created_by", "applied_by"), pk=pk)
    narrowed = review.Narrowed.of(request.GET)
    after = request.GET.get("after", "")
    moves, beyond = review.page(run, narrowed, after=int(after[:18]) if after.isdecimal() else 0)
    cells = review.cells(run)
    total = run.total_revenue
    is_proposal = run.status == RunStatus.PROPOSED
    overtaken = services.overtaken(run) if is_proposal and run.moves else ""
    context: dict[str, Any] = {
        "section": "runs",
        "run": run,
        "warnings": runs.warning_texts(run),
        "tiers": [
            {**row, "share": Decimal(row["revenue"]) / total if total > 0 else None} for row in run.tiers
        ],
        "matrix": _matrix(cells),
        "given": sum(cell.given for cell in cells),
        "rejected": sum(cell.rejected for cell in cells),
        "open": sum(cell.open for cell in cells),
        "moves": moves,
        "next": beyond,
        "narrowed": narrowed,
        "chips": _chips(narrowed),
        "leads": lists.leads() if moves or narrowed.params else [],
        "gone": bool(run.moves) and (run.thinned or not run.explanations.exists()),
        "is_proposal": is_proposal and not overtaken,
        "overtaken": overtaken,
        "stayed": runs.staying_text(runs.staying(run)),
        "is_applied": run.status == RunStatus.APPLIED,
        "can_undo": runs.can_be_undone(run),
    }
    return render(request, "tiers/run.html", context)


def _matrix(cells: list[review.Cell]) -> dict[str, Any]:
    """The moves as a table: a row for each tier before, a column for each after."""
    columns = list(dict.fromkeys(cell.new for cell in sorted(cells, key=lambda each: each.new or "~")))
    by_tiers = {(cell.old, cell.new): cell for cell in cells}
    rows = list(dict.fromkeys(cell.old for cell in sorted(cells, key=lambda each: each.old or "~")))
    return {
        "columns": columns,
        "rows": [{"old": old, "cells": [by_tiers.get((old, new)) for new in columns]} for old in rows],
    }


def _chips(narrowed: review.Narrowed) -> list[tuple[str, str]]:
    """Each filter in words, with the query string of the page without it."""
    words = {
        "from": _("From %(tier)s") % {"tier": _tier_word(narrowed.old)},
        "to": _("To %(tier)s") % {"tier": _tier_word(narrowed.new)},
        "advisor": _("Nobody leads")
        if narrowed.advisor == review.NONE
        else _("Led by %s") % narrowed.advisor,
        "shown": _("Rejected") if narrowed.shown == "rejected" else _("Not rejected"),
    }
    params = narrowed.params
    return [
        (words[name], urlencode({other: value for other, value in params.items() if other != name}))
        for name in params
    ]


def _tier_word(code: str) -> str:
    return _("no tier") if code == review.NONE else _("tier %(tier)s") % {"tier": code}


# --- Acting ---------------------------------------------------------------------------------------------


@require(runs_the_firm)
@require_POST
def propose(request: SignedInRequest) -> HttpResponse:
    """Proposes a run for today: here, or in a worker where the firm is large or `worker` asks for it."""
    if "worker" in request.POST or _is_large():
        job = start_job(
            task="tiers.propose_run",
            title=_("Ranking every client"),
            by=request.user,
            arguments=[request.user.pk],
        )
        return redirect("clients:job", job.pk)
    try:
        run = services.propose_run(as_of=firm_today(), by=request.user)
    except Refused as refusal:
        return _refused(request, refusal, then=reverse("tiers:runs"))
    return redirect("tiers:run", pk=run.pk)


def _is_large() -> bool:
    active = Client.objects.filter(status=ClientStatus.ACTIVE)
    return active[: IN_THE_REQUEST + 1].count() > IN_THE_REQUEST


@require(runs_the_firm)
@require_POST
def apply(request: SignedInRequest, pk: int) -> HttpResponse:
    """Starts the tiers that the run proposes: all that nobody rejected, or with `chosen` those chosen."""
    run = get_object_or_404(ScoringRun, pk=pk)
    here = reverse("tiers:run", args=[pk])
    chosen: QuerySet[Explanation] | None = None
    number = sum(move["clients"] for move in run.moves)
    if "chosen" in request.POST:
        chosen = _chosen(run, request.POST)
        number = chosen[: MOVES_IN_THE_REQUEST + 1].count()
        if not number:
            return _refused(request, Refused(_("Choose at least one move.")), then=here)
    if number > MOVES_IN_THE_REQUEST:  # so many chosen ones are all that the filters match
        filters = None if chosen is None else request.POST.get("filters", "")
        job = start_job(
            task="tiers.apply_run",
            title=_("Applying run %(n)s") % {"n": pk},
            by=request.user,
            arguments=[pk, request.user.pk, filters],
        )
        return redirect("clients:job", job.pk)
    clients = None if chosen is None else list(chosen.values_list("client_id", flat=True))
    try:
        applied = services.apply_run(run=run, applied_by=request.user, clients=clients)
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
def undo(request: SignedInRequest, pk: int) -> HttpResponse:
    """Gives everyone the tier back that they had before the run, but those pinned since."""
    run = get_object_or_404(ScoringRun, pk=pk)
    here = reverse("tiers:run", args=[pk])
    moved = run.assignments.exclude(source=AssignmentSource.FIRST)
    if moved[: MOVES_IN_THE_REQUEST + 1].count() > MOVES_IN_THE_REQUEST:
        job = start_job(
            task="tiers.undo_run",
            title=_("Undoing run %(n)s") % {"n": pk},
            by=request.user,
            arguments=[pk, request.user.pk],
        )
        return _to(request, reverse("clients:job", args=[job.pk]))
    try:
        undone = services.undo_run(run=run, by=request.user)
    except Refused as refusal:
        return _refused(request, refusal, then=here)
    words = ngettext(
        "Undone: %(n)s client is back where it was.",
        "Undone: %(n)s clients are back where they were.",
        undone,
    ) % {"n": number_format(undone, force_grouping=True)}
    stayed = runs.staying_text(runs.staying(run))
    notice(request, f"{words} {stayed}" if stayed else words)
    return _back(request, here)


@require(runs_the_firm)
def reject(request: SignedInRequest, pk: int) -> HttpResponse:
    """Rejects the chosen moves with a reason; asks for one on a page of its own, or in the row."""
    run = get_object_or_404(ScoringRun, pk=pk)
    asked = request.POST if request.method == "POST" else request.GET
    chosen = _chosen(run, asked)
    error = ""
    if request.method == "POST":
        try:
            before = run.rejected_moves.count()
            at = review.reject(run=run, chosen=chosen, reason=asked.get("reason", ""), by=request.user)
        except Refused as refusal:
            error = " ".join(refusal.reasons)
        else:
            number = run.rejected_moves.count() - before
            notice(
                request,
                ngettext("%(n)s move rejected.", "%(n)s moves rejected.", number)
                % {"n": number_format(number, force_grouping=True)},
                undo_url=f"{reverse('tiers:restore', args=[pk])}?{urlencode({'at': at.isoformat()})}",
            )
            return redirect(_where_from(asked, pk))
    first = chosen.first()
    context = {
        "section": "runs",
        "run": run,
        "asked": asked,
        "chosen": [value for value in asked.getlist("client") if value.isdecimal()][:MOST_CHOSEN],
        "filters": asked.get("filters", ""),
        "number": chosen.count(),
        "only": first,
        "error": error,
        "reason": asked.get("reason", ""),
        "longest": review.LONGEST_REASON,
    }
    in_row = request.htmx and request.method == "GET"
    template = "tiers/partials/reject_row.html" if in_row else "tiers/reject.html"
    return render(request, template, context, status=422 if error else 200)


@require(runs_the_firm)
@require_POST
def restore(request: SignedInRequest, pk: int) -> HttpResponse:
    """Takes rejections back: of the client that the form names, or the batch that was made `at` a moment."""
    run = get_object_or_404(ScoringRun, pk=pk)
    rejected = run.rejected_moves.none()
    if (client := request.POST.get("client", "")).isdecimal():
        rejected = run.rejected_moves.filter(client=int(client[:18]))
    elif at := _moment(request.GET.get("at", "")):
        rejected = run.rejected_moves.filter(at=at, by=request.user)
    try:
        number = review.restore(run=run, rejected=rejected)
    except Refused as refusal:
        return _refused(request, refusal, then=reverse("tiers:run", args=[pk]))
    notice(
        request,
        ngettext("%(n)s move is open again.", "%(n)s moves are open again.", number)
        % {"n": number_format(number, force_grouping=True)},
    )
    return _back(request, _where_from(request.POST, pk))


# --- What a form says -----------------------------------------------------------------------------------


def _chosen(run: ScoringRun, asked: QueryDict) -> QuerySet[Explanation]:
    """The moves that a form chose: those of its boxes, or with `all` every one that its filters match."""
    if "all" in asked:
        return review.moves(run, review.Narrowed.of(QueryDict(asked.get("filters", ""))))
    ids = [int(value[:18]) for value in asked.getlist("client")[:MOST_CHOSEN] if value.isdecimal()]
    return runs.movers(run).filter(client_id__in=ids)


def _moment(text: str) -> dt.datetime | None:
    """The moment that names a batch of rejections; none where the text is no moment of this century."""
    try:
        at = parse_datetime(text)
    except ValueError:
        return None
    return at if at and is_aware(at) and at.year >= 2000 else None


def _where_from(asked: QueryDict, pk: int) -> str:
    """The run's page with the filters that the form came with."""
    params = review.Narrowed.of(QueryDict(asked.get("filters", ""))).params
    here = reverse("tiers:run", args=[pk])
    return f"{here}?{urlencode(params)}#movers" if params else f"{here}#movers"


def _refused(request: HttpRequest, refusal: Refused, *, then: str) -> HttpResponse:
    notice(request, " ".join(refusal.reasons), went_wrong=True)
    return _back(request, then)


def _to(request: HttpRequest, url: str) -> HttpResponse:
    """Another page, also for an undo in a notice."""
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)  # type: ignore[attr-defined]


def _back(request: HttpRequest, url: str) -> HttpResponse:
    """The page again; undo in a notice asks without leaving it."""
    return HttpResponseClientRefresh() if request.htmx else redirect(url)  # type: ignore[attr-defined]
