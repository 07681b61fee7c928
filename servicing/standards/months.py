"""Whether an interval can be kept within the months that an item allows."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.dates import MONTHS
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def missing_months(interval: int, allowed: Iterable[int]) -> tuple[int, list[int]]:
    """The allowed month to start from, and the months that one every `interval` months would fall in and that
    are not allowed: of all starts the one with the fewest. Nothing is missing where nothing is forbidden.
    """
    months = sorted(set(allowed))
    if not months or interval >= 12:
        return (months or [1])[0], []
    rounds = [
        (start, sorted({(start - 1 + step) % 12 + 1 for step in range(0, 12, interval)})) for start in months
    ]
    return min(
        ((start, [month for month in ring if month not in months]) for start, ring in rounds),
        key=lambda found: len(found[1]),
    )


def month_names(months: Iterable[int], last_word: str = "") -> str:
    """May, June and July; or another last word than and."""
    return get_text_list([str(MONTHS[month]) for month in months], last_word or _("and"))


def refusal(interval: int, allowed: Iterable[int]) -> str:
    """Why an interval below a year cannot be kept in the allowed months; empty where it can."""
    allowed = list(allowed)
    start, missing = missing_months(interval, allowed)
    if not missing:
        return ""
    every = ngettext("every month", "every %(n)s months", interval) % {"n": interval}
    return _(
        "One %(every)s, counted from %(start)s, also falls in %(missing)s; allowed are only %(allowed)s. "
        "Allow those months too, or promise it less often."
    ) % {
        "every": every,
        "start": MONTHS[start],
        "missing": month_names(missing),
        "allowed": month_names(sorted(set(allowed))),
    }
