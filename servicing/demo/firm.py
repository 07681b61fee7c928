"""Builds the demo firm in a database without clients."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from clients.models import Client, Firm
from clients.whole_firm import give_room
from servicing.demo import draws, facts, households, names, permission
from servicing.demo.bulk import foreign_keys_checked_once
from servicing.demo.goals import set_goals
from servicing.demo.hours import state_hours
from servicing.demo.notes import NOTES
from servicing.demo.staff import create_staff

FIRM_NAME = "Harbor & Pine Advisors (demo)"
BATCH = 10_000
TABLES = [
    "clients_client",
    "clients_behavioraltag",
    "clients_member",
    "clients_teammember",
    "clients_channeloptout",
    "clients_revenue",
    "clients_touch",
    "clients_clientsummary",
    "clients_clientscore",
]


class NotEmpty(Exception):
    """The database has clients, and the demo firm never mixes with them."""


@dataclass(frozen=True)
class Seeded:
    """How many rows the demo firm has."""

    clients: int
    advisors: int
    revenue_rows: int
    touches: int


def _silent(message: str) -> None:
    return None


@transaction.atomic
def seed_firm(
    *, clients: int, seed: int, as_of: dt.date, progress: Callable[[str], None] = _silent
) -> Seeded:
    """Stores a firm of `clients` households with its people, revenue and touches up to `as_of`.

    The same arguments give the same data in any database, ids and moments of creation aside. Raises
    NotEmpty where there are clients.
    """
    if Client.objects.exists():
        raise NotEmpty
    firm, _ = Firm.objects.get_or_create(pk=1)
    firm.name, firm.set_up_at = FIRM_NAME, timezone.now()
    firm.save(update_fields=["name", "set_up_at"])
    staff = create_staff(clients=clients, seed=seed)
    state_hours(staff)
    values: dict[str, Any] = {
        "clients": clients,
        "seed": seed,
        "as_of": as_of,
        "time_zone": firm.time_zone,
        "advisors": len(staff.advisors),
        "lead": staff.advisors,
        "associate": staff.associates,
        "planner": staff.planners,
        "service": staff.client_service,
    }
    values |= _names() | _vocabulary() | _kinds()
    with connection.cursor() as cursor:
        give_room()
        cursor.execute(draws.FUNCTIONS, values)
        cursor.execute(draws.DRAW_HOUSEHOLDS, values)
        with foreign_keys_checked_once(cursor, TABLES):
            _store(cursor, "clients", households.STORE_CLIENTS, values, progress)
            cursor.execute(households.KNOW_IDS, values)
            cursor.execute(facts.KIND_TABLE, values)
            stored = {
                what: _store(cursor, what, statement, values, progress)
                for what, statement in STATEMENTS.items()
            }
            cursor.execute(facts.SUMMARIZE_LAST_TOUCHES)
        set_goals(as_of)
        cursor.execute(draws.DROP_FUNCTIONS)
        cursor.execute(f"ANALYZE {', '.join(TABLES)}")
    return Seeded(
        clients=clients,
        advisors=len(staff.advisors),
        revenue_rows=stored["revenue"],
        touches=stored["touches"],
    )


STATEMENTS = {
    "behavioral tags": households.STORE_BEHAVIORAL_TAGS,
    "members": households.STORE_MEMBERS,
    "teams": households.STORE_TEAMS,
    "answers about permission": permission.STORE_ANSWERS,
    "channel opt-outs": permission.STORE_OPT_OUTS,
    "revenue": facts.STORE_REVENUE,
    "touches": facts.STORE_TOUCHES,
}


def _store(
    cursor: CursorWrapper,
    what: str,
    statement: str,
    values: dict[str, Any],
    progress: Callable[[str], None],
) -> int:
    """Runs `statement` for each batch of households; returns how many rows it stored."""
    stored = 0
    for first in range(1, values["clients"] + 1, BATCH):
        progress(f"{what}: {first - 1} of {values['clients']} households")
        cursor.execute(statement, values | {"first": first, "last": first + BATCH - 1})
        stored += cursor.rowcount
    return stored


def _names() -> dict[str, Any]:
    return {
        "given": names.GIVEN,
        "family": names.FAMILY,
        "origins": len(names.ORIGINS),
        "givens": len(names.GIVEN),
        "given_each": names.GIVEN_EACH,
        "family_each": names.FAMILY_EACH,
    }


def _vocabulary() -> dict[str, Any]:
    """Ids of the shipped terms in the order of their codes; None for one that the firm took away."""
    found = {}
    for name, (model, codes) in households.VOCABULARY.items():
        ids = dict(apps.get_model("clients", model).objects.active().values_list("code", "id"))
        found[name] = [ids.get(code) for code in codes]
    return found


def _kinds() -> dict[str, Any]:
    """The touch kinds as rows, and for each standing the limits between them, from 0 to 1."""
    rows = [
        {"code": code, "role": role, "minutes": minutes, "notes": NOTES.get(code)}
        for code, role, minutes, *_ in facts.KINDS
    ]
    shares = {
        "high": [high for *_, high, _middle, _low in facts.KINDS],
        "middle": [middle for *_, middle, _low in facts.KINDS],
        "low": [low for *_, low in facts.KINDS],
    }
    limits = {
        standing: [total / 100 for total in accumulate(hundredths)][:-1]
        for standing, hundredths in shares.items()
    }
    return {"kinds": json.dumps(rows), **limits}
