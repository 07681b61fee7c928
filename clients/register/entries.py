"""The entries of the register: which hold, and starting, changing and ending them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from clients.firm import firm_today
from clients.models import FieldEntry, FieldReview, ReviewOutcome, User
from clients.register.fields import TrackedField, tracked_fields
from clients.register.usage import Use, uses


class EntryRefused(Exception):
    """The register cannot be changed so; the text says why."""


def in_force(on: dt.date | None = None) -> QuerySet[FieldEntry]:
    """Entries that hold on a day (today where none is given), with their owners."""
    on = on or firm_today()
    holds = Q(active_until__isnull=True) | Q(active_until__gt=on)
    return FieldEntry.objects.filter(holds, active_from__lte=on).select_related("owner")


def reasons() -> dict[str, FieldEntry]:
    """The entry in force of each field, by its code; one query."""
    return {entry.field: entry for entry in in_force()}


@dataclass(frozen=True)
class Line:
    """A field as the register shows it. `entry`: in force, or the last one; None: there never was one."""

    field: TrackedField
    entry: FieldEntry | None
    active: bool


def lines(fields: dict[str, TrackedField] | None = None) -> list[Line]:
    """Every known field with its entry; two queries."""
    held = reasons()
    last: dict[str, FieldEntry] = {}
    for entry in FieldEntry.objects.select_related("owner").order_by("active_from"):
        last[entry.field] = entry
    return [
        Line(field, held.get(code) or last.get(code), code in held)
        for code, field in (fields or tracked_fields()).items()
    ]


def grouped(every: list[Line]) -> list[tuple[str, list[Line]]]:
    """The lines under the headings of their groups, in the order in which the groups first come."""
    groups: dict[str, list[Line]] = {}
    for line in every:
        groups.setdefault(str(line.field.group), []).append(line)
    return list(groups.items())


@transaction.atomic
def save_entry(*, entry: FieldEntry, values: dict[str, Any]) -> FieldEntry:
    """Stores a new or a changed entry. Raises EntryRefused where another one holds on the same days."""
    for name, value in values.items():
        setattr(entry, name, value)
    try:
        with transaction.atomic():
            entry.save()
    except IntegrityError:
        raise EntryRefused(_("The register has an entry of this field for these days already.")) from None
    return entry


def rules_that_use(code: str, found: dict[str, list[Use]] | None = None) -> list[str]:
    """What is in force and would be without its ground if the field ended."""
    found = uses(firm_today()) if found is None else found
    return [use.text for use in found.get(code, []) if use.rule]


@transaction.atomic
def end_entry(*, code: str) -> None:
    """Ends the entry of a field today: from now on it is neither asked for, nor shown, nor taken.

    Raises EntryRefused where the record cannot be kept without the field, or a rule in force weighs it.
    """
    field = tracked_fields().get(code)
    if field is not None and field.needed:
        raise EntryRefused(_("The record cannot be kept without this field."))
    if rules := rules_that_use(code):
        raise EntryRefused(
            _("This uses it, and has to be changed first: %(rules)s") % {"rules": "; ".join(rules)}
        )
    today = firm_today()
    for entry in in_force(today).filter(field=code).select_for_update(of=("self",)):
        entry.active_until = today
        entry.save(update_fields=["active_until"])


@transaction.atomic
def record_review(*, code: str, outcome: str, reason: str, by: User, facts: dict[str, Any]) -> FieldReview:
    """Records what came of looking at a field: kept with a reason, or retired, which ends its entry.

    Raises EntryRefused as `end_entry` does.
    """
    if outcome == ReviewOutcome.RETIRED:
        end_entry(code=code)
    return FieldReview.objects.create(
        field=code, outcome=outcome, reason=reason, facts=facts, reviewed_by=by, reviewed_on=firm_today()
    )
