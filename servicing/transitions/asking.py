"""What the address of the board asks for, and the filters that it offers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from clients.models import Tier
from servicing.forms import serving_people
from servicing.models import Route, Step
from servicing.transitions.reading import NONE, Asked


def options() -> list[dict[str, Any]]:
    """The filters, each with its choices as (value, label)."""
    return [
        {"name": "route", "label": _("Any way"), "choices": [(NONE, _("Not chosen yet")), *Route.choices]},
        {
            "name": "tier",
            "label": _("Any tier"),
            "choices": [(tier.code, tier.label) for tier in Tier.objects.filter(retired_at__isnull=True)],
        },
        {
            "name": "owner",
            "label": _("Any owner"),
            "choices": [(NONE, _("Nobody")), *((str(p.pk), p.display_name) for p in serving_people())],
        },
    ]


def asked_for(params: QueryDict, offered: list[dict[str, Any]]) -> tuple[Asked, list[tuple[str, str]]]:
    """What the address asks for, with a removable chip for each filter that it knows."""
    known: dict[str, str] = {}
    chips = []
    for option in offered:
        labels = dict(option["choices"])
        value = params.get(option["name"], "")
        if value in labels:
            known[option["name"]] = value
            chips.append((str(labels[value]), without(params, option["name"], "after")))
    if params.get("late") == "1":
        chips.append((_("Late"), without(params, "late", "after")))
    step = params.get("step", "")
    asked = Asked(
        closed=params.get("state") == "closed",
        step=step if step in Step.values else "",
        late=params.get("late") == "1",
        after=_position(params.get("after", "")),
        **known,
    )
    return asked, chips


def _position(text: str) -> tuple[dt.date, int] | None:
    day, _sep, number = text.partition("_")
    try:
        if not (number.isascii() and number.isdigit()):
            return None
        return dt.date.fromisoformat(day), int(number[:18])
    except ValueError:
        return None


def without(params: QueryDict, *names: str) -> str:
    kept = params.copy()
    for name in names:
        kept.pop(name, None)
    return kept.urlencode()
