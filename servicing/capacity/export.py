"""Capacity as CSV: the weeks of the firm by tier, and the people."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Any

from servicing.capacity import page, reading, what_if
from servicing.models import CapacityFigures


def week_lines(figures: CapacityFigures) -> Iterator[str]:
    """A line a week: its Monday, hours promised in all, by tier, by role and of those measured; available."""
    present, order_of_roles, order = reading.present(figures)
    tiers = reading.by_tier([(each.tier_id, each.minutes) for each in present.services], order)
    firm = what_if.totals(present.roles)
    roles = [(role.code, present.roles[role.pk]) for role in order_of_roles if role.pk in present.roles]
    roles += [("none", present.roles[None])] if None in present.roles else []
    yield _line(
        "week",
        "promised",
        *(f"tier_{code or 'none'}" for code, _m in tiers),
        *(f"role_{code}" for code, _line in roles),
        "measured",
        "available",
    )
    for week, _days in enumerate(figures.working_days):
        yield _line(
            reading.monday(figures, week),
            _hours(sum(minutes[week] for _code, minutes in tiers)),
            *(_hours(minutes[week]) for _code, minutes in tiers),
            *(_hours(line.promised[week]) for _code, line in roles),
            _hours(firm.measured[week]),
            _hours(firm.available[week]),
        )


def people_lines(figures: CapacityFigures) -> Iterator[str]:
    """A line a person; hours that were not stated are empty cells."""
    yield _line(
        "person",
        "clients_led",
        "hours_a_week",
        "promised_4_weeks",
        "available_4_weeks",
        "promised_52_weeks",
        "available_52_weeks",
        "busiest_week",
        "overloaded_weeks",
        "first_overloaded_week",
    )
    for found in reading.people().values(*page.PERSON).iterator(chunk_size=1000):
        row = page.person_row(figures, found)
        yield _line(
            row["user__username"],
            row["clients"],
            row["stated"],
            _hours(row["promised_soon"]),
            _hours(row["available_soon"]),
            _hours(row["promised_year"]),
            _hours(row["available_year"]),
            row["busiest_on"],
            row["overloaded"],
            row["first_on"],
        )


def _hours(minutes: float | None) -> str:
    return "" if minutes is None else f"{minutes / 60:.2f}"


def _line(*cells: Any) -> str:
    """One line; a text that a spreadsheet would take for a formula gets an apostrophe."""
    file = StringIO()
    safe = [
        f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@" and cell[:1] else cell for cell in cells
    ]
    csv.writer(file).writerow(["" if cell is None else cell for cell in safe])
    return file.getvalue()
