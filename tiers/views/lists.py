"""Graduation and watch: who would have more service, and who is close to the edge of a tier."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from clients.access import sees_all_clients
from clients.requests import SignedInRequest
from tiers import lists, rules, runs
from tiers.client_charts import Trend
from tiers.models import TierSettings

RUNS_SHOWN = 12


@login_required
@require_GET
def graduation(request: SignedInRequest) -> HttpResponse:
    """One of the two lists, fifty a page, each client with the way its score went."""
    which, advisor = _asked(request)
    run = lists.latest_published_run(timezone.localdate())
    margin = TierSettings.current().watch_margin
    page: list[dict[str, Any]] = []
    following = ""
    if run:
        rows = lists.rows_of(run, which, request.user, margin=margin, advisor=advisor)
        page, following = lists.page_of(rows, after=request.GET.get("after", ""))
        today = timezone.localdate()
        ids = [row["client_id"] for row in page]
        histories = runs.histories(ids, limit=RUNS_SHOWN, today=today) if page else {}
        for row in page:
            row["trend"] = Trend.of(histories[row["client_id"]])
            row["reason"] = rules.RULE_LABELS.get(row["rule"], row["rule"])
            row["kept"] = row["rule"] == rules.KEPT
    return render(
        request,
        "tiers/graduation.html",
        {
            "section": "graduation",
            "which": which,
            "title": lists.title(which),
            "run": run,
            "rows": page,
            "next": following,
            "leads": lists.leads() if sees_all_clients(request.user) else None,
            "advisor": advisor,
            "margin": margin,
            "kept": _query(which, advisor),
            "is_up": which == lists.UP,
        },
    )


@login_required
@require_GET
def graduation_file(request: SignedInRequest) -> HttpResponseBase:
    """The whole of the list as CSV."""
    which, advisor = _asked(request)
    run = lists.latest_published_run(timezone.localdate())
    margin = TierSettings.current().watch_margin
    lines: Iterable[str] = ()
    if run:
        rows = lists.rows_of(run, which, request.user, margin=margin, advisor=advisor)
        lines = lists.csv_lines(rows, which)
    return StreamingHttpResponse(
        lines,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{which}.csv"'},
    )


def _asked(request: SignedInRequest) -> tuple[str, str]:
    """The list and the advisor that the address asks for."""
    which = lists.WATCH if request.GET.get("list") == lists.WATCH else lists.UP
    advisor = request.GET.get("advisor", "")[:150]
    return which, "" if "\x00" in advisor else advisor


def _query(which: str, advisor: str) -> str:
    return urlencode({"list": which} | ({"advisor": advisor} if advisor else {}))
