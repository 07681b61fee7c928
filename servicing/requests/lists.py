"""Requests as lists show them: waiting, answered, late; and answer times against the promise."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from clients.access import sees_all_clients
from clients.models import Client, TeamMember, User
from servicing.models import ClientRequest
from servicing.models.standards import Channel
from servicing.models.tasks import OPEN_STATUSES
from servicing.querysets import in_hand_of
from servicing.requests import words
from servicing.work.words import answer_by

WAITING, ANSWERED, LATE = "waiting", "answered", "late"
PAGE = 50
LOOKED_BACK = dt.timedelta(days=366)  # late ones and answer times
ON_PANEL = 5
NEVER = dt.datetime(9999, 12, 31, tzinfo=dt.UTC)  # stands for no promised time where rows are put in order
_CHANNELS = dict(Channel.choices)
ROW = (
    "id",
    "client_id",
    "client__name",
    "task_id",
    "task__tier__code",
    "task__status",
    "text",
    "channel",
    "received_at",
    "promised_hours",
    "warn_at",
    "answer_by",
    "answered_at",
    "answer_minutes",
    "task__assigned_to__first_name",
    "task__assigned_to__last_name",
    "task__assigned_to__username",
    "answered_by__first_name",
    "answered_by__last_name",
    "answered_by__username",
)


@dataclass(frozen=True)
class Asked:
    """What the list is asked for; empty: any. `person`: "none" for nobody. `after`: the moment and number of
    the row before."""

    state: str = WAITING
    tier: str = ""
    person: str = ""
    after: tuple[dt.datetime, int] | None = None


def visible_to(user: User | None) -> QuerySet[ClientRequest]:
    """Requests of the clients that `user` sees, and those that `user` has in hand; without one the firm's.
    One that was logged by mistake and taken back is in no list."""
    requests = ClientRequest.objects.filter(Q(answered_at__isnull=False) | Q(task__status__in=OPEN_STATUSES))
    if user is None or sees_all_clients(user):
        return requests
    own = TeamMember.objects.filter(user=user).order_by().values("client")
    return requests.filter(Q(client__in=own) | in_hand_of(user, "task__"))


def listed(asked: Asked, user: User | None, now: dt.datetime) -> QuerySet[ClientRequest, dict[str, Any]]:
    """Rows of what was asked for: waiting ones by when they are to be answered, others the newest first."""
    requests = visible_to(user).annotate(by=Coalesce("answer_by", Value(NEVER)))
    if asked.tier:
        requests = requests.filter(task__tier__code=asked.tier)
    if asked.person:
        person = None if asked.person == "none" else int(asked.person)
        requests = requests.filter(task__assigned_to=person)
    if asked.state == WAITING:
        requests = requests.filter(answered_at__isnull=True)
        order, way = "by", "gt"
    else:
        order, way = "received_at", "lt"
        late = Q(answered_at__isnull=True, answer_by__lt=now) | Q(answered_at__gt=F("answer_by"))
        wanted = late if asked.state == LATE else Q(answered_at__isnull=False)
        requests = requests.filter(wanted, received_at__gt=now - LOOKED_BACK)
    if asked.after:
        moment, pk = asked.after
        requests = requests.filter(Q(**{f"{order}__{way}": moment}) | Q(**{order: moment, f"id__{way}": pk}))
    sign = "" if way == "gt" else "-"
    return requests.order_by(f"{sign}{order}", f"{sign}id").values(*ROW, "by")


def place_of(row: dict[str, Any], state: str) -> str:
    """Where a page that ends with this row goes on."""
    moment: dt.datetime = row["by"] if state == WAITING else row["received_at"]
    return f"{moment.isoformat()}_{row['id']}"


def as_row(row: dict[str, Any], now: dt.datetime) -> dict[str, Any]:
    """A request as a list draws it."""
    answered = row["answered_at"]
    by = row["answer_by"]
    who = "answered_by" if answered else "task__assigned_to"
    waits = answered is None
    return {
        "id": row["id"],
        "client_id": row["client_id"],
        "client": row["client__name"],
        "tier": row["task__tier__code"],
        "text": row["text"],
        "channel": _CHANNELS.get(row["channel"], ""),
        "received_at": row["received_at"],
        "person": _person(row, who),
        "waits": waits,
        "late": by is not None and (answered or now) > by,
        "soon": waits and by is not None and row["warn_at"] is not None and row["warn_at"] <= now < by,
        "said": (answer_by(by, now) if by else "") if waits else words.answered(row),
    }


def _person(row: dict[str, Any], who: str) -> str:
    full = f"{row[f'{who}__first_name'] or ''} {row[f'{who}__last_name'] or ''}".strip()
    return full or row[f"{who}__username"] or ""


def of_client(client: Client, now: dt.datetime) -> list[dict[str, Any]]:
    """The last requests of a client, those that wait first."""
    requests = ClientRequest.objects.filter(client=client).filter(
        Q(answered_at__isnull=False) | Q(task__status__in=OPEN_STATUSES)
    )
    newest = requests.order_by("-received_at", "-id").values(*ROW)[:ON_PANEL]
    return sorted((as_row(row, now) for row in newest), key=lambda row: not row["waits"])


# Requests received in a month, by the tier that the client was served then. In time: answered by the promised
# moment. One that still waits counts as late once its time has passed, and is left out until then.
_ANSWER_TIMES = """
    SELECT date_trunc('month', r.received_at AT TIME ZONE %(zone)s)::date AS month, tier.code AS tier,
        max(r.promised_hours) AS promised_hours, count(*) AS requests,
        count(*) FILTER (WHERE r.answered_at <= r.answer_by) AS in_time,
        count(*) FILTER (WHERE r.answered_at > r.answer_by OR r.answered_at IS NULL) AS late,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY r.answer_minutes) AS median
    FROM servicing_clientrequest r
    JOIN servicing_servicetask task ON task.id = r.task_id
    LEFT JOIN clients_tier tier ON tier.id = task.tier_id
    WHERE r.received_at >= %(first)s AND r.promised_hours IS NOT NULL
        AND (r.answered_at IS NOT NULL OR r.answer_by < %(now)s AND task.status IN ('planned', 'scheduled'))
    GROUP BY 1, tier.code, tier.position
    ORDER BY 1 DESC, tier.position
"""


def answer_times(now: dt.datetime) -> list[dict[str, Any]]:
    """How the promises of the last twelve months were kept, a row for each month and tier: how many requests,
    how many in time and late, the median answer time in business minutes, and the promise in hours."""
    today = timezone.localtime(now).date()
    first = today.replace(year=today.year - 1, day=1)
    zone = timezone.get_current_timezone()
    with connection.cursor() as cursor:
        cursor.execute(
            _ANSWER_TIMES,
            {
                "zone": timezone.get_current_timezone_name(),
                "first": dt.datetime.combine(first, dt.time(), tzinfo=zone),
                "now": now,
            },
        )
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        row["share"] = row["in_time"] / row["requests"]
    return rows
