"""Tables of the written policy."""

from __future__ import annotations

import re

from django import template

register = template.Library()

NUMBER = re.compile(r"\D?\s?\d[\d.,\s]*(\+\s?[\d.,]+)?\s?%?")
NOTHING = ("", "–")


@register.filter
def figures(rows: list[list[str]]) -> list[bool]:
    """For each column whether it holds numbers (amounts, shares, minutes) and nothing else."""
    return [
        any(cell not in NOTHING for cell in column)
        and all(cell in NOTHING or NUMBER.fullmatch(cell) for cell in column)
        for column in zip(*rows, strict=False)
    ]


@register.filter
def beside(cells: list[str], figures: list[bool]) -> list[tuple[str, bool]]:
    """Each cell with whether its column holds numbers."""
    return list(zip(cells, figures, strict=False))
