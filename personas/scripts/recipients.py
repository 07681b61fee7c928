"""How many clients a script reached: over 25 in 30 days it is a retail communication, approved before use.

The rule is FINRA's 2210(a)(5). Recipients are counted over all versions of a script, each client once. The
script's row is locked before the count, so that two people at the same time cannot both be the twenty-fifth.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from personas.models.scripts import ForgottenRecipients, Script, ScriptVersion

LIMIT = 25
WARN_FROM = 20
WINDOW = dt.timedelta(days=30)


@dataclass(frozen=True)
class Reached:
    """Recipients of a script within the last 30 days."""

    number: int
    limited: bool  # not approved for many: the limit holds

    @property
    def warns(self) -> bool:
        return self.limited and self.number >= WARN_FROM

    @property
    def left(self) -> int:
        return max(0, LIMIT - self.number)


def reached(scripts: Iterable[int], *, now: dt.datetime | None = None) -> dict[int, int]:
    """Distinct clients that each script reached in the last 30 days, by script; in one query."""
    since = (now or timezone.now()) - WINDOW
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT script_id, sum(clients)::int FROM (
                SELECT script_id, count(DISTINCT client_id) AS clients FROM personas_scriptuse
                WHERE script_id = ANY(%(scripts)s) AND used_at > %(since)s GROUP BY script_id
                UNION ALL
                SELECT script_id, clients FROM personas_forgottenrecipients
                WHERE script_id = ANY(%(scripts)s) AND day > %(since)s::date
            ) reached
            GROUP BY script_id
            """,
            {"scripts": list(scripts), "since": since},
        )
        return dict(cursor.fetchall())


def reached_by(version: ScriptVersion) -> Reached:
    """Recipients of the version's script, and whether the limit holds for this version."""
    number = reached([version.script_id]).get(version.script_id, 0)
    return Reached(number=number, limited=not version.is_approved_for_many)


# Of the clients asked for, in their order: those reached already, and new ones while there is room.
_ADMIT = """
WITH asked AS (SELECT id, place FROM unnest(%(clients)s::bigint[]) WITH ORDINALITY asked (id, place)),
before AS (
    SELECT DISTINCT client_id FROM personas_scriptuse WHERE script_id = %(script)s AND used_at > %(since)s
),
placed AS (
    SELECT asked.id, before.client_id IS NOT NULL AS known,
        row_number() OVER (PARTITION BY before.client_id IS NOT NULL ORDER BY asked.place) AS nth
    FROM asked LEFT JOIN before ON before.client_id = asked.id
)
SELECT id FROM placed WHERE known OR nth <= %(limit)s - (SELECT count(*) FROM before) - (
    SELECT coalesce(sum(clients), 0) FROM personas_forgottenrecipients
    WHERE script_id = %(script)s AND day > %(since)s::date
)
"""


def admit(*, version: ScriptVersion, clients: Sequence[int], now: dt.datetime) -> set[int]:
    """Of `clients` those whom the version may reach now. The caller stores the uses in the same transaction:
    until it ends, others who want to use the script wait."""
    Script.objects.select_for_update().get(pk=version.script_id)
    if version.is_approved_for_many:
        return set(clients)
    with connection.cursor() as cursor:
        cursor.execute(
            _ADMIT,
            {
                "clients": list(clients),
                "script": version.script_id,
                "since": now - WINDOW,
                "limit": LIMIT,
            },
        )
        return {row[0] for row in cursor.fetchall()}


def forgotten(scripts: Iterable[int], *, now: dt.datetime | None = None) -> dict[int, int]:
    """How many more were reached in the last 30 days of whom only the number is kept, by script."""
    found = ForgottenRecipients.objects.filter(
        script__in=list(scripts), day__gt=((now or timezone.now()) - WINDOW).date()
    )
    return dict(found.values_list("script").annotate(number=Sum("clients")).order_by())


def everyone_reached(scripts: Iterable[int], *, now: dt.datetime | None = None) -> list[tuple[int, int]]:
    """(script, client) of everyone reached in the last 30 days, and of those whose message waits; for scripts
    whose limit holds, so a few rows each."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT script_id, client_id FROM personas_scriptuse
            WHERE script_id = ANY(%(scripts)s) AND used_at > %(since)s
            UNION
            SELECT v.script_id, m.client_id FROM personas_message m
            JOIN personas_scriptversion v ON v.id = m.version_id AND v.script_id = ANY(%(scripts)s)
            WHERE m.state = 'queued'
            """,
            {"scripts": list(scripts), "since": (now or timezone.now()) - WINDOW},
        )
        return cursor.fetchall()
