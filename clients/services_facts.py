"""Writes of facts: logging a touch, taking one back, and the date of the last touch that both keep right."""

# ruff: noqa: S608  (the id statements are written in this app, never taken from input)
from __future__ import annotations

import datetime as dt
import uuid

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.changes import wake_sweeps
from clients.firm import firm_date
from clients.models import ChangeKind, Client, ServiceRole, TeamMember, Touch, TouchKind, User
from clients.summaries import take_turns

LEAD_ADVISOR = "lead_advisor"


@transaction.atomic
def log_touch(
    *,
    client: Client,
    kind: TouchKind,
    occurred_at: dt.datetime,
    by: User | None,
    role: ServiceRole | None = None,
    outcome: str | None = None,
    minutes: int | None = None,
    note: str = "",
    source: str = "app",
) -> Touch:
    """Stores a touch and returns it.

    Defaults: the outcome of its kind; the role of `by` on the client's team, else lead advisor.
    `occurred_at` is aware; raises ValidationError where it lies in the future.
    """
    if occurred_at > timezone.now() + dt.timedelta(minutes=1):
        raise ValidationError({"occurred_at": _("A touch cannot lie in the future.")})
    touch = Touch.objects.create(
        client=client,
        kind=kind,
        occurred_at=occurred_at,
        occurred_on=firm_date(occurred_at),
        by=by,
        role=role or role_on_team(client=client, person=by),
        outcome=outcome or kind.default_outcome,
        minutes=minutes,
        note=note,
        source=source,
        source_id=uuid.uuid4().hex,
    )
    _touches_changed([client.pk])
    return touch


@transaction.atomic
def remove_touch(*, touch: Touch) -> None:
    """Takes a touch back: work that it fulfilled is open again, and the last touch is an earlier one."""
    remove_touches(touches=Touch.objects.filter(pk=touch.pk))


@transaction.atomic
def remove_touches(*, touches: QuerySet[Touch]) -> None:
    """As `remove_touch`, for many at once."""
    clients = list(touches.values_list("client_id", flat=True).distinct())
    touches.delete()
    _touches_changed(clients)


def role_on_team(*, client: Client, person: User | None) -> ServiceRole:
    """The role that `person` has on the client's service team, else lead advisor."""
    if person is not None:
        held = (
            TeamMember.objects.filter(client=client, user=person)
            .select_related("role")
            .order_by("role__position", "role_id")
            .first()
        )
        if held is not None:
            return held.role
    return ServiceRole.objects.get(code=LEAD_ADVISOR)


def _touches_changed(clients: list[int]) -> None:
    refresh_last_touch("SELECT unnest(%s::bigint[])", [clients])
    wake_sweeps(ChangeKind.FACTS, ChangeKind.SERVICE)


def refresh_last_touch(client_ids: str = "SELECT id FROM clients_client", params: list | None = None) -> int:
    """Sets the date of the last touch that reached the client, where it differs; returns how many did.

    `client_ids`: a statement that gives the ids of the clients to look at.
    """
    take_turns()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE clients_clientsummary s SET last_touch_on = l.last_touch_on FROM ("
            "SELECT a.client_id, max(t.occurred_on) AS last_touch_on "
            f"FROM (SELECT DISTINCT client_id FROM ({client_ids}) ids (client_id)) a "
            "LEFT JOIN clients_touch t ON t.client_id = a.client_id AND t.outcome = 'reached' "
            "GROUP BY a.client_id) l "
            "WHERE s.client_id = l.client_id AND s.last_touch_on IS DISTINCT FROM l.last_touch_on",
            params,
        )
        return cursor.rowcount
