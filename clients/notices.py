"""Notices: telling people something inside the product, each thing once, and clearing up what was seen.

Whoever switched notices off, or can no longer sign in, is told nothing: no row is made.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from clients.models import Notice, TeamMember, User
from clients.models.people import Group

KEPT_AFTER_SEEN = dt.timedelta(days=90)
KEPT_UNSEEN = dt.timedelta(days=365)
LONGEST = Notice._meta.get_field("text").max_length or 0


@dataclass(frozen=True)
class Tell:
    """One sentence for one person. `key`: what it is about; the same is not told to them twice."""

    user_id: int
    text: str
    url: str
    key: str


# `again`: what was told before becomes new, where it is told anew (a task handed over, back, and over).
_TELL = """
INSERT INTO clients_notice (user_id, text, url, key, created_at)
SELECT u.id, told.text, told.url, told.key, %(now)s
FROM unnest(%(people)s::bigint[], %(texts)s::text[], %(urls)s::text[], %(keys)s::text[])
    AS told (user_id, text, url, key)
JOIN clients_user u ON u.id = told.user_id AND u.is_active AND u.wants_notices
ON CONFLICT (user_id, key) DO {then}
"""
_ONCE = "NOTHING"
_AGAIN = (
    "UPDATE SET text = excluded.text, url = excluded.url, created_at = excluded.created_at, seen_at = NULL"
)


def tell(told: Iterable[Tell], *, again: bool = False) -> int:
    """Stores the notices; returns how many are new. `again`: a key that was told before is told anew."""
    each = list({(one.user_id, one.key): one for one in told}.values())
    if not each:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            _TELL.format(then=_AGAIN if again else _ONCE),
            {
                "now": timezone.now(),
                "people": [one.user_id for one in each],
                "texts": [_short(str(one.text)) for one in each],
                "urls": [one.url for one in each],
                "keys": [one.key for one in each],
            },
        )
        return cursor.rowcount


def take_back(*keys: str) -> int:
    """Removes what nobody has seen yet of something that is no longer so; returns how many."""
    return Notice.objects.filter(key__in=keys, seen_at__isnull=True).delete()[0]


def mark_seen(*, notices: QuerySet[Notice]) -> int:
    """Marks the unseen ones of `notices`; returns how many they were."""
    return notices.filter(seen_at__isnull=True).update(seen_at=timezone.now())


def forget_old() -> int:
    """Removes notices that were seen over 90 days ago, or that nobody saw in a year; returns how many."""
    now = timezone.now()
    old = Q(seen_at__lt=now - KEPT_AFTER_SEEN) | Q(created_at__lt=now - KEPT_UNSEEN)
    return Notice.objects.filter(old).delete()[0]


def operations() -> list[int]:
    """Whom the firm's troubles are told: people of operations; where there are none, administrators."""
    for name in (Group.OPERATIONS, Group.ADMINISTRATOR):
        people = User.objects.filter(is_active=True, groups__name=name)
        if found := list(people.order_by("pk").values_list("pk", flat=True)):
            return found
    return []


def leads_of(clients: Iterable[int]) -> dict[int, int]:
    """The lead advisor of each client that has one: user id by client id."""
    leads = TeamMember.objects.filter(client__in=list(clients), role__code="lead_advisor")
    return dict(leads.values_list("client_id", "user_id"))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
