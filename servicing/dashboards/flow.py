"""The picture of movement: tiers then at the left, tiers now at the right, a ribbon for each move."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from servicing.dashboards.movement import Move

LEFT, RIGHT, BAR = 168, 456, 16  # where the bars of both sides stand, and how wide they are
TOP, HEIGHT, GAP = 8, 320, 14
THIN = 1.5  # no ribbon is thinner


def flow(
    moves: Sequence[Move], order: Sequence[str | None], href: Callable[[str | None, str | None], str]
) -> dict[str, Any] | None:
    """The drawing of `moves` (from, to, clients) between the tiers of `order`; None without clients."""
    whole = sum(clients for _a, _b, clients in moves)
    if not whole:
        return None
    before = _bars(order, {tier: sum(n for a, _b, n in moves if a == tier) for tier in order}, whole, LEFT)
    after = _bars(order, {tier: sum(n for _a, b, n in moves if b == tier) for tier in order}, whole, RIGHT)
    filled = {id(before): dict.fromkeys(order, 0.0), id(after): dict.fromkeys(order, 0.0)}
    scale = (HEIGHT - GAP * (len(order) - 1)) / whole
    ribbons: list[dict[str, Any]] = []
    for old in order:
        for new in order:
            clients = sum(n for a, b, n in moves if (a, b) == (old, new))
            if not clients:
                continue
            tall = clients * scale
            y0 = before[old]["y"] + filled[id(before)][old]
            y1 = after[new]["y"] + filled[id(after)][new]
            filled[id(before)][old] += tall
            filled[id(after)][new] += tall
            number = number_format(clients, force_grouping=True)
            ribbons.append(
                {
                    "path": _ribbon(y0, y1, max(tall, THIN)),
                    "stays": old == new,
                    "href": href(old, new),
                    "says": _("%(old)s to %(new)s: %(n)s")
                    % {
                        "old": named(old),
                        "new": named(new),
                        "n": number,
                    },
                }
            )
    return {
        "before": [bar for bar in before.values() if bar["clients"]],
        "after": [bar for bar in after.values() if bar["clients"]],
        "ribbons": sorted(ribbons, key=lambda ribbon: not ribbon["stays"]),  # moves lie above
        "width": BAR,
        "height": TOP + HEIGHT + 8,
        "says": "; ".join(ribbon["says"] for ribbon in ribbons if not ribbon["stays"]) or _("Nobody moved."),
    }


def named(tier: str | None) -> str:
    """A tier as the picture and its text name it."""
    return _("Tier %(code)s") % {"code": tier} if tier else _("Untiered")


def _bars(
    order: Sequence[str | None], sums: dict[str | None, int], whole: int, x: int
) -> dict[str | None, dict[str, Any]]:
    scale = (HEIGHT - GAP * (len(order) - 1)) / whole
    bars: dict[str | None, dict[str, Any]] = {}
    y = float(TOP)
    for tier in order:
        tall = sums[tier] * scale
        bars[tier] = {
            "x": x, "y": round(y, 2), "height": round(max(tall, THIN), 2), "clients": sums[tier],
            "text": f"{named(tier)} · {number_format(sums[tier], force_grouping=True)}",
            "middle": round(y + tall / 2 + 4, 1),
        }  # fmt: skip
        y += tall + GAP
    return bars


def _ribbon(y0: float, y1: float, tall: float) -> str:
    start, end = LEFT + BAR, RIGHT
    half = (start + end) / 2
    a, b = round(y0, 1), round(y1, 1)
    c, d = round(y1 + tall, 1), round(y0 + tall, 1)
    return f"M{start} {a}C{half} {a} {half} {b} {end} {b}L{end} {c}C{half} {c} {half} {d} {start} {d}Z"
