"""How long what is kept, and which former clients' periods are over: one statement for all of them.

A period is counted in years from the end of the firm's fiscal year. What the field register promises about a
kind's fields counts too: whichever is later holds.
"""

# ruff: noqa: S608  (texts of this module alone)
from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection

from clients.firm import firm_today
from clients.models import FieldEntry
from clients.register.entries import in_force
from clients.register.fields import tracked_fields
from servicing.models import RecordKind, RetentionPeriod, RetentionSettings

# The newest day of a kind's records of the client of a row `d`; a kind without one counts from the leaving.
_NEWEST = {
    RecordKind.NOTES: ["SELECT max(occurred_on) FROM clients_touch WHERE client_id = d.client_id"],
    RecordKind.WORK: [
        "SELECT max(spent_on) FROM clients_timeentry WHERE client_id = d.client_id",
        "SELECT max(closed_at)::date FROM servicing_servicetask WHERE client_id = d.client_id",
        "SELECT max(created_at)::date FROM servicing_meetingdecision WHERE client_id = d.client_id",
        "SELECT max(received_at)::date FROM servicing_clientrequest WHERE client_id = d.client_id",
        "SELECT max(closed_on) FROM servicing_accessrequest WHERE client_id = d.client_id",
    ],
    RecordKind.MESSAGES: [
        "SELECT max(coalesce(claimed_at, created_at))::date FROM personas_message "
        "WHERE client_id = d.client_id",
        "SELECT max(used_at)::date FROM personas_scriptuse WHERE client_id = d.client_id",
    ],
    RecordKind.RATINGS: [
        "SELECT max(rated_on) FROM servicing_rating WHERE client_id = d.client_id",
        "SELECT max(asked_on) FROM servicing_confidenceanswer WHERE client_id = d.client_id",
    ],
    RecordKind.TIERS: [
        "SELECT max(starts_on) FROM tiers_tierassignment WHERE client_id = d.client_id",
        "SELECT max(starts_on) FROM tiers_override WHERE client_id = d.client_id",
        "SELECT max(coalesce(closed_on, opened_on)) FROM servicing_transition WHERE client_id = d.client_id",
    ],
}
# Whose promise in the field register belongs to a kind: the fields that stay as long as a record of it.
FIELDS = {
    RecordKind.RECORD: (
        "name",
        "external_id",
        "status",
        "permission",
        "channel_opt_outs",
        "service_team",
        "member_name",
        "member_number",
    ),
    RecordKind.NOTES: ("touches", "touch_notes"),
    RecordKind.WORK: ("revenue", "time_spent", "meeting_decisions"),
    RecordKind.RATINGS: ("rating",),
    RecordKind.TIERS: ("review_decision", "transition_fees", "transition_consent", "transition_outcome"),
}


@dataclass(frozen=True)
class Kept:
    """A kind of record: for how long, and what the field register says of its fields."""

    period: RetentionPeriod
    fields: list[FieldEntry]

    @property
    def register_months(self) -> int:
        """The longest that the register promises of its fields; 0: it says nothing of them."""
        return max((entry.retention_months for entry in self.fields), default=0)

    @property
    def said_longest(self) -> FieldEntry | None:
        return max(self.fields, key=lambda entry: entry.retention_months, default=None)

    @property
    def labels(self) -> str:
        known = tracked_fields()
        return "; ".join(str(known[entry.field].label) for entry in self.fields)


def settings() -> RetentionSettings:
    """The firm's row."""
    return RetentionSettings.objects.get_or_create(pk=1)[0]


def periods() -> list[Kept]:
    """Every kind in its order; two queries."""
    known = tracked_fields()
    entries = {entry.field: entry for entry in in_force(firm_today()) if entry.field in known}
    return [
        Kept(
            period,
            [entries[code] for code in FIELDS.get(RecordKind(period.kind), ()) if code in entries],
        )
        for period in RetentionPeriod.objects.all()
    ]


def _over(day: str, years: int, month: int) -> str:
    """The first day after `years` from the end of the fiscal year in which `day` falls."""
    year = f"(extract(year FROM {day})::int + (extract(month FROM {day}) > {month})::int + {years})"
    return f"(make_date({year}, {month}, 1) + interval '1 month')::date"


def _due(kept: Kept, month: int) -> list[str]:
    """When the period of a kind is over for the client of a row `d`, by each of its sources."""
    kind, years = RecordKind(kept.period.kind), int(kept.period.years)
    found = []
    if kept.register_months:
        found.append(f"(d.left_on + interval '{int(kept.register_months)} months')::date")
    if kept.period.from_departure:
        found.append(_over("d.left_on", years, month))
    for newest in _NEWEST.get(kind, ()):
        found.append(_over(f"({newest})", years, month))
        if kind == RecordKind.MESSAGES:  # the database itself keeps these to the end of their calendar year
            found.append(f"make_date(extract(year FROM ({newest}))::int + {max(years, 5) + 1}, 1, 1)")
    return found


def _statement(condition: str) -> str:
    found, month = periods(), int(settings().fiscal_year_ends)
    every = [part for kept in found if kept.period.kind != RecordKind.UNDO for part in _due(kept, month)]
    return f"""
        WITH candidate AS MATERIALIZED (
            SELECT d.client_id, d.left_on FROM clients_departure d WHERE {condition}
        )
        SELECT d.client_id, d.left_on, greatest({", ".join(every)}) AS due_on FROM candidate d
    """


@dataclass(frozen=True)
class Due:
    client: int
    left_on: dt.date
    due_on: dt.date


def due_of(client: int) -> Due | None:
    """When the last period of a former client is over; None where the client did not leave."""
    with connection.cursor() as cursor:
        cursor.execute(_statement("d.client_id = %s"), [client])
        row = cursor.fetchone()
    return Due(*row) if row else None


# A hold keeps the client; what is on a list, or was taken off one for a time, is not asked again.
FREE = """
    NOT EXISTS (
        SELECT FROM clients_legalhold h
        WHERE h.released_at IS NULL AND (h.client_id = d.client_id OR h.client_id IS NULL)
    )
    AND NOT EXISTS (
        SELECT FROM servicing_accessrequest a WHERE a.client_id = d.client_id AND a.state = 'open'
    )
"""
_UNASKED = """
    NOT EXISTS (
        SELECT FROM servicing_anonymisingrow r JOIN servicing_anonymisingbatch b ON b.id = r.batch_id
        WHERE r.client_id = d.client_id AND (
            (r.ask_again_on > %(today)s AND ({whole} OR cardinality(r.fields) = 0))
            OR (b.state IN ('proposed', 'reviewed', 'approved') AND r.done_at IS NULL)
        )
    )
"""


def unasked(*, of_fields: bool = False) -> str:
    """The condition that no list has the client of a row `d`, and none left it out for a time: with what was
    left out of a list of fields alone, the client itself is asked about all the same."""
    return _UNASKED.replace("{whole}", str(of_fields).lower())


def over(*, clients: Collection[int] | None = None, today: dt.date | None = None, most: int) -> list[Due]:
    """Former clients of whom every period is over, the longest over first: those that no list has, or of
    `clients`. None under a legal hold, none whose access request is open.

    Cheap where there are none: it begins with those who left long enough ago, by an index.
    """
    today = today or firm_today()
    shortest = min(kept.period.years for kept in periods() if kept.period.from_departure)
    values: dict[str, Any] = {"today": today, "most": most, "clients": list(clients or ())}
    values["left"] = today.replace(year=today.year - shortest, day=min(today.day, 28))
    mine = "d.client_id = ANY(%(clients)s)" if clients is not None else unasked()
    sql = _statement(f"d.left_on <= %(left)s AND {FREE} AND {mine}")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM ({sql}) found WHERE due_on <= %(today)s "
            "ORDER BY due_on, client_id LIMIT %(most)s",
            values,
        )
        return [Due(*row) for row in cursor.fetchall()]
