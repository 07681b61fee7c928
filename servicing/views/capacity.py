"""Capacity: hours promised beside hours available, by week, person, role and tier; and what if."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clients.access import require, runs_the_firm, sees_all_clients
from clients.feedback import notice, with_notice
from clients.models import User
from clients.requests import SignedInRequest
from servicing.capacity import page, person_tasks, reading, weeks
from servicing.capacity.export import people_lines, week_lines
from servicing.capacity.forms import HoursForm
from servicing.capacity.hours import state_hours
from servicing.delivery.files import download, lines
from servicing.models import CapacityFigures, ClientHours, PersonLoad

WORK_IN_FILE = {
    "client": "external_id", "name": "client", "tier": "tier", "day": "day_on", "service": "service",
    "role": "role", "minutes": "minutes",
}  # fmt: skip
ASKS = "try"  # the name that the what-if form sends with its fields


@require(sees_all_clients)
@require_GET
def capacity(request: SignedInRequest) -> HttpResponse:
    """The figures of the firm, a page of its people, and what if."""
    if ASKS in request.GET:
        return redirect(f"{reverse('servicing:capacity')}?{_filled(request.GET)}#what-if")
    figures = _figures()
    show = request.GET.get("show", "")
    show = show if show in (reading.OVER, reading.UNSTATED) else reading.EVERYBODY
    context = {
        "section": "capacity",
        "show": show,
        **page.overview(figures, request.GET),
        **page.people(figures, show, _page(request)),
    }
    form = context["form"]
    refused = form is not None and form.is_asked and not form.is_valid()
    return render(request, "servicing/capacity/capacity.html", context, status=422 if refused else 200)


@require(runs_the_firm)
def hours(request: SignedInRequest, pk: int) -> HttpResponse:
    """States somebody's hours a week: in the row of the table, or on a page of its own."""
    person = get_object_or_404(User, pk=pk)
    stated = ClientHours.objects.filter(user=person).values_list("hours_a_week", flat=True).first()
    form = HoursForm(request.POST if request.method == "POST" else None, initial={"hours": stated})
    if form.is_bound and form.is_valid():
        state_hours(user=person, hours=form.cleaned_data["hours"])
        text = _("Saved.")
        if not request.htmx:
            notice(request, text)
            return redirect("servicing:capacity")
        return with_notice(_row(request, person), text)
    if form.is_bound and request.htmx:
        return _row(
            request,
            person,
            typed=request.POST.get("hours", ""),
            error=" ".join(str(text) for text in form.errors["hours"]),
        )
    return render(
        request,
        "servicing/capacity/hours.html",
        {"section": "capacity", "person": person, "form": form},
        status=422 if form.is_bound else 200,
    )


def _row(
    request: SignedInRequest, person: User, *, typed: str | None = None, error: str = ""
) -> HttpResponse:
    """The row as it is now, and the figures above the chart with it."""
    figures = _figures()
    row = PersonLoad.objects.filter(user=person).values(*page.PERSON).first()
    if row is None:
        raise Http404
    context = {
        "row": page.person_row(figures, row),
        "typed": typed,
        "error": error,
        "swaps": not error,
        **page.first_figures(figures),
    }
    template = "servicing/capacity/row_answer.html"
    return render(request, template, context, status=422 if error else 200)


@require(sees_all_clients)
@require_GET
def week(request: SignedInRequest, monday: str) -> HttpResponse:
    """One week of the firm: which services, and who has how much of it."""
    figures = _figures()
    number = _week_number(figures, monday)
    if number is None:
        raise Http404
    at = _page(request)
    rows = list(
        reading.in_week(number).values(*page.PERSON, "owed", "there")[
            at * page.PAGE : (at + 1) * page.PAGE + 1
        ]
    )
    return render(
        request,
        "servicing/capacity/week.html",
        {
            "section": "capacity",
            "figures": figures,
            "monday": reading.monday(figures, number),
            "before": reading.monday(figures, number - 1) if number else None,
            "after": reading.monday(figures, number + 1) if number + 1 < len(figures.working_days) else None,
            "working_days": figures.working_days[number],
            "services": reading.services_of_week(number),
            "people": [page.week_row(figures, row) for row in rows[: page.PAGE]],
            "next_page": at + 2 if len(rows) > page.PAGE else None,
            "previous_page": at or None,
        },
    )


@require(sees_all_clients)
@require_GET
def person(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """One person's weeks; `week` in the address opens the work of one. Number 0: what nobody is there for."""
    who = get_object_or_404(User, pk=pk) if pk else None
    return _weeks_page(request, who, whose=_("Nobody") if who is None else who.display_name)


@login_required
@require_GET
def own_load(request: SignedInRequest) -> HttpResponseBase:
    """The signed-in person's own weeks."""
    return _weeks_page(request, request.user, whose=_("My load"), own=True)


def _weeks_page(
    request: SignedInRequest, who: User | None, *, whose: str, own: bool = False
) -> HttpResponseBase:
    """A person's weeks; the work of the chosen one as a file with `file`."""
    figures = _figures()
    shown = page.one_person(figures, who.pk if who else None)
    chosen = _week_number(figures, request.GET.get("week", ""))
    rows: list[dict[str, Any]] = []
    if shown and chosen is not None:
        rows = person_tasks.of_week(
            as_of=figures.as_of, person=who.pk if who else None, monday=reading.monday(figures, chosen)
        )
        if tier := request.GET.get("tier", ""):
            rows = [row for row in rows if (row["tier"] or "none") == tier]
        if "file" in request.GET:
            cells = ([row[name] for name in WORK_IN_FILE.values()] for row in rows)
            return download(f"work-of-{reading.monday(figures, chosen)}", lines(WORK_IN_FILE, cells))
    return render(
        request,
        "servicing/capacity/person.html",
        {
            "section": "load" if own else "capacity",
            "own": own,
            "who": who,
            "whose": whose,
            "figures": figures,
            "shown": shown,
            "monday": reading.monday(figures, chosen) if chosen is not None else None,
            "rows": rows[: person_tasks.MOST],
            "cut": person_tasks.MOST if len(rows) > person_tasks.MOST else 0,
            "minutes": sum(row["minutes"] for row in rows),
        },
    )


@require(sees_all_clients)
@require_GET
def export(request: SignedInRequest) -> HttpResponse:
    """The weeks, or the people, as CSV."""
    figures = _figures()
    what = "people" if request.GET.get("what") == "people" else "weeks"
    lines = people_lines(figures) if what == "people" else week_lines(figures)
    return _file(lines, f"capacity-{what}-{figures.as_of.isoformat()}.csv")


def _file(lines: Iterable[str], name: str) -> HttpResponse:
    response = HttpResponse("".join(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _figures() -> CapacityFigures:
    """The figures as they are kept; added up now where nobody has yet."""
    figures = CapacityFigures.objects.first()
    if figures is None:
        weeks.refresh()
        figures = CapacityFigures.objects.get()
    return figures


def _week_number(figures: CapacityFigures, text: str) -> int | None:
    try:
        return reading.number_of(figures, dt.date.fromisoformat(text))
    except ValueError:
        return None


def _page(request: SignedInRequest) -> int:
    """Which page the address asks for, from 0."""
    text = request.GET.get("page", "")
    return max(int(text[:4]) - 1, 0) if text.isascii() and text.isdecimal() else 0


def _filled(query: QueryDict) -> str:
    """The fields of the address that hold something."""
    kept = QueryDict(mutable=True)
    for name, value in query.items():
        if name != ASKS and str(value).strip():
            kept[name] = str(value)
    return kept.urlencode()
