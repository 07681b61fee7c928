"""Which panels of the client page have anything to read: most clients have nothing, found in one query."""

from __future__ import annotations

from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from clients.models import Client

_HAS = """
SELECT EXISTS (
    SELECT FROM servicing_waiver
    WHERE client_id = %(client)s AND %(day)s BETWEEN starts_on AND ends_on
) OR EXISTS (
    SELECT FROM servicing_cadenceoverride
    WHERE client_id = %(client)s AND %(day)s BETWEEN starts_on AND coalesce(ends_on, 'infinity')
),
EXISTS (SELECT FROM servicing_clientrequest WHERE client_id = %(client)s),
EXISTS (SELECT FROM servicing_transition WHERE client_id = %(client)s),
EXISTS (
    SELECT FROM clients_legalhold WHERE released_at IS NULL AND (client_id = %(client)s OR client_id IS NULL)
) OR EXISTS (SELECT FROM servicing_accessrequest WHERE client_id = %(client)s AND state = 'open')
OR EXISTS (SELECT FROM clients_anonymised WHERE client_id = %(client)s)"""
_KEPT = "_has_service"


class Has(NamedTuple):
    """Exceptions are those in force today; requests and transitions of any time. `kept`: something is to be
    said of how its data is kept: a hold that stands, an open access request, that it was anonymised."""

    exceptions: bool
    requests: bool
    transitions: bool
    kept: bool


def has(client: Client) -> Has:
    """What there is of `client`, looked up once for an object: the panels of a page share it."""
    found: Has | None = client.__dict__.get(_KEPT)
    if found is None:
        with connection.cursor() as cursor:
            cursor.execute(_HAS, {"client": client.pk, "day": timezone.localdate()})
            found = client.__dict__[_KEPT] = Has(*cursor.fetchone())
    return found
