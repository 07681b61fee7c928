"""The one-page flow: what equity pay brings in twelve months, what tax takes, what is sold and kept, and how
much of the household hangs on the company before and after. Drawn from the estimates alone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.formats import money
from personas.models import GrantKind
from personas.tools.equity.estimates import CompanyView, Estimates, Source
from personas.tools.equity.holdings import Choice

ZERO = Decimal(0)
# The drawing: 960 wide. Bands from FROM_X to TO_X within TOP and TOP + TALL; bars below.
FROM_X, TO_X, NODE = 190, 650, 12
TOP, TALL, SLOT = 40, 300, 44
BAR_STEP, BAR_X, BAR_WIDTH = 40, 190, 460

PARTS = ("withheld", "set_aside", "amt", "sold", "kept")


def flow(found: Estimates) -> dict[str, Any]:
    """What the template draws and the rows of its tables."""
    view = found.largest
    bands = _bands(found)
    bars_y = bands["bottom"] + 84
    return {
        **bands,
        "bars": _bars(found, view, bars_y) if view else [],
        "bars_title_y": bars_y - 40,
        "scale_y": bars_y - 10,
        "scale": [{"x": BAR_X + BAR_WIDTH * part // 4, "label": f"{25 * part} %"} for part in range(5)],
        "bars_bottom": bars_y + BAR_STEP * 4 - 14,
        "height": bars_y + BAR_STEP * 4 + 8,
        "company": view.company.row if view else None,
        "target_x": round(BAR_X + BAR_WIDTH * float(found.book.profile.target_percent) / 100, 1),
        "target": found.book.profile.target_percent,
        "rows": [(_named(kind), source) for kind, source in found.sources.items()],
        "totals": {name: found.total(name) for name in ("gross", "shares", *PARTS)},
        "says": _in_words(found, view),
    }


def _named(kind: str) -> str:
    return str(GrantKind(kind).label)


def _part_names(found: Estimates) -> dict[str, str]:
    return {
        "withheld": _("Withheld by the employer"),
        "set_aside": _("To set aside for tax"),
        "amt": _("AMT exposure") if found.amt_is_known else _("AMT exposure, at most"),
        "sold": _("Sold by the rule, after tax"),
        "kept": _("Kept in shares"),
    }


def _bands(found: Estimates) -> dict[str, Any]:
    """Nodes at the left and the right, bands between them; heights by money."""
    gross = found.total("gross")
    sources = list(found.sources.values())
    ends = {name: found.total(name) for name in PARTS}
    scale = (TALL - SLOT * 3) / float(gross) if gross else 0
    left, starts = _stacked([(source.kind, float(source.gross) * scale) for source in sources])
    shown = [name for name in PARTS if ends[name] > 0]
    right, arrives = _stacked([(name, float(ends[name]) * scale) for name in shown])
    bands = []
    for source in sources:
        for name in shown:
            amount = getattr(source, name)
            tall = float(amount) * scale
            if tall <= 0:
                continue
            bands.append({"path": _band(starts[source.kind], arrives[name], tall), "part": name})
            starts[source.kind] += tall
            arrives[name] += tall
    names = _part_names(found)
    return {
        "sources": [
            {
                **left[source.kind],
                "name": _named(source.kind),
                "value": money(source.gross) if source.gross else _("nothing"),
                "detail": _shares(source),
            }
            for source in sources
        ],
        "ends": [
            {**right[name], "name": names[name], "value": money(ends[name]), "part": name} for name in shown
        ],
        "bands": bands,
        "bottom": max((node["bottom"] for node in [*left.values(), *right.values()]), default=TOP),
        "from_x": FROM_X,
        "to_x": TO_X,
        "node": NODE,
    }


def _stacked(nodes: list[tuple[str, float]]) -> tuple[dict[str, dict[str, float]], dict[str, float]]:
    """Nodes below one another, each with room for its label; and where the bands of each begin."""
    y = float(TOP)
    placed, starts = {}, {}
    for name, tall in nodes:
        room = max(tall, SLOT)
        top = y + (room - tall) / 2
        placed[name] = {
            "y": round(top, 1),
            "tall": round(max(tall, 1.5), 1),
            "middle": round(top + tall / 2, 1),
            "bottom": y + room,
        }
        starts[name] = top
        y += room + 8
    return placed, starts


def _band(start: float, end: float, tall: float) -> str:
    """A band of one height from the left to the right."""
    first, last = FROM_X + NODE, TO_X
    middle = (first + last) / 2
    return (
        f"M{first} {start:.1f}C{middle:.0f} {start:.1f} {middle:.0f} {end:.1f} {last} {end:.1f}v{tall:.1f}"
        f"C{middle:.0f} {end + tall:.1f} {middle:.0f} {start + tall:.1f} {first} {start + tall:.1f}z"
    )


def _shares(source: Source) -> str:
    if not source.shares:
        return ""
    if source.kind in (GrantKind.ISO, GrantKind.NSO):
        text = ngettext("gain of %(n)s option", "gain of %(n)s options", source.shares)
    else:
        text = ngettext("%(n)s share", "%(n)s shares", source.shares)
    return text % {"n": f"{source.shares:,}"}


def _bars(found: Estimates, view: CompanyView, first_y: float) -> list[dict[str, Any]]:
    """The company's part of the household: today, and by each choice."""
    made = view.choices
    target = f"{found.book.profile.target_percent.normalize():f}"
    lines: list[tuple[str, Choice]] = [
        (_("Today"), made.today),
        (_("All that vests is kept"), made.keep),
        (_("By the sell rule"), made.rule),
        (_("Sold down to %(percent)s %%") % {"percent": target}, made.target),
    ]
    return [
        {
            "name": name,
            "y": first_y + BAR_STEP * place,
            "text_y": first_y + BAR_STEP * place + 16,
            "width": round(BAR_WIDTH * min(1.0, float(choice.share or 0)), 1),
            "end": round(BAR_X + BAR_WIDTH * min(1.0, float(choice.share or 0)) + 8, 1),
            "share": choice.share,
            "choice": choice,
            "first": place == 0,
        }
        for place, (name, choice) in enumerate(lines)
    ]


def _in_words(found: Estimates, view: CompanyView | None) -> str:
    said = _(
        "In the next twelve months %(gross)s of equity pay vests or can be exercised. If all of it is, taxes "
        "take %(taxes)s."
    ) % {
        "gross": money(found.total("gross")),
        "taxes": money(found.total("withheld") + found.total("set_aside") + found.total("amt")),
    }
    if view is None or view.choices.today.share is None or view.choices.keep.share is None:
        return said
    return f"{said} " + _(
        "%(company)s makes up %(now)s %% of the household today and %(then)s %% if all that vests is kept."
    ) % {
        "company": view.company.row.name,
        "now": f"{view.choices.today.share * 100:.0f}",
        "then": f"{view.choices.keep.share * 100:.0f}",
    }
