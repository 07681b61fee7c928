"""One record becomes two: a new client out of some of its people, with what of the past goes along."""

# ruff: noqa: S608  (a constant of the planner)

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import pghistory
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from clients.commands import Refused
from clients.holds import refuse_held
from clients.merges import taken_number
from clients.models import Client, ClientSplit, Permission, User
from servicing.book.merging import fingerprint, settle, take_locks
from servicing.planning.session import OPEN

TAGS = ("complexity_driver_id", "attention_constraint_id", "persona_id", "income_structure_id")
COPIED = ("status", "client_since")

TEAM = """
    INSERT INTO clients_teammember (client_id, role_id, user_id)
    SELECT %(made)s, role_id, user_id FROM clients_teammember WHERE client_id = %(client)s
"""
MEMBERS = """
    UPDATE clients_member SET client_id = %(made)s
    WHERE client_id = %(client)s AND id = ANY(%(members)s::bigint[])
"""
# A person's opt-outs go along; those of the household hold for the people who leave it too.
OPT_OUTS = """
    UPDATE clients_channeloptout SET client_id = %(made)s
    WHERE client_id = %(client)s AND member_id = ANY(%(members)s::bigint[])
"""
OPT_OUTS_OF_ALL = """
    INSERT INTO clients_channeloptout (client_id, channel, address, since, how, note, recorded_by_id,
        recorded_at, lifted_how, lifted_note)
    SELECT %(made)s, channel, address, since, how, note, recorded_by_id, recorded_at, '', ''
    FROM clients_channeloptout WHERE client_id = %(client)s AND member_id IS NULL AND lifted_at IS NULL
"""
TOUCHES = """
    UPDATE clients_touch SET client_id = %(made)s
    WHERE client_id = %(client)s AND occurred_on >= %(touches_since)s
"""
TIME = """
    UPDATE clients_timeentry SET client_id = %(made)s
    WHERE client_id = %(client)s AND spent_on >= %(touches_since)s
"""
REVENUE = """
    UPDATE clients_revenue SET client_id = %(made)s
    WHERE client_id = %(client)s AND date >= %(revenue_since)s
"""
# A task goes where the touch that closed it is. Of the others those due since the day go; but what the
# standard promises the staying record stays open there: the new one is promised its own once it has a tier.
TASKS = f"""
    UPDATE servicing_servicetask t SET client_id = %(made)s
    WHERE t.client_id = %(client)s AND CASE
        WHEN t.touch_id IS NOT NULL
            THEN EXISTS (SELECT 1 FROM clients_touch x WHERE x.id = t.touch_id AND x.client_id = %(made)s)
        ELSE t.due_on >= %(tasks_since)s::date AND NOT (t.item_id IS NOT NULL AND t.{OPEN})
    END
"""
# Requests, decisions, answers and ratings go with the task that they are of.
OF_TASKS = """
    UPDATE {table} r SET client_id = %(made)s
    WHERE r.client_id = %(client)s AND EXISTS (
        SELECT 1 FROM servicing_servicetask t WHERE t.id = r.task_id AND t.client_id = %(made)s
    )
"""


@dataclass(frozen=True)
class Parts:
    """What goes to the new record. A date: everything since that day; none: all stays."""

    name: str
    external_id: str
    members: Collection[int] = ()
    touches_since: dt.date | None = None
    revenue_since: dt.date | None = None
    tasks_since: dt.date | None = None
    tags: bool = False
    permission: str = Permission.NOT_ASKED
    permission_reason: str = ""


def free_number(client: Client) -> str:
    """A number for the new record: the client's own with the first free ending."""
    base = client.external_id[:60]
    for ending in range(2, 1_000):
        number = f"{base}-{ending}"
        if not number_taken(number):
            return number
    return ""


def number_taken(number: str) -> bool:
    return Client.objects.filter(external_id=number).exists() or taken_number(number) is not None


def split(*, client: int, parts: Parts, by: User, reason: str, seen: str = "") -> Client:
    """Makes a new client out of the record `client` and returns it. Its team is the same; its first tier
    comes as for any client without one.

    Raises Refused where the record is gone or changed since it was looked at (`seen`), where nobody would
    stay in it, or where the number is taken.
    """
    why = _("one record became two")
    context = {"user": by.pk, "client_split": client, "why": f"{why}: {reason}" if reason else why}
    if parts.permission != Permission.NOT_ASKED:
        context["how"] = parts.permission_reason
        context["permission_asked_by"] = str(by)
    try:
        with pghistory.context(**context), transaction.atomic():
            return _split(client, parts, by, reason, seen)
    except IntegrityError:
        raise Refused(_("Another record has this client number. Choose another one.")) from None


def _split(pk: int, parts: Parts, by: User, reason: str, seen: str) -> Client:
    take_locks()
    client = Client.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if client is None:
        raise Refused(_("The record is gone. Look at the list of clients again."))
    if seen and seen != fingerprint(pk):
        raise Refused(_("The record changed since you looked. Look at it again."))
    refuse_held(pk)
    people = set(client.members.values_list("pk", flat=True))
    going = people & set(parts.members)
    if going != set(parts.members):
        raise Refused(_("Somebody you chose is no longer in this household. Look at it again."))
    if people and going == people:
        raise Refused(_("Leave at least one person in the household that stays."))
    if number_taken(parts.external_id):
        raise Refused(_("Another record has this client number. Choose another one."))
    made = Client.objects.create(
        name=parts.name,
        external_id=parts.external_id,
        permission=parts.permission,
        **{name: getattr(client, name) for name in COPIED},
        **({name: getattr(client, name) for name in TAGS} if parts.tags else {}),
    )
    counts = _move(client, made, parts, going)
    ClientSplit.objects.create(client=client, made=made, reason=reason, counts=counts, split_by=by)
    settle(client.pk, made.pk)
    return made


def _move(client: Client, made: Client, parts: Parts, going: set[int]) -> dict[str, int]:
    values = {
        "client": client.pk,
        "made": made.pk,
        "members": sorted(going),
        "touches_since": parts.touches_since,
        "revenue_since": parts.revenue_since,
        "tasks_since": parts.tasks_since,
    }
    steps = {"clients_teammember": TEAM, "clients_member": MEMBERS}
    if parts.touches_since:
        steps |= {"clients_touch": TOUCHES, "clients_timeentry": TIME}
    if parts.revenue_since:
        steps["clients_revenue"] = REVENUE
    steps["servicing_servicetask"] = TASKS
    for table in (
        "servicing_clientrequest",
        "servicing_meetingdecision",
        "servicing_confidenceanswer",
        "servicing_rating",
    ):
        steps[table] = OF_TASKS.format(table=table)
    counts = {table: _run(sql, values) for table, sql in steps.items()}
    counts["clients_channeloptout"] = _run(OPT_OUTS, values) + _run(OPT_OUTS_OF_ALL, values)
    return {table: count for table, count in counts.items() if count}


def _run(sql: str, values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return max(cursor.rowcount, 0)
