"""The work behind a person's figure of one week: open tasks, and those that planning will make."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection, transaction

from clients.models import TeamMember
from servicing.capacity.promised_hours import Horizon, open_session, project
from servicing.models import Absence, ServiceTask

MOST = 500  # rows of one week that are shown

ROWS = f"""
    SELECT date.day_on, date.due_on, date.client_id, client.external_id, client.name AS client,
        tier.code AS tier,
        coalesce(nullif(date.title, ''), kind.label) AS service, role.label AS role, date.task_id,
        date.minutes
    FROM promised_date date
    JOIN clients_client client ON client.id = date.client_id
    LEFT JOIN clients_tier tier ON tier.id = date.tier_id
    LEFT JOIN servicing_servicekind kind ON kind.id = date.kind_id
    LEFT JOIN clients_servicerole role ON role.id = date.role_id
    WHERE date.person_id IS NOT DISTINCT FROM %(person)s AND NOT date.automated
        AND date.day_on BETWEEN %(monday)s AND %(monday)s + 6
    ORDER BY date.day_on, client.name, date.client_id, date.kind_id
    LIMIT {MOST + 1}
"""


@transaction.atomic
def of_week(*, as_of: dt.date, person: int | None, monday: dt.date) -> list[dict[str, Any]]:
    """Rows of the week that begins on `monday`, at most 501: day_on, due_on, client_id, external_id, client,
    tier, service, role, task_id (None where planning has not made it yet), minutes. `person` None: of nobody.
    """
    horizon = Horizon(as_of)
    session = open_session(horizon)
    project(session, horizon, clients=_clients_of(person))
    with connection.cursor() as cursor:
        cursor.execute(ROWS, {"person": person, "monday": monday})
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _clients_of(person: int | None) -> list[int]:
    """Whoever the person may work for: clients of own teams, of those whose stand-in the person is, and of
    tasks at hand. Of nobody: clients without a lead advisor, and those of unassigned tasks."""
    open_tasks = ServiceTask.objects.open().order_by()
    if person is None:
        with connection.cursor() as cursor:
            cursor.execute(UNLED)
            unled = {row[0] for row in cursor.fetchall()}
        return sorted(unled | set(open_tasks.filter(assigned_to=None).values_list("client_id", flat=True)))
    others = Absence.objects.filter(stand_in=person).values_list("user_id", flat=True)
    whose = {person, *others}
    teams = TeamMember.objects.filter(user__in=whose).order_by().values_list("client_id", flat=True)
    tasks = open_tasks.filter(assigned_to__in=whose).values_list("client_id", flat=True)
    return sorted({*teams, *tasks})


UNLED = """
    SELECT client.id FROM clients_client client
    WHERE client.status = 'active' AND NOT EXISTS (
        SELECT 1 FROM clients_teammember team WHERE team.client_id = client.id
            AND team.role_id = (SELECT id FROM clients_servicerole WHERE code = 'lead_advisor')
    )
"""
