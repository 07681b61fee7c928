"""Promise and delivery: figures, tables and the lists behind each number; of the firm or of own clients."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clients.access import require, sees_all_clients
from clients.formats import hours
from clients.models import Tier, User
from clients.requests import SignedInRequest
from servicing.delivery import figures, files, periods, reading
from servicing.delivery.promised import ASKED, LABELS, Became
from servicing.delivery.reading import NOBODY, Chosen, Overview
from servicing.models import Beyond, DeliveryRefresh, ServiceKind

PAGE = 50
COUNTED = 10_000
ADVISORS = 25  # on the page; the file has all
TOP = 10  # clients in a worklist on the page
MOST_CLIENTS = 100  # in the list
IN_FILE = 1000

TABLES = ("items", "tiers", "advisors", "clients")
TASKS_IN_FILE = {
    "client": "client__external_id", "name": "client__name", "tier": "tier__code", "service": "kind__label",
    "due_on": "due_on", "window_end": "window_end", "became": "state", "completed_on": "completed_on",
    "person": "person", "planned_minutes": "planned_minutes",
}  # fmt: skip
BEYOND_IN_FILE = {
    "client": "client__external_id", "name": "client__name", "tier": "tier__code", "on": "on",
    "service": "kind__label", "what": "what", "minutes": "minutes", "cost": "cost",
}  # fmt: skip


@require(sees_all_clients)
@require_GET
def delivery(request: SignedInRequest) -> HttpResponse:
    """The whole firm's promise and delivery."""
    return _dashboard(request)


@login_required
@require_GET
def own_delivery(request: SignedInRequest) -> HttpResponse:
    """The same for the clients on whose team one is; who sees the firm is led to its page."""
    if sees_all_clients(request.user):
        return redirect("servicing:delivery")
    return _dashboard(request)


@login_required
@require_GET
def delivery_tasks(request: SignedInRequest) -> HttpResponseBase:
    """The promised tasks behind a number; all of them as a file with `file`."""
    last = _refresh()
    chosen = _asked(request, last.as_of)
    state = request.GET.get("state", "")
    state = state if state in LABELS or state in ASKED else ""
    tasks = reading.tasks_of(chosen, state, last.as_of).order_by("due_on", "id")
    rows: Any = tasks.values(
        "id", "client_id", "client__name", "client__external_id", "tier__code", "kind__label", "due_on",
        "window_end", "status", "completed_on", "planned_minutes", "assigned_to__first_name",
        "assigned_to__last_name", "assigned_to__username",
    )  # fmt: skip
    if "file" in request.GET:
        said = (_said(row, state, last.as_of) for row in rows.iterator(chunk_size=2000))
        cells = ([row[name] for name in TASKS_IN_FILE.values()] for row in said)
        return files.download(f"tasks-{state or 'promised'}", files.lines(TASKS_IN_FILE, cells))
    page = _page(request, rows, tasks)
    page["rows"] = [_said(row, state, last.as_of) for row in page["rows"]]
    words = str((LABELS | ASKED).get(state, "")).lower()
    title = _("Promised: %(state)s") % {"state": words} if state else _("Promised")
    return _list(request, chosen, last, "servicing/delivery/tasks.html", {"title": title, **page})


@login_required
@require_GET
def delivery_beyond(request: SignedInRequest) -> HttpResponseBase:
    """What went beyond the standard, behind a number; all of it as a file with `file`."""
    last = _refresh()
    chosen = _asked(request, last.as_of)
    what = request.GET.get("what", "")
    found = reading.beyond_rows(chosen, what)
    rows: Any = found.order_by("-on", "-id").values(
        "id", "client_id", "client__name", "client__external_id", "tier__code", "kind__label", "on", "what",
        "minutes", "cost",
    )  # fmt: skip
    if "file" in request.GET:
        cells = ([row[name] for name in BEYOND_IN_FILE.values()] for row in rows.iterator(chunk_size=2000))
        return files.download("beyond-the-standard", files.lines(BEYOND_IN_FILE, cells))
    page = _page(request, rows, found)
    for row in page["rows"]:
        row["label"] = Beyond(row["what"]).label
    title = Beyond(what).label if what in Beyond.values else _("Beyond the standard")
    return _list(request, chosen, last, "servicing/delivery/beyond.html", {"title": title, **page})


@login_required
@require_GET
def delivery_clients(request: SignedInRequest) -> HttpResponse:
    """Clients with most beyond the standard, or most missed; the first ten where a page asks for them."""
    last = _refresh()
    chosen = _asked(request, last.as_of)
    by = request.GET.get("by", "")
    by = by if by in ("cost", "minutes", "missed") else "cost"
    if request.htmx:
        context: dict[str, Any] = {
            "given": reading.clients_beyond(chosen, by="cost", limit=TOP),
            "missed": reading.clients_missed(chosen, limit=TOP),
            "kept": _kept(chosen),
        }
        return render(request, "servicing/delivery/worklists.html", context)
    rows = _clients(chosen, by)
    more = {"by": by, "rows": rows, "most": MOST_CLIENTS}
    return _list(request, chosen, last, "servicing/delivery/clients.html", more)


@login_required
@require_GET
def delivery_file(request: SignedInRequest) -> HttpResponse:
    """One of the tables as CSV."""
    chosen = _asked(request, _refresh().as_of)
    name = request.GET.get("table", "")
    name = name if name in TABLES else "items"
    if name == "clients":
        by = request.GET.get("by", "")
        by = by if by in ("minutes", "missed") else "cost"
        text = files.of_clients(_clients(chosen, by, IN_FILE), missed=by == "missed")
    elif name == "advisors" and chosen.team is None:
        lines = reading.advisors(chosen)
        text = files.table(["advisor"], (([line["name"]], line["sums"]) for line in lines))
    elif name == "tiers":
        lines = reading.overview(chosen).tiers
        text = files.table(["tier"], (([line["tier"] or ""], line["sums"]) for line in lines))
    else:
        lines = reading.overview(chosen).items
        cells = (([line["tier"] or "", line["label"] or ""], line["sums"]) for line in lines)
        text = files.table(["tier", "service"], cells)
    return HttpResponse(
        text,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="delivery-{name}.csv"'},
    )


# --- The page -----------------------------------------------------------------------------------------------


def _dashboard(request: SignedInRequest) -> HttpResponse:
    last = _refresh()
    chosen = _asked(request, last.as_of)
    found = reading.overview(chosen)
    by_advisor = chosen.team is None
    people = reading.most_trouble(chosen, added_up=last.refreshed_at, limit=ADVISORS) if by_advisor else []
    context = {
        "found": found,
        "cards": _cards(found, chosen),
        "bars": [line for line in found.items if line["sums"].promised],
        "advisors": reading.advisors(chosen, people=people) if by_advisor else [],
        "most_advisors": ADVISORS,
        "by_advisor": by_advisor,
        "states": list(LABELS.items()),
    }
    return _list(request, chosen, last, "servicing/delivery/dashboard.html", context)


def _cards(found: Overview, chosen: Chosen) -> list[dict[str, Any]]:
    """The figures that somebody would act on, with what they were in the period before."""
    now, before = found.total, found.before
    known = before.promised > 0
    cards: list[dict[str, Any]] = [
        {"label": _("Delivered on time"), "share": now.on_time_share, "state": Became.ON_TIME},
        {"label": _("Missed"), "number": now["missed"], "state": Became.MISSED},
        {"label": _("Overdue"), "number": now["overdue"], "state": Became.OVERDUE},
        {"label": _("Beyond the standard"), "minutes": now.beyond_minutes, "cost": now.beyond_cost},
    ]
    if known:
        cards[0]["change"] = _points(now.on_time_share, before.on_time_share)
        cards[1]["change"] = _more(now["missed"] - before["missed"], str)
    if before.beyond:
        cards[3]["change"] = _more(now.beyond_minutes - before.beyond_minutes, hours)
    cards[2]["change"] = _("window has passed, not done yet")
    return cards


def _points(now: Decimal | None, before: Decimal | None) -> str:
    if now is None or before is None:
        return ""
    points = round(100 * (now - before))
    if not points:
        return _("as in the period before")
    words = _("%(n)s points more than before") if points > 0 else _("%(n)s points fewer than before")
    return words % {"n": abs(points)}


def _more(difference: int, written: Callable[[int], str]) -> str:
    if not difference:
        return _("as in the period before")
    words = _("%(n)s more than before") if difference > 0 else _("%(n)s less than before")
    return words % {"n": written(abs(difference))}


def _list(
    request: SignedInRequest, chosen: Chosen, last: DeliveryRefresh, template: str, more: dict[str, Any]
) -> HttpResponse:
    """A page of delivery with its filters."""
    tiers = list(Tier.objects.order_by("position").values_list("code", "label"))
    kinds = list(ServiceKind.objects.order_by("position").values_list("code", "label"))
    leader = _leader(chosen.advisor)
    context = {
        "chosen": chosen,
        "kept": _kept(chosen),
        "options": [
            {"name": "tier", "label": _("Tier"), "choices": tiers, "value": chosen.tier},
            {"name": "kind", "label": _("Service"), "choices": kinds, "value": chosen.kind},
        ],
        "periods": periods.CHOICES,
        "leader": leader,
        "without_leader": _kept(chosen, advisor=""),
        "refreshed_at": last.refreshed_at,
        "first_month": last.first_month,
        "own": chosen.team is not None,
        **more,
    }
    return render(request, template, context)


def _leader(advisor: str) -> str:
    """The name of the advisor whose clients are looked at."""
    if not advisor or advisor == NOBODY:
        return _("Nobody leads") if advisor else ""
    person = User.objects.filter(pk=int(advisor)).first()
    return person.display_name if person else _("Unknown")


# --- What was asked for -------------------------------------------------------------------------------------


def _asked(request: SignedInRequest, today: dt.date) -> Chosen:
    """The period and filters of the address; what it does not know is left out. Whoever does not see the firm
    looks at own clients. `today`: the day of the figures, so that each number has its list."""
    asked = request.GET
    period = periods.period_of(
        asked.get("period", ""),
        today,
        first=asked.get("from", ""),
        last=asked.get("to", ""),
        since=figures.first_month(today),
    )
    everything = sees_all_clients(request.user)
    advisor = asked.get("advisor", "") if everything else ""
    number = advisor.isascii() and advisor.isdigit() and len(advisor) < 19
    return Chosen(
        period=period,
        tier=_word(asked.get("tier", "")),
        kind=_word(asked.get("kind", "")),
        advisor=advisor if number or advisor == NOBODY else "",
        team=None if everything else request.user.pk,
    )


def _word(text: str) -> str:
    return text if text.isprintable() and len(text) <= 60 else ""


def _kept(chosen: Chosen, **changes: str) -> str:
    """The address of what is chosen, without the question mark."""
    period = chosen.period
    parts = {"period": period.code, "tier": chosen.tier, "kind": chosen.kind, "advisor": chosen.advisor}
    if period.code == periods.MONTHS:
        parts |= {"from": f"{period.first:%Y-%m}", "to": f"{period.last:%Y-%m}"}
    return urlencode({name: value for name, value in (parts | changes).items() if value})


def _refresh() -> DeliveryRefresh:
    """When the figures were added up; a firm that has none yet adds them up now."""
    last = DeliveryRefresh.objects.filter(pk=1).first()
    if last is None:
        figures.refresh()
        last = DeliveryRefresh.objects.get(pk=1)
    return last


def _clients(chosen: Chosen, by: str, limit: int = MOST_CLIENTS) -> list[dict[str, Any]]:
    if by == "missed":
        return reading.clients_missed(chosen, limit=limit)
    return reading.clients_beyond(chosen, by=by, limit=limit)


def _page(request: SignedInRequest, rows: QuerySet, counted: QuerySet) -> dict[str, Any]:
    """One page of a list, and how many it has, counted up to 10,000."""
    count = counted.order_by()[: COUNTED + 1].count()
    pages = Paginator(range(min(count, COUNTED)), PAGE)
    page = pages.get_page(request.GET.get("page"))
    start = (page.number - 1) * PAGE
    return {
        "rows": list(rows[start : start + PAGE]),
        "count": count,
        "cap": COUNTED,
        "page": page,
    }


def _said(row: dict[str, Any], state: str, as_of: dt.date) -> dict[str, Any]:
    """A task with what became of it and who has it, in words."""
    became = state if state in LABELS else _state_of(row, as_of)
    name = f"{row['assigned_to__first_name'] or ''} {row['assigned_to__last_name'] or ''}".strip()
    person = name or row["assigned_to__username"] or ""
    return row | {"state": str(became), "state_label": LABELS[Became(became)], "person": person}


def _state_of(row: dict[str, Any], as_of: dt.date) -> str:
    status = row["status"]
    if status == "done":
        late = row["completed_on"] and row["completed_on"] > row["window_end"]
        return Became.LATE if late else Became.ON_TIME
    if status in ("planned", "scheduled"):
        return Became.OVERDUE if row["window_end"] < as_of else Became.OPEN
    return str(status)
