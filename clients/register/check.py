"""The yearly check: which fields are due, what is known of their use, and asking their owners."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import ngettext

from clients.firm import firm_today
from clients.models import FieldEntry, FieldReview
from clients.notices import Tell, operations, tell
from clients.register.entries import in_force
from clients.register.fields import TrackedField, tracked_fields
from clients.register.held import filled_counts
from clients.register.usage import Use, uses

YEAR = dt.timedelta(days=365)


@dataclass(frozen=True)
class Checked:
    """A field with what the check found. `filled`: clients with a value; `due`: nobody looked for a year."""

    field: TrackedField
    entry: FieldEntry
    filled: int
    uses: list[Use]
    review: FieldReview | None
    due: bool

    @property
    def unused(self) -> bool:
        """Nothing used it in the last year, and the record can be kept without it."""
        return all(use.idle for use in self.uses) and not self.field.needed

    @property
    def facts(self) -> dict[str, object]:
        """What an outcome is recorded with."""
        return {"filled": self.filled, "uses": [use.text for use in self.uses]}


def check(today: dt.date | None = None) -> tuple[int, list[Checked]]:
    """How many clients there are, and every field in force, the unused first."""
    today = today or firm_today()
    clients, filled = filled_counts()
    found = uses(today - YEAR)
    reviews = _newest_reviews()
    known = tracked_fields()
    rows = [
        Checked(
            field=known[entry.field],
            entry=entry,
            filled=filled[entry.field],
            uses=found.get(entry.field, []),
            review=reviews.get(entry.field),
            due=_due_on(entry, reviews.get(entry.field)) <= today,
        )
        for entry in in_force(today)
        if entry.field in known
    ]
    order = list(known)
    return clients, sorted(rows, key=lambda row: (not row.unused, order.index(row.field.code)))


def _newest_reviews() -> dict[str, FieldReview]:
    newest = FieldReview.objects.select_related("reviewed_by").order_by("field", "-reviewed_on", "-id")
    return {review.field: review for review in newest.distinct("field")}


def _due_on(entry: FieldEntry, review: FieldReview | None) -> dt.date:
    """A year after somebody looked at it, or after it began."""
    return max(entry.active_from, review.reviewed_on if review else entry.active_from) + YEAR


def ask_owners() -> int:
    """Tells each owner, once in a calendar year, how many of their fields are due.

    A field that nobody answers for is told to operations. Returns how many people were told.
    """
    today = firm_today()
    reviews = _newest_reviews()
    due: dict[int, int] = defaultdict(int)
    without = 0
    for entry in in_force(today):
        if entry.field not in tracked_fields() or _due_on(entry, reviews.get(entry.field)) > today:
            continue
        if entry.owner_id and entry.owner and entry.owner.is_active:
            due[entry.owner_id] += 1
        else:
            without += 1
    for person in operations() if without else []:
        due[person] += without
    return tell(
        Tell(person, _asked(number), reverse("clients:register_check"), f"field-register-{today.year}")
        for person, number in due.items()
    )


def _asked(number: int) -> str:
    return ngettext(
        "%(n)s tracked field waits for its yearly check: is it still needed?",
        "%(n)s tracked fields wait for their yearly check: are they still needed?",
        number,
    ) % {"n": number}
