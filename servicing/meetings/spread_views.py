"""Confidence for operations: the spread by persona and advisor, the clients behind a figure, and the file."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from clients.access import require, sees_all_clients
from clients.models import Persona, User
from clients.register.active import is_active
from clients.requests import SignedInRequest
from servicing.delivery.files import download
from servicing.delivery.periods import month_of
from servicing.meetings.spread import (
    LOW,
    NONE,
    SCALE,
    Figures,
    Spread,
    as_csv,
    clients_behind,
    clients_file,
    groups_of,
    spread,
)
from servicing.meetings.tracked import CONFIDENCE
from servicing.views.task import is_id

PERIODS = [
    (3, gettext_lazy("3 months")),
    (6, gettext_lazy("6 months")),
    (12, gettext_lazy("12 months")),
    (24, gettext_lazy("24 months")),
]
USUAL = 12
ADVISORS = 25  # on the page; the file has all
PAGE = 50
MOST_PAGES = 200
FILTERS = ("persona", "advisor", "tier", "value", "low", "fell")


@require(sees_all_clients)
@require_GET
def confidence(request: SignedInRequest) -> HttpResponse:
    """How confident clients are, by persona and by lead advisor; each figure opens its clients."""
    months = _months(request)
    found = _spread(months)
    context = {
        "found": found,
        "boxes": _boxes(found.personas),
        "advisors": found.advisors[:ADVISORS],
        "more_advisors": len(found.advisors) > ADVISORS,
        "scale": SCALE,
        "low": LOW,
        "months": months,
        "months_text": str(months),
        "periods": PERIODS,
    }
    return render(request, "servicing/meetings/spread.html", context)


@require(sees_all_clients)
@require_GET
def confidence_clients(request: SignedInRequest) -> HttpResponseBase:
    """The clients behind a figure, the least confident first; all of them as a file with `file`."""
    months, page, month = _months(request), _page(request), month_of(request.GET.get("month", ""))
    chosen = {name: request.GET.get(name, "").replace("\x00", "") for name in FILTERS}
    rows: list[dict[str, Any]] = []
    number = 0
    if "file" in request.GET and is_active(CONFIDENCE):
        text = clients_file(today=timezone.localdate(), months=months, chosen=chosen, month=month)
        return download("confidence-by-client", text)
    if is_active(CONFIDENCE):
        rows, number = clients_behind(
            today=timezone.localdate(),
            months=months,
            chosen=chosen,
            limit=PAGE,
            offset=(page - 1) * PAGE,
            month=month,
        )
    context = {
        "rows": rows,
        "number": number,
        "previous": page - 1,
        "next": page + 1 if page * PAGE < number and page < MOST_PAGES else None,
        "chosen": _in_words(chosen),
        "months": months,
        "month": month,
    }
    return render(request, "servicing/meetings/spread_clients.html", context)


@require(sees_all_clients)
@require_GET
def confidence_file(request: SignedInRequest) -> HttpResponse:
    """The tables as CSV."""
    return HttpResponse(
        as_csv(groups_of(_spread(_months(request)))),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="confidence.csv"'},
    )


def _spread(months: int) -> Spread:
    if not is_active(CONFIDENCE):
        return Spread(None, [], [])
    return spread(today=timezone.localdate(), months=months)


def _months(request: SignedInRequest) -> int:
    """The period asked for; what is not offered is the usual one."""
    asked = request.GET.get("months", "")
    return int(asked) if asked in {str(months) for months, _label in PERIODS} else USUAL


def _page(request: SignedInRequest) -> int:
    asked = request.GET.get("page", "")
    return max(1, min(int(asked), MOST_PAGES)) if is_id(asked) else 1


def _in_words(chosen: dict[str, str]) -> list[str]:
    """What narrows the list, for its heading."""
    found = []
    if code := chosen["persona"]:
        word = Persona.objects.filter(code=code).first()
        found.append(_("no persona") if code == NONE else str(word or _("unknown persona")))
    if asked := chosen["advisor"]:
        person = User.objects.filter(pk=int(asked)).first() if is_id(asked) else None
        nobody = _("nobody leads") if asked == NONE else _("unknown person")
        found.append(person.display_name if person else nobody)
    if code := chosen["tier"]:
        found.append(_("no tier") if code == NONE else _("tier %(code)s") % {"code": code})
    if value := chosen["value"]:
        found.append(_("answered %(value)s") % {"value": value})
    if chosen["low"]:
        found.append(_("%(low)s or lower") % {"low": LOW})
    if chosen["fell"]:
        found.append(_("lower than the time before"))
    return found


# The drawing: 720 wide, a band of 40 for each group, the scale below. Room for labels at its left.
LEFT, WIDTH, BAND = 176, 520, 40


def _boxes(groups: list[Figures]) -> dict[str, Any] | None:
    """A box from quartile to quartile with the median, on a line from the lowest to the highest answer."""
    if not groups:
        return None
    step = WIDTH / (len(SCALE) - 1)
    boxes = []
    for place, each in enumerate(groups):
        given = [value for value, count in enumerate(each.counts) if count]
        boxes.append(
            {
                "figures": each,
                "y": place * BAND + BAND // 2,
                "low": round(LEFT + step * given[0], 1),
                "high": round(LEFT + step * given[-1], 1),
                "from": round(LEFT + step * each.lower, 1),
                "wide": round(max(step * (each.upper - each.lower), 2), 1),
                "median": round(LEFT + step * each.median, 1),
            }
        )
    return {
        "boxes": boxes,
        "height": len(groups) * BAND + 28,
        "bottom": len(groups) * BAND,
        "steps": [{"x": round(LEFT + step * value, 1), "label": value} for value in SCALE],
        "says": "; ".join(
            _("%(group)s: median %(median)s, half of the answers from %(lower)s to %(upper)s")
            % {
                "group": each.label,
                "median": f"{each.median:g}",
                "lower": f"{each.lower:g}",
                "upper": f"{each.upper:g}",
            }
            for each in groups
        )
        + ".",
    }
