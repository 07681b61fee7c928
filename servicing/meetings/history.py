"""What answers of confidence were before they were corrected, out of the audit rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.apps import apps

from clients.actors import actor
from clients.models import User
from servicing.models.meetings import HIGHEST

SCALE = range(HIGHEST + 1)


@dataclass(frozen=True)
class Correction:
    """One correction: what the answer was, until when, and who corrected it."""

    value: int
    blocker: str
    until: dt.datetime
    by: str


def corrections(client: int) -> dict[int, list[Correction]]:
    """The corrections of a client's answers by the answer's id, the oldest first; two queries at most."""
    events = apps.get_model("servicing", "ConfidenceAnswerEvent")
    rows = list(
        events.objects.filter(client=client)
        .exclude(pgh_label="delete")
        .order_by("pgh_id")
        .values("pgh_obj_id", "value", "blocker", "pgh_created_at", "pgh_context__metadata")
    )
    people = _people(rows)
    found: dict[int, list[Correction]] = {}
    before: dict[int, dict] = {}
    for row in rows:
        was = before.get(row["pgh_obj_id"])
        before[row["pgh_obj_id"]] = row
        if was and (was["value"], was["blocker"]) != (row["value"], row["blocker"]):
            context = row["pgh_context__metadata"] or {}
            by = people.get(context.get("user")) or actor(context)
            found.setdefault(row["pgh_obj_id"], []).append(
                Correction(was["value"], was["blocker"], row["pgh_created_at"], by)
            )
    return found


def _people(rows: list[dict]) -> dict[int | None, str]:
    ids = [user for row in rows if (user := (row["pgh_context__metadata"] or {}).get("user")) is not None]
    return {user.pk: user.display_name for user in User.objects.filter(pk__in=ids)}
