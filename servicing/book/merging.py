"""Two records of one client become one: what the person sees before, and the merge itself."""

# ruff: noqa: S608  (table and column names of our own models only)
from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pghistory
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.changes import wake_sweeps
from clients.commands import Refused
from clients.firm import firm_today
from clients.holds import refuse_held
from clients.importing.engine import LOCK as IMPORT_LOCK
from clients.models import (
    BehavioralTag,
    BulkBehavioralRow,
    ChangeKind,
    Client,
    ClientMerge,
    Erasure,
    FormerNumber,
    Permission,
    User,
)
from clients.permission import erasing
from clients.services import BEHAVIORAL
from clients.services_facts import refresh_last_touch
from servicing.book.fields import Field, side_by_side, stricter, taken_values
from servicing.book.rules import RULES, Merging
from servicing.book.tables import belonging, constrained
from servicing.models import ServiceTask
from servicing.planning import lock, plan
from tiers.services import wait_for_other_scorers


def take_locks() -> None:
    """Waits for planners, scorers and imports: none of them meets half a record."""
    lock()
    wait_for_other_scorers()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORT_LOCK])


def fetch(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


# --- Before --------------------------------------------------------------------------------------------


@dataclass
class MergePreview:
    """What merging `gone` into `kept` would do. `same_day_money`: rows of both records with one date and
    source, and the gone record's amount in them; `seen` differs once either record changed."""

    kept: Client
    gone: Client
    fields: list[Field]
    permission: str
    counts: list[tuple[str, int, int]]
    same_tasks: list[str]
    same_touches: int
    same_people: list[str]
    same_day_money: tuple[int, Decimal]
    team: list[tuple[str, str, str]]
    tiers: tuple[str, str]
    seen: str

    @property
    def permission_label(self) -> str:
        return str(Permission(self.permission).label)

    @property
    def erases(self) -> bool:
        """Whether a behavioral trigger is erased because one of the two gave no permission."""
        held = BehavioralTag.objects.filter(client__in=(self.kept, self.gone)).exists()
        return held and self.permission != Permission.GRANTED


COUNTED = (
    "clients_member",
    "clients_revenue",
    "clients_touch",
    "clients_timeentry",
    "servicing_servicetask",
    "servicing_clientrequest",
    "servicing_waiver",
    "servicing_cadenceoverride",
    "tiers_override",
)
SAME_TOUCHES = """
    SELECT count(*) FROM clients_touch t JOIN clients_touch twin ON twin.client_id = %(kept)s
        AND twin.source_id = '' AND twin.occurred_at = t.occurred_at AND twin.kind_id = t.kind_id
    WHERE t.client_id = %(gone)s AND t.source_id = ''
"""
SAME_PEOPLE = """
    SELECT DISTINCT t.name FROM clients_member t JOIN clients_member twin ON twin.client_id = %(kept)s
        AND CASE WHEN twin.external_id <> '' AND t.external_id <> '' THEN twin.external_id = t.external_id
            ELSE lower(btrim(twin.name)) = lower(btrim(t.name))
                AND coalesce(twin.birth_date = t.birth_date, true) END
    WHERE t.client_id = %(gone)s ORDER BY t.name
"""
SAME_MONEY = """
    SELECT count(*), coalesce(sum(t.amount), 0) FROM clients_revenue t
    WHERE t.client_id = %(gone)s AND EXISTS (
        SELECT 1 FROM clients_revenue own
        WHERE own.client_id = %(kept)s AND own.date = t.date AND own.source = t.source
    )
"""


def merge_preview(*, kept: Client, gone: Client) -> MergePreview:
    """Reads what the page shows; changes nothing."""
    ids = {"kept": kept.pk, "gone": gone.pk}
    names = belonging()
    counts = []
    for table in COUNTED:
        mine, theirs = fetch(
            f"SELECT count(*) FILTER (WHERE client_id = %(kept)s), "
            f"count(*) FILTER (WHERE client_id = %(gone)s) FROM {table} "
            "WHERE client_id IN (%(kept)s, %(gone)s)",
            **ids,
        )[0]
        if mine or theirs:
            counts.append((str(names[table][0]._meta.verbose_name_plural), mine, theirs))
    open_ones = ServiceTask.objects.open().filter(item__isnull=False)
    mine = open_ones.filter(client=kept).values("kind")
    same = open_ones.filter(client=gone, kind__in=mine).values_list("kind__label", flat=True)
    return MergePreview(
        kept=kept,
        gone=gone,
        fields=side_by_side(kept, gone),
        permission=stricter(kept.permission, gone.permission),
        counts=counts,
        same_tasks=list(same.order_by("kind__label")),
        same_touches=fetch(SAME_TOUCHES, **ids)[0][0],
        same_people=[row[0] for row in fetch(SAME_PEOPLE, **ids)],
        same_day_money=fetch(SAME_MONEY, **ids)[0],
        team=_teams(kept, gone),
        tiers=(_tier(kept), _tier(gone)),
        seen=fingerprint(kept.pk, gone.pk),
    )


def _tier(client: Client) -> str:
    tier = client.summary.tier
    return tier.code if tier else ""


def _teams(kept: Client, gone: Client) -> list[tuple[str, str, str]]:
    """For each role that either record has: who holds it here, and there."""
    roles: dict[str, dict[int, str]] = {}
    for client in (kept, gone):
        for member in client.team.select_related("role", "user").order_by("role__position"):
            roles.setdefault(member.role.label, {})[client.pk] = member.user.display_name
    return [(role, held.get(kept.pk, ""), held.get(gone.pk, "")) for role, held in roles.items()]


def fingerprint(*clients: int) -> str:
    """A short text that differs once one of the records, or how much belongs to it, changed."""
    own = "md5(string_agg(c::text, '' ORDER BY id))"
    parts = [f"SELECT 'client', {own} FROM clients_client c WHERE id = ANY(%(ids)s)"]
    parts += [
        f"SELECT '{table}', count(*) || '.' || coalesce(max(id), 0) FROM {table} "
        "WHERE client_id = ANY(%(ids)s)"
        for table in (*COUNTED, "clients_teammember")
    ]
    rows = fetch(" UNION ALL ".join(parts), ids=list(clients))
    return fetch("SELECT md5(%(text)s)", text=repr(sorted(rows)))[0][0]


# --- The merge -----------------------------------------------------------------------------------------


class SomethingChanged(Refused):
    """A record is no longer what the person saw."""


def merge(
    *, kept: int, gone: int, take: Collection[str], by: User, reason: str = "", seen: str = ""
) -> ClientMerge:
    """Puts the record `gone` into `kept`. `take`: names of the fields whose value comes from the gone one.

    Raises Refused where either record is missing or both are the same, SomethingChanged where `seen` is of
    other facts than now.
    """
    if kept == gone:
        raise Refused(_("Choose two different records."))
    why = _("two records became one")
    context = {"user": by.pk, "client_merge": gone, "why": f"{why}: {reason}" if reason else why}
    with pghistory.context(**context), transaction.atomic():
        take_locks()
        records = {
            c.pk: c for c in Client.objects.select_for_update(of=("self",)).filter(pk__in=(kept, gone))
        }
        if len(records) < 2:
            raise Refused(_("One of the records is gone. Look at the list of clients again."))
        if seen and seen != fingerprint(kept, gone):
            raise SomethingChanged(_("One of the records changed since you looked. Look at both again."))
        refuse_held(kept, gone)
        merged = _merge(records[kept], records[gone], set(take), by, reason)
    return merged


def _merge(kept: Client, gone: Client, take: set[str], by: User, reason: str) -> ClientMerge:
    merged = ClientMerge.objects.create(
        client=kept,
        absorbed_id=gone.pk,
        external_id=gone.external_id,
        name=gone.name,
        reason=reason,
        merged_by=by,
    )
    number = FormerNumber.objects.create(external_id=gone.external_id, client=kept)
    permission = stricter(kept.permission, gone.permission)
    work = Merging(
        merge_id=merged.pk,
        kept=kept.pk,
        gone=gone.pk,
        number=number.pk,
        parameters={
            "today": firm_today(),
            "moment": timezone.now(),
            "takes_trigger": BEHAVIORAL in take and permission == Permission.GRANTED,
        },
    )
    record = fetch("SELECT to_jsonb(c)::text FROM clients_client c WHERE id = %(id)s", id=gone.pk)[0][0]
    work.dropped["clients_client"] = [json.loads(record)]
    filled = _fill(kept, taken_values(gone=gone, take=take) | {"permission": permission})
    filled.setdefault("permission", {"was": permission, "now": permission})
    held = {
        "record": BehavioralTag.objects.filter(client=gone).count(),
        "bulk": BulkBehavioralRow.objects.filter(tag=gone.pk).count(),
    }
    for table, rule in RULES.items():
        rule(work, table)
    refuse_to_lose(gone.pk)
    work.run("DELETE FROM clients_client WHERE id = %(gone)s")
    if gone.permission == Permission.GRANTED and permission != Permission.GRANTED:
        places = {code: number for code, number in held.items() if number}
        Erasure.objects.create(client=kept, answer=permission, by=by, places=places)
    erasing.sweep(clients=[kept.pk])
    merged.before, merged.filled = dict(work.dropped), filled
    merged.counts = {table: number for table, number in work.moved.items() if number}
    merged.save(update_fields=["before", "filled", "counts"])
    settle(kept.pk)
    return merged


def _fill(kept: Client, values: dict[str, Any]) -> dict[str, Any]:
    """Gives the staying record the values taken over; returns what it had and has, as JSON holds it."""
    changed = {name: value for name, value in values.items() if getattr(kept, name) != value}
    if not changed:
        return {}
    was = {name: getattr(kept, name) for name in changed}
    Client.objects.filter(pk=kept.pk).update(**changed)
    return {name: {"was": _plain(was[name]), "now": _plain(value)} for name, value in changed.items()}


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int | str) else str(value)


def refuse_to_lose(gone: int) -> None:
    """Raises RuntimeError where rows of the gone record are left: a table without a rule would lose them."""
    for table, column in constrained():
        left = fetch(f"SELECT count(*) FROM {table} WHERE {column} = %(gone)s", gone=gone)[0][0]
        if left:
            raise RuntimeError(f"{left} rows of {table} would be lost with client {gone}: it has no rule.")


def settle(*clients: int) -> None:
    """What follows for the records: last touch, planning at once, scoring by the usual sweep."""
    ids = list(clients)
    plan(as_of=firm_today(), clients=ids)
    refresh_last_touch("SELECT unnest(%s::bigint[])", [ids])
    wake_sweeps(ChangeKind.FACTS, ChangeKind.SERVICE)
