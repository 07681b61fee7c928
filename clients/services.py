"""Writes to the client record: one client's tags, and one value for many clients at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pghistory
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.access import sees_all_clients
from clients.changes import wake_sweeps
from clients.contact import hold_on
from clients.models import (
    BehavioralTag,
    BulkBehavioralRow,
    BulkChange,
    BulkChangeRow,
    BulkField,
    ChangeKind,
    Client,
    Member,
    Permission,
    ServiceRole,
    TeamMember,
    Term,
    User,
)
from clients.querysets import ClientQuerySet
from clients.register.active import is_active
from clients.words import AXES

if TYPE_CHECKING:
    from clients.forms import ClientForm

BEHAVIORAL = "behavioral_trigger"
LEAD_ADVISOR = "lead_advisor"
UNDO_SECONDS = 600  # for so long a change of many can be taken back


class TagRefused(Exception):
    """The value cannot be stored; the text says why."""


class TooLate(Exception):
    """The time in which a change could be taken back has passed; the text says so."""


def term_of(field: str, id: int | None) -> Term | None:
    """The word of `field` with this id, or None for none. Raises TagRefused where it cannot be chosen."""
    if id is None:
        return None
    term = AXES[field]._default_manager.filter(pk=id, retired_at__isnull=True).first()
    if term is None:
        raise TagRefused(_("This value can no longer be chosen."))
    return term


def _refuse_untracked(field: str) -> None:
    if field in AXES and not is_active(field):
        raise TagRefused(_("This field is not tracked: the field register has no entry for it."))


@transaction.atomic
def set_tag(*, client: Client, field: str, term: Term | None) -> int | None:
    """Gives `client` the value for one of the five dropdowns; returns the id that it had.

    Raises TagRefused for a behavioral trigger while permission is not granted, and for a dropdown that the
    field register does not let the firm track.
    """
    _refuse_untracked(field)
    locked = Client.objects.select_for_update(of=("self",)).get(pk=client.pk)
    wake_sweeps(ChangeKind.SERVICE)
    if field != BEHAVIORAL:
        previous = getattr(locked, f"{field}_id")
        setattr(locked, field, term)
        locked.save(update_fields=[field])
        return previous
    tag = BehavioralTag.objects.filter(client=locked).first()
    if term is None:
        if tag:
            tag.delete()
    elif locked.permission != Permission.GRANTED:
        raise TagRefused(
            _("A behavioral trigger is stored only while permission is granted. Ask the client first.")
        )
    else:
        BehavioralTag.objects.update_or_create(client=locked, defaults={"trigger_id": term.pk})
    return tag.trigger_id if tag else None


@transaction.atomic
def save_client(*, form: ClientForm) -> Client:
    """Stores what a valid form changed on a client, its behavioral trigger included where the form has one.

    Raises TagRefused, and stores nothing, where permission ended while the form was open.
    """
    client = form.instance
    # Only what was changed here: nobody's change of the rest in the meantime is written over.
    client.save(update_fields=[name for name in form.changed_data if name != BEHAVIORAL])
    if BEHAVIORAL in form.changed_data:
        set_tag(client=client, field=BEHAVIORAL, term=form.cleaned_data[BEHAVIORAL])
    wake_sweeps(ChangeKind.SERVICE)
    return client


@transaction.atomic
def set_team(*, client: Client, holders: Mapping[int, User | None]) -> None:
    """Gives each role (by its id) on the client's service team to a person, or to nobody."""
    for role_id, user in holders.items():
        held = TeamMember.objects.filter(client=client, role_id=role_id)
        if user is None:
            held.delete()
        elif not held.filter(user=user).exists():
            TeamMember.objects.update_or_create(client=client, role_id=role_id, defaults={"user": user})
    wake_sweeps(ChangeKind.SERVICE)


@transaction.atomic
def remove_member(*, member: Member) -> bool:
    """Takes a person off the household. Returns whether something that the person opted out of holds on."""
    held = hold_on(member)
    member.delete()
    return held


def lead_own_client(*, client: Client, by: User) -> None:
    """An advisor who adds a client leads it, and so sees it."""
    if not sees_all_clients(by):
        lead = ServiceRole.objects.get(code=LEAD_ADVISOR)
        set_team(client=client, holders={lead.pk: by})


# --- Many clients at once ----------------------------------------------------------------------------

# The clients that have another value, with what they have; then the change; then what is needed to undo it.
_TAG_MANY = """
WITH picked AS (
    SELECT id, {column} AS previous FROM clients_client
    WHERE id IN ({clients}) AND {column} IS DISTINCT FROM %s FOR UPDATE
), changed AS (
    UPDATE clients_client c SET {column} = %s FROM picked p WHERE c.id = p.id RETURNING c.id, p.previous
)
INSERT INTO clients_bulkchangerow (change_id, client_id, previous) SELECT %s, id, previous FROM changed
"""

_LEAD_MANY = """
WITH lead AS (
    SELECT id FROM clients_servicerole WHERE code = 'lead_advisor'
), picked AS (
    SELECT c.id, t.user_id AS previous
    FROM clients_client c LEFT JOIN clients_teammember t
         ON t.client_id = c.id AND t.role_id = (SELECT id FROM lead)
    WHERE c.id IN ({clients}) AND t.user_id IS DISTINCT FROM %s
), changed AS (
    INSERT INTO clients_teammember (client_id, role_id, user_id)
    SELECT p.id, lead.id, %s FROM picked p, lead
    ON CONFLICT (client_id, role_id) DO UPDATE SET user_id = excluded.user_id
    RETURNING client_id
)
INSERT INTO clients_bulkchangerow (change_id, client_id, previous)
SELECT %s, p.id, p.previous FROM picked p JOIN changed ON changed.client_id = p.id
"""

# Only those whose permission is granted now; the lock on the client makes a withdrawal wait.
_BEHAVIORAL_MANY = """
WITH picked AS (
    SELECT c.id, t.trigger_id AS previous
    FROM clients_client c LEFT JOIN clients_behavioraltag t ON t.client_id = c.id
    WHERE c.id IN ({clients}) AND c.permission = 'granted' AND t.trigger_id IS DISTINCT FROM %s
    FOR SHARE OF c
), changed AS (
    INSERT INTO clients_behavioraltag (client_id, trigger_id) SELECT id, %s FROM picked
    ON CONFLICT (client_id) DO UPDATE SET trigger_id = excluded.trigger_id
    RETURNING client_id
)
INSERT INTO clients_bulkbehavioralrow (change_id, tag_id, given, previous)
SELECT %s, p.id, %s, p.previous FROM picked p JOIN changed ON changed.client_id = p.id
"""


def _run(sql: str, clients: ClientQuerySet, *params: int | None) -> int:
    ids, ids_params = clients.order_by().values("id").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql.replace("{clients}", ids), [*ids_params, *params])
        return cursor.rowcount


def _column(field: str) -> str:
    """The client's column for one of the dropdowns; KeyError for any other text."""
    return {axis: f"{axis}_id" for axis in AXES}[field]


@transaction.atomic
def change_many(*, clients: ClientQuerySet, field: str, value: int | None, by: User) -> BulkChange:
    """Gives every one of `clients` the same value, in one statement; returns what was changed and skipped.

    `value`: the id of a word, of a person for the lead advisor, or None to clear. A behavioral trigger goes
    only to clients with permission granted; those without it count as skipped. Raises TagRefused for a
    dropdown that is not tracked.
    """
    _refuse_untracked(field)
    behavioral = field == BulkField.BEHAVIORAL
    change = BulkChange.objects.create(field=field, value=None if behavioral else value, created_by=by)
    with pghistory.context(bulk_change=change.pk):
        if behavioral:
            without = clients.exclude(permission=Permission.GRANTED)
            change.skipped = without.count() if value is not None else 0
            if value is None:
                change.changed = BehavioralTag.objects.filter(client__in=clients.order_by()).delete()[0]
            else:
                change.changed = _run(_BEHAVIORAL_MANY, clients, value, value, change.pk, value)
        elif field == BulkField.ADVISOR:
            change.changed = _run(_LEAD_MANY, clients, value, value, change.pk)
        else:
            column = _column(field)
            change.changed = _run(_TAG_MANY.replace("{column}", column), clients, value, value, change.pk)
    change.save(update_fields=["changed", "skipped"])
    wake_sweeps(ChangeKind.SERVICE)
    return change


def can_be_undone(change: BulkChange) -> bool:
    """Whether what it replaced is still known: an erased behavioral trigger is not."""
    if change.undone_at or not change.changed:
        return False
    return change.field != BulkField.BEHAVIORAL or change.behavioral_rows.exists()


# A word or a person deleted in the meantime does not come back: such a client stays as it is. So does one
# whose tags the person may not see any more. Clients given to another lead advisor come back: that took
# them away.
_UNDO_TAG = """
UPDATE clients_client c SET {column} = r.previous FROM clients_bulkchangerow r
WHERE c.id IN ({clients}) AND r.change_id = %s AND r.client_id = c.id
  AND c.{column} IS NOT DISTINCT FROM %s
  AND (r.previous IS NULL OR EXISTS (SELECT FROM {words} w WHERE w.id = r.previous))
"""
_UNDO_LEAD_BACK = """
UPDATE clients_teammember t SET user_id = r.previous FROM clients_bulkchangerow r
WHERE r.change_id = %s AND r.client_id = t.client_id AND t.user_id = %s
  AND EXISTS (SELECT FROM clients_user u WHERE u.id = r.previous)
  AND t.role_id = (SELECT id FROM clients_servicerole WHERE code = 'lead_advisor')
"""
_UNDO_LEAD_NONE = """
DELETE FROM clients_teammember t USING clients_bulkchangerow r
WHERE r.change_id = %s AND r.client_id = t.client_id AND t.user_id = %s AND r.previous IS NULL
  AND t.role_id = (SELECT id FROM clients_servicerole WHERE code = 'lead_advisor')
"""
_UNDO_BEHAVIORAL_BACK = """
UPDATE clients_behavioraltag t SET trigger_id = r.previous FROM clients_bulkbehavioralrow r
WHERE t.client_id IN ({clients}) AND r.change_id = %s AND r.tag_id = t.client_id
  AND t.trigger_id = r.given
  AND EXISTS (SELECT FROM clients_behavioraltrigger w WHERE w.id = r.previous)
"""
_UNDO_BEHAVIORAL_NONE = """
DELETE FROM clients_behavioraltag t USING clients_bulkbehavioralrow r
WHERE t.client_id IN ({clients}) AND r.change_id = %s AND r.tag_id = t.client_id
  AND t.trigger_id = r.given AND r.previous IS NULL
"""


@dataclass(frozen=True)
class Undone:
    """How many clients got back what they had, and how many stay because they were changed since, or went to
    another team."""

    restored: int
    kept: int


@transaction.atomic
def undo_change(*, change: BulkChange) -> Undone:
    """Takes a bulk change back for every client that still has the value it gave, on behalf of who made it. A
    second time: nothing. Raises TooLate once the time for it has passed."""
    if change.created_at < _undone_since():
        raise TooLate(_("This can no longer be undone."))
    claimed = BulkChange.objects.filter(pk=change.pk, undone_at__isnull=True).update(undone_at=timezone.now())
    if not claimed:
        return Undone(0, 0)
    seen = Client.objects.visible_to(change.created_by)
    with pghistory.context(undoes_bulk_change=change.pk):
        if change.field == BulkField.BEHAVIORAL:
            restored = _run(_UNDO_BEHAVIORAL_BACK, seen, change.pk)
            restored += _run(_UNDO_BEHAVIORAL_NONE, seen, change.pk)
        elif change.field == BulkField.ADVISOR:
            restored = _undo(_UNDO_LEAD_BACK, change.pk, change.value)
            restored += _undo(_UNDO_LEAD_NONE, change.pk, change.value)
        else:
            column = _column(change.field)
            words = AXES[change.field]._meta.db_table
            undo_tag = _UNDO_TAG.replace("{column}", column).replace("{words}", words)
            restored = _run(undo_tag, seen, change.pk, change.value)
    wake_sweeps(ChangeKind.SERVICE)
    return Undone(restored, change.changed - restored)


def _undo(sql: str, *params: int | None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount


def _undone_since() -> dt.datetime:
    """What was changed earlier is no longer undone."""
    return timezone.now() - dt.timedelta(seconds=UNDO_SECONDS)


def forget_past_undo() -> int:
    """Removes what clients had before changes of many that can no longer be undone; returns how many."""
    over = BulkChange.objects.filter(created_at__lt=_undone_since()).values("pk")
    tags, _each = BulkChangeRow.objects.filter(change__in=over).delete()
    triggers, _each = BulkBehavioralRow.objects.filter(change__in=over).delete()
    return tags + triggers
