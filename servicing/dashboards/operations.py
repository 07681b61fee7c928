"""The operations dashboard: what is wrong now, what changed, goals, parts, files and lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from clients.access import require, sees_all_clients
from clients.models import ClientStatus, User
from clients.requests import SignedInRequest
from servicing.dashboards import lists, parts, reading, rollups
from servicing.dashboards.links import Links
from servicing.dashboards.reading import NO_TIER, Asked, Figures
from servicing.dashboards.sets import TASKS
from servicing.dashboards.tables import MONEY, TEXT, Cell, Table, columns
from servicing.dashboards.titles import TITLES
from servicing.delivery import figures as delivery_figures
from servicing.delivery import files, periods
from servicing.delivery.reading import NOBODY
from servicing.goals.progress import Progress, progress
from servicing.models import DeliveryRefresh, GoalKind, TaskStatus
from servicing.operations.home import waiting_requests
from servicing.operations.timetable import read_timetable
from servicing.views.task import is_id

PERIODS = [
    (periods.TWELVE, gettext_lazy("Last 12 months")),
    (periods.YEAR, gettext_lazy("This year")),
    (periods.QUARTER, gettext_lazy("This quarter")),
]
PAGE = 50
DEEPEST = 10_000  # rows of a list that can be paged to
JOINED = "joined"
GOALS = "goals"  # the part of the dashboard that no filter narrows
_STATUSES, _CLIENTS = dict(TaskStatus.choices), dict(ClientStatus.choices)


@require(sees_all_clients)
@require_GET
def operations(request: SignedInRequest) -> HttpResponse:
    """The whole dashboard, or one part of it (`part` in the address) by itself."""
    chosen, found = asked_of_figures(request)
    only = request.GET.get("part", "")
    only = only if only in (*TITLES, GOALS) else ""
    shown = parts.build(chosen, found, only=only) if only != GOALS else []
    goals = goals_of(found) if only in ("", GOALS) else []
    context = {
        "section": "overview",
        "asked": chosen,
        "figures": found,
        "only": only,
        "title": TITLES.get(only) or (_("Goals of %s") % found.as_of.year if only else _("Operations")),
        "week": next((part for part in shown if part.code == "week"), None),
        "parts": [part for part in shown if part.code != "week"],
        "kept": chosen.query(),
        "empty": chosen.whole and not found.book("clients"),
        "goals": goals,
        "year": found.as_of.year,
        **_filters(request, chosen, found),
    }
    if not only:
        context |= {"cards": cards_of(chosen, found, request.user), "troubles": _troubles()}
    return render(request, "servicing/dashboards/operations.html", context)


def cards_of(chosen: Asked, found: Figures, user: User | None = None) -> list[dict[str, Any]]:
    """What needs a look now; requests, which no filter narrows, are those that `user` sees, or all."""
    cards = parts.cards(found, Links(chosen, found.username))
    if chosen.whole:
        cards.insert(4, waiting_requests(user))
    return cards


def goals_of(found: Figures) -> list[Progress]:
    """The firm's goals of this year, with the lists behind them: they are not narrowed by any filter."""
    year = f"period={periods.YEAR}"
    clients, tasks = reverse("servicing:dashboard_clients"), reverse("servicing:delivery_tasks")
    everybody = f"{clients}?{year}&show={lists.EVERYBODY}"
    links = {
        GoalKind.REVENUE.value: f"{everybody}&sort=revenue",
        GoalKind.AN_HOUR.value: f"{everybody}&sort=time",
        GoalKind.LOAD.value: reverse("servicing:capacity"),
        GoalKind.ON_TIME.value: f"{tasks}?{year}&state=on_time",
    }
    return progress(found.goals, found.year, found.last_year, found.as_of, links)


def goals_table(goals: list[Progress]) -> Table:
    """The goals of the year as a table: money, and percent for what is a share."""
    head = columns(
        ("goal", _("Goal")), ("now", _("Now")), ("target", _("Goal of the year")),
        ("by_today", _("By today")), ("state", _("How it is")),
    )  # fmt: skip
    amounts = ((each, each.value, each.target, each.by_now) for each in goals)
    rows = [
        [Cell(each.label, TEXT), *(Cell(number, MONEY) for number in numbers), Cell(each.words, TEXT)]
        for each, *numbers in amounts
    ]
    return Table("goals", _("Goals of the year"), head, rows)


def now_table(cards: list[dict[str, Any]]) -> Table:
    """What needs a look now, as a table."""
    head = columns(("what", _("What")), ("number", _("Number")), ("note", _("About it")))
    rows = [[Cell(str(c["label"]), TEXT), Cell(c["value"]), Cell(str(c["note"]), TEXT)] for c in cards]
    return Table("now", _("What needs a look now"), head, rows)


def _troubles() -> list[dict[str, Any]]:
    return [
        {"pk": line.schedule.pk, "name": line.schedule.name, "state": line.state.value, "since": line.since}
        for line in read_timetable().troubles
    ]


@require(sees_all_clients)
@require_GET
def dashboard_file(request: SignedInRequest) -> HttpResponse:
    """One table of the dashboard as CSV; all advisors and people in theirs."""
    name = request.GET.get("table", "")
    only = name.partition("-")[0]
    if only not in (*TITLES, GOALS, "now"):
        raise Http404
    chosen, found = asked_of_figures(request)
    if name == GOALS:
        return as_file(f"goals-{chosen.today.year}", goals_table(goals_of(found)).as_csv())
    if name == "now":
        return as_file(name, now_table(cards_of(chosen, found, request.user)).as_csv())
    for part in parts.build(chosen, found, only=only, everybody=True):
        for table in part.tables:
            if table.code == name:
                return as_file(name, table.as_csv())
    return as_file(name, "")


def as_file(name: str, text: str) -> HttpResponse:
    """CSV to be stored."""
    return HttpResponse(
        text,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


# --- The lists behind the numbers --------------------------------------------------------------------------


@require(sees_all_clients)
@require_GET
def dashboard_tasks(request: SignedInRequest) -> HttpResponseBase:
    """The tasks of a set, or the clients who joined; `week` before: a week earlier; `file`: all as a file."""
    what = request.GET.get("what", "")
    what = what if what in TASKS or what == JOINED else "overdue"
    before = request.GET.get("week") == "before" and (what == JOINED or TASKS[what].weekly)
    chosen, found = asked_of_figures(request)
    as_of = found.as_of - dt.timedelta(days=7) if before else found.as_of
    if "file" in request.GET:
        return _tasks_file(what, chosen, as_of)
    page = page_of(request)
    place = {"limit": PAGE, "offset": (page - 1) * PAGE}
    if what == JOINED:
        rows, count = lists.joined(chosen, as_of, **place)
        title = _("Joined in the last seven days")
    else:
        rows, count = lists.tasks(what, chosen, as_of, **place)
        title = str(TASKS[what].title)
    for row in rows:
        row["status_label"] = _STATUSES.get(row.get("status", ""), "")
    if before:
        title = _("%(title)s, as of a week ago") % {"title": title}
    return render(
        request,
        "servicing/dashboards/tasks.html",
        {
            "section": "overview",
            "title": title,
            "rows": rows,
            "joined": what == JOINED,
            "overdue": what == "overdue",
            "timeless": True,
            "fields": {"what": what, "week": "before" if before else ""},
            **pager(count, page),
            **_list_context(request, chosen, found),
        },
    )


def _tasks_file(what: str, chosen: Asked, as_of: dt.date) -> HttpResponseBase:
    """The whole of a list of tasks, or of clients who joined, as CSV."""
    if what == JOINED:
        names, rows = lists.JOINED_IN_FILE, lists.everybody_joined(chosen, as_of)
        head: tuple[str, ...] = ("client", "name", "tier", "client_since", "advisor")
    else:
        names, rows = lists.TASKS_IN_FILE, lists.every_task(what, chosen, as_of)
        head = ("client", "name", "tier", "task", *names[4:])
    return files.download(
        f"{what}-{as_of}", files.lines(head, ([row[name] for name in names] for row in rows))
    )


@require(sees_all_clients)
@require_GET
def dashboard_clients(request: SignedInRequest) -> HttpResponseBase:
    """Clients by what they brought and took in the period; as a file with `file`."""
    chosen, found = asked_of_figures(request)
    sort = request.GET.get("sort", "")
    sort = sort if sort in lists.SORTS else "margin"
    show = request.GET.get("show", "")
    show = show if show in (lists.COSTLY, lists.EVERYBODY) else ""
    if show == lists.EVERYBODY:
        since = delivery_figures.first_month(chosen.today)
        chosen = replace(chosen, period=periods.period_of(periods.YEAR, chosen.today, since=since))
    rows = lists.results(chosen, show=show)
    top = request.GET.get("top", "")
    if is_id(top) and int(top):
        rows = lists.first_ones(rows, sort, int(top))
    ordered = lists.with_names(rows.order_by(*lists.SORTS[sort]))
    if "file" in request.GET:
        return files.download("clients-by-result", _clients_csv(ordered))
    sums, page = lists.sums(rows), page_of(request)
    return render(
        request,
        "servicing/dashboards/clients.html",
        {
            "section": "overview",
            "rows": [_with_rate(row) for row in ordered[(page - 1) * PAGE : page * PAGE]],
            "sums": _with_rate(sums),
            "sort": sort,
            "show": show,
            "timeless": show == lists.EVERYBODY,
            "fields": {"sort": sort, "show": show, "top": top if is_id(top) else ""},
            **pager(sums["number"], page),
            **_list_context(request, chosen, found),
        },
    )


def _with_rate(row: dict[str, Any]) -> dict[str, Any]:
    """Revenue an hour beside what was brought and taken; None where no time was logged."""
    name = f"{row.get('first_name') or ''} {row.get('last_name') or ''}".strip() or row.get("username")
    return row | {
        "status_label": _CLIENTS.get(row.get("status", ""), ""),
        "an_hour": row["revenue"] * 60 / row["minutes"] if row["minutes"] else None,
        "advisor": name,
    }


def _clients_csv(rows: Any) -> Iterator[str]:
    """A header, then a line for each client, however many there are."""
    head = [(name, name) for name in ("client", "name", "tier", "advisor", "revenue", "cost", "margin",
                                      "minutes", "revenue_an_hour", "status")]  # fmt: skip
    table = Table("clients", "", columns(*head))
    yield table.as_csv()
    for row in map(_with_rate, rows.iterator(chunk_size=2000)):
        yield table.line(
            [
                *(Cell(row[key], TEXT) for key in ("external_id", "name", "code", "advisor")),
                *(Cell(row[key], MONEY) for key in ("revenue", "cost", "margin")),
                Cell(row["minutes"]),
                Cell(row["an_hour"], MONEY),
                Cell(row["status"], TEXT),
            ]
        )


# --- What was asked for -----------------------------------------------------------------------------------


def asked_of_figures(request: SignedInRequest) -> tuple[Asked, Figures]:
    """What is asked for, of the figures that there are: until those of a new day are added up the periods are
    those of the day before, so that each number still has its list."""
    chosen = asked(request)
    found = figures(chosen)
    if found.as_of == chosen.today:
        return chosen, found
    chosen = asked(request, today=found.as_of)
    return chosen, figures(chosen)


def asked(request: SignedInRequest, *, today: dt.date | None = None) -> Asked:
    """Period, tier and advisor of the address; what it does not know is left out.

    An advisor is a person's number, `none`, or a username where somebody typed one. `today`: the firm's,
    where none is given.
    """
    today, query = today or timezone.localdate(), request.GET
    code = query.get("period", "")
    known = {name for name, _label in PERIODS}
    period = periods.period_of(
        code if code in known else periods.TWELVE, today, since=delivery_figures.first_month(today)
    )
    tier, advisor = _word(query.get("tier", "")), advisor_of(query.get("advisor", ""))
    return Asked(period, today=today, tier=tier, advisor=advisor)


def advisor_of(text: str) -> str:
    """A person's number as text, `none` for nobody, or nothing."""
    if text == NOBODY or not text:
        return text
    if is_id(text):
        return str(int(text))
    person = User.objects.filter(username=_word(text)).values_list("pk", flat=True).first()
    return str(person) if person else ""


def _word(text: str) -> str:
    return text if text.isprintable() and len(text) <= 60 else ""


def figures(chosen: Asked) -> Figures:
    """The figures of what is asked for; a firm that has none yet adds them up now."""
    found = reading.read(chosen)
    if found is None:
        if not DeliveryRefresh.objects.exists():
            delivery_figures.refresh()
        rollups.refresh()
        found = reading.read(chosen)
    if found is None:
        raise Http404
    return found


def _filters(request: SignedInRequest, chosen: Asked, found: Figures) -> dict[str, Any]:
    return {
        "periods": PERIODS,
        "tiers": [*found.tiers, (NO_TIER, _("Untiered"))],
        "leads": found.leads,
        "leader": _("Nobody leads") if chosen.advisor == NOBODY else found.leader,
        "chosen_advisor": found.username if found.leads is None and found.username else chosen.advisor,
    }


def _list_context(request: SignedInRequest, chosen: Asked, found: Figures) -> dict[str, Any]:
    return {
        "asked": chosen,
        "figures": found,
        "kept": chosen.query(),
        "back": f"{reverse('servicing:operations')}?{chosen.query()}",
        **_filters(request, chosen, found),
    }


def page_of(request: SignedInRequest) -> int:
    text = request.GET.get("page", "")
    return min(max(int(text), 1), DEEPEST // PAGE) if is_id(text) else 1


def pager(count: int, page: int) -> dict[str, Any]:
    """How many rows a list has, and the numbers of its neighbouring pages."""
    more = page * PAGE < min(count, DEEPEST)
    return {"count": count, "previous": page - 1, "next": page + 1 if more else None}
