"""The secret address of a person's calendar: make it, find it, end it; and how often it may be read."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from clients.models import User
from clients.random_secrets import digest_of, new_secret
from servicing.models import CalendarFeed

READS_AN_HOUR = 120  # calendar programs ask a few times an hour, one for each device
HOUR = dt.timedelta(hours=1)


def make_address(*, user: User) -> str:
    """A new secret of 256 bits for the person's calendar, which is never kept; the one before it ends."""
    secret = new_secret()
    with transaction.atomic():
        feed, made = CalendarFeed.objects.select_for_update().get_or_create(
            user=user, defaults={"digest": digest_of(secret)}
        )
        if not made:
            CalendarFeed.objects.filter(pk=feed.pk).update(digest=digest_of(secret), read_at=None, reads=0)
    return secret


def end_address(*, user: User) -> None:
    """Ends the person's address; what was told of is forgotten."""
    CalendarFeed.objects.filter(user=user).delete()


def show_names(*, user: User, shown: bool) -> None:
    """Whether the person's calendar has client names in place of numbers."""
    CalendarFeed.objects.filter(user=user).update(show_names=shown)


def find_feed(secret: str) -> CalendarFeed | None:
    """The calendar of an active person with this secret. Any other secret costs the same one look-up, by a
    digest, so that nothing can be learned from how long it takes."""
    return (
        CalendarFeed.objects.select_related("user")
        .filter(digest=digest_of(secret), user__is_active=True)
        .first()
    )


def count_read(feed: CalendarFeed, now: dt.datetime) -> bool:
    """Notes a read of a locked feed; False where it was read too often in the hour."""
    if feed.hour_began_at is None or now - feed.hour_began_at >= HOUR:
        feed.hour_began_at, feed.reads = now, 0
    if feed.reads >= READS_AN_HOUR:
        return False
    feed.reads, feed.read_at = feed.reads + 1, now
    feed.save(update_fields=["hour_began_at", "reads", "read_at"])
    return True
