"""What changed since a moment: the clients and tasks that a caller has to read again.

Audit rows carry the moment at which their transaction began, and are seen when it ends. An answer therefore
says `as_of`: a moment before the beginning of whatever was still running when it was read. Who asks again
from there misses nothing; a change may be told twice.
"""

from __future__ import annotations

import datetime as dt

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils import timezone

# A transaction is listed a moment after it has read the clock.
MARGIN = dt.timedelta(seconds=2)

_OLDEST = """
SELECT coalesce(min(xact_start), now()) FROM pg_stat_activity
WHERE datname = current_database() AND xact_start IS NOT NULL"""

_CLIENTS = """(
    SELECT pgh_obj_id FROM clients_clientevent WHERE pgh_created_at >= %(since)s
    UNION SELECT client_id FROM clients_teammemberevent WHERE pgh_created_at >= %(since)s
    UNION SELECT client_id FROM tiers_tierassignmentevent WHERE pgh_created_at >= %(since)s
    {behavioral}
)"""
_BEHAVIORAL = "UNION SELECT client_id FROM clients_behavioraltagevent WHERE pgh_created_at >= %(since)s"
_TASKS = "(SELECT pgh_obj_id FROM servicing_servicetaskevent WHERE pgh_created_at >= %(since)s)"


def as_of() -> dt.datetime:
    """The moment from which to ask next time. To be called before what is answered is read."""
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST)
        oldest = cursor.fetchone()[0]
    return min(oldest, timezone.now()) - MARGIN


def clients_changed(since: dt.datetime, *, behavioral: bool) -> Q:
    """Clients whose record, team or tier changed; with `behavioral`, whose behavioral trigger did."""
    return _among(_CLIENTS.format(behavioral=_BEHAVIORAL if behavioral else ""), since)


def tasks_changed(since: dt.datetime) -> Q:
    return _among(_TASKS, since)


def _among(ids: str, since: dt.datetime) -> Q:
    named = ids.replace("%(since)s", "%s")
    return Q(pk__in=RawSQL(named, [since] * named.count("%s")))  # noqa: S611  (texts of this module)
