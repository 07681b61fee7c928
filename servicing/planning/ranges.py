"""The nightly planning of a large firm in parts, each a message and a transaction of its own.

Level work is level by person: a batch of one advisor's clients is spread by rank, and halves of it that knew
nothing of each other would not meet evenly. So a part is made of whole books, in the order of lead advisor
and client; only a book that is larger than a part by itself, and the clients whom nobody leads, are cut. A
person who serves clients of several leads (a planner, an associate) has work that is level for each part.

Planners still take turns. What is gained: nobody who closes a task waits for a whole firm to be planned, and
a worker that dies loses one part.
"""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from servicing.models import PlanningRange

KEPT = dt.timedelta(days=60)
SPLITTING_LOCK = 7_262_013

# Each client after its lead advisor's others; a book belongs to the part in which it begins.
SPLIT = """
    INSERT INTO servicing_planningrange
        (night, number, first_lead, first_client, end_lead, end_client, clients, made_at, created)
    SELECT %(night)s, %(after)s + number,
        CASE WHEN number = 1 THEN 0 ELSE first[1] END, CASE WHEN number = 1 THEN 0 ELSE first[2] END,
        lead(first[1]) OVER in_order, lead(first[2]) OVER in_order, clients, %(now)s, 0
    FROM (
        SELECT row_number() OVER (ORDER BY part) AS number, min(ARRAY[lead, client_id]) AS first,
            count(*) AS clients
        FROM (
            SELECT lead, client_id,
                (before + CASE WHEN lead = 0 OR size > %(most)s THEN place - 1 ELSE 0 END) / %(most)s AS part
            FROM (
                SELECT lead, client_id, row_number() OVER book AS place, count(*) OVER whole_book AS size,
                    row_number() OVER in_order - row_number() OVER book AS before
                FROM (
                    SELECT coalesce(member.user_id, 0)::bigint AS lead, client.id AS client_id
                    FROM clients_client client
                    LEFT JOIN clients_teammember member ON member.client_id = client.id
                        AND member.role_id = (SELECT id FROM clients_servicerole WHERE code = 'lead_advisor')
                ) clients
                WINDOW book AS (PARTITION BY lead ORDER BY client_id), whole_book AS (PARTITION BY lead),
                    in_order AS (ORDER BY lead, client_id)
            ) placed
        ) parted
        GROUP BY part
    ) parts
    WINDOW in_order AS (ORDER BY number)
"""

MEMBERS = """
    SELECT client.id AS client_id
    FROM clients_client client
    LEFT JOIN clients_teammember member ON member.client_id = client.id
        AND member.role_id = (SELECT id FROM clients_servicerole WHERE code = 'lead_advisor')
    WHERE (coalesce(member.user_id, 0), client.id) >= (%(first_lead)s, %(first_client)s)
        AND (%(end_lead)s::bigint IS NULL
            OR (coalesce(member.user_id, 0), client.id) < (%(end_lead)s, %(end_client)s))
"""


@transaction.atomic
def split(*, night: dt.date, most: int, anew: bool = False) -> list[int]:
    """Splits the firm for a night into parts of about `most` clients; returns the numbers of those to plan.

    A night is split once: who asks again is told what is left. `anew`: all of the firm once more, in parts of
    further numbers, because what is promised changed since; a part that somebody plans is left to them.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SPLITTING_LOCK])
        parts = PlanningRange.objects.filter(night=night)
        after = parts.aggregate(last=Max("number"))["last"] or 0
        if anew or not after:
            free = parts.filter(finished_at__isnull=True).select_for_update(skip_locked=True)
            PlanningRange.objects.filter(pk__in=[part.pk for part in free]).delete()
            PlanningRange.objects.filter(night__lt=night - KEPT).delete()
            cursor.execute(SPLIT, {"night": night, "most": most, "now": timezone.now(), "after": after})
    return left(night=night)


def left(*, night: dt.date) -> list[int]:
    """The parts of a night that are not planned yet, those included that somebody is planning."""
    waiting = PlanningRange.objects.filter(night=night, finished_at__isnull=True)
    return list(waiting.order_by("number").values_list("number", flat=True))


def claim(*, night: dt.date, number: int) -> PlanningRange | None:
    """The part, held until the transaction ends; None where it is planned, or another worker holds it."""
    waiting = PlanningRange.objects.filter(night=night, number=number, finished_at__isnull=True)
    return waiting.select_for_update(skip_locked=True).first()


def finish(*, part: PlanningRange, created: int) -> None:
    part.finished_at, part.created = timezone.now(), created
    part.save(update_fields=["finished_at", "created"])
