"""The parts of the operations dashboard put together, and what stands above them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from servicing.dashboards import books, reading, work
from servicing.dashboards.links import Links, difference
from servicing.dashboards.reading import Asked, Figures
from servicing.dashboards.sets import TASKS
from servicing.dashboards.tables import (
    Part,
)
from servicing.dashboards.titles import TITLES
from servicing.delivery import reading as delivery
from servicing.delivery.reading import NOBODY, Chosen


def chosen_of(asked: Asked) -> Chosen:
    """The same choice as the statements of delivery take it."""
    return Chosen(period=asked.period, tier=asked.tier, advisor=asked.advisor)


def build(asked: Asked, figures: Figures, *, only: str = "", everybody: bool = False) -> list[Part]:
    """The parts in their order, or one of them. `everybody`: with all advisors, for a file."""
    to = Links(asked, figures.username)
    wanted = [only] if only in TITLES else list(TITLES)
    overview = delivery.overview(chosen_of(asked)) if {"delivery", "creep"} & set(wanted) else None
    made: dict[str, Callable[[], Part]] = {
        "week": lambda: work.week(figures, to),
        "delivery": lambda: work.delivered(
            overview or delivery.overview(chosen_of(asked)),
            delivery.advisors(chosen_of(asked), people=None if everybody else figures.worst),
            to,
        ),
        "profit": lambda: books.profit(figures, to),
        "time": lambda: books.time(figures, to),
        "workload": lambda: work.workload(
            figures, reading.loads(asked, limit=10_000 if everybody else reading.PEOPLE), to
        ),
        "creep": lambda: work.creep(overview or delivery.overview(chosen_of(asked)), to),
        "coverage": lambda: books.coverage(figures, to),
        "confidence": lambda: books.confidence(figures, to),
    }
    return [made[code]() for code in wanted]


def cards(figures: Figures, to: Links) -> list[dict[str, Any]]:
    """What is wrong now, each with its list: what somebody looks at first. `calm`: no cause for alarm."""
    late, late_before = figures.book("late_week"), figures.book("late_before")
    missed = figures.book("missed_week")
    return [
        _card(TASKS["overdue"].title, figures.book("overdue"), to.tasks("overdue"), _("window is over")),
        _card(
            _("Became late this week"),
            late,
            to.tasks("late"),
            difference(late - late_before),
            calm=late <= late_before,
        ),
        _card(
            _("Missed this week"),
            missed,
            to.tasks("missed"),
            difference(missed - figures.book("missed_before")),
        ),
        _card(
            TASKS["unassigned"].title,
            figures.book("unassigned"),
            to.tasks("unassigned"),
            _("unassigned"),
        ),
        _card(_("People over 100 %"), figures.over, _people(to), _("next 4 weeks")),
        _card(
            _("No lead advisor"),
            figures.book("without_lead"),
            to.clients(advisor=NOBODY),
            _("active clients"),
            calm=True,
        ),
    ]


def _card(label: str | Promise, value: int, href: str, note: str, *, calm: bool = False) -> dict[str, Any]:
    return {"label": label, "value": value, "href": href, "note": note, "calm": calm}


def _people(to: Links) -> str:
    if to.asked.advisor and to.asked.advisor != NOBODY:
        return reverse("servicing:person_capacity", args=[int(to.asked.advisor)])
    return f"{reverse('servicing:capacity')}?show=over#people"
