"""Making, finding and ending tokens, and how often one may call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from clients.models import User
from clients.random_secrets import digest_of, new_secret
from servicing.models import ApiRequest, ApiToken, ApiTokenUse

PREFIX = "scrm_"  # so that a leaked one is recognised
A_MINUTE = 300  # calls of one token
LONGEST_DAYS = 730
REQUESTS_KEPT = dt.timedelta(days=2)


@dataclass(frozen=True)
class Caller:
    """Who calls: the token and the person it acts as. `calls`: of this minute, this one counted."""

    token_id: int
    name: str
    scopes: frozenset[str]
    user: User
    calls: int
    expires_at: dt.datetime


@transaction.atomic
def make_token(
    *, name: str, scopes: Collection[str], acting_as: User, expires_at: dt.datetime, by: User
) -> tuple[ApiToken, str]:
    """A new token and its secret of 256 bits, which is never kept."""
    secret = PREFIX + new_secret()
    token = ApiToken.objects.create(
        name=name,
        scopes=sorted(scopes),
        acting_as=acting_as,
        secret_hash=digest_of(secret),
        ending=secret[-4:],
        expires_at=expires_at,
        made_by=by,
    )
    ApiTokenUse.objects.create(token=token)
    return token, secret


def end_token(*, token: ApiToken, by: User) -> bool:
    """Ends the token at once; False where it had ended already."""
    live = ApiToken.objects.filter(pk=token.pk, ended_at__isnull=True)
    return bool(live.update(ended_at=timezone.now(), ended_by=by))


# One look finds a live token of an active person, notes its use and counts the call, for all web processes.
_CALL = """
WITH found AS (
    SELECT t.id, t.name, t.scopes, t.acting_as_id, t.expires_at
    FROM servicing_apitoken t JOIN clients_user u ON u.id = t.acting_as_id AND u.is_active
    WHERE t.secret_hash = %(hash)s AND t.ended_at IS NULL AND t.expires_at > %(now)s
), counted AS (
    UPDATE servicing_apitokenuse used
    SET last_used_at = %(now)s,
        calls = CASE WHEN used.minute = %(minute)s THEN used.calls + 1 ELSE 1 END,
        minute = %(minute)s
    FROM found WHERE used.token_id = found.id
    RETURNING used.calls
)
SELECT found.*, counted.calls FROM found, counted"""


def find_caller(secret: str) -> Caller | None:
    """The caller with a live token, its call counted. Any other secret costs the same one look-up, by a hash,
    so that nothing can be learned from how long it takes."""
    now = timezone.now()
    values: dict[str, Any] = {"hash": digest_of(secret), "now": now, "minute": int(now.timestamp()) // 60}
    with connection.cursor() as cursor:
        cursor.execute(_CALL, values)
        row = cursor.fetchone()
    if row is None:
        return None
    token_id, name, scopes, user_id, expires_at, calls = row
    user = User.objects.get(pk=user_id)
    return Caller(token_id, name, frozenset(scopes), user, calls, expires_at)


def forget_requests() -> int:
    """Forgets keys of requests that nobody will send again; returns how many."""
    return ApiRequest.objects.filter(at__lt=timezone.now() - REQUESTS_KEPT).delete()[0]
