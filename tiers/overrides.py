"""Overrides: a person's pin of a tier, with a reason and an expiry date."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from clients.access import sees_all_clients
from clients.changes import wake_sweeps
from clients.commands import Refused
from clients.firm import firm_today
from clients.models import ChangeKind, Client, Tier, User
from tiers import services
from tiers.models import AssignmentSource, Override, TierAssignment

SOON = dt.timedelta(days=30)  # an override that ends within them is about to
IN_FORCE, ENDS_SOON, TO_COME, ENDED = "in_force", "soon", "to_come", "ended"


def listed(state: str, user: User, today: dt.date) -> QuerySet[Override]:
    """The overrides in `state` of the clients that `user` may see, soonest to end first; of those
    that ended, the last first.

    Each has `end`, its last day unless it is ended before.
    """
    not_ended = Q(ended_on__isnull=True) | Q(ended_on__gt=today)
    going_on = not_ended & Q(starts_on__lte=today, expires_on__gte=today)
    which = {
        IN_FORCE: going_on,
        ENDS_SOON: going_on & Q(expires_on__lte=today + SOON),
        TO_COME: not_ended & Q(starts_on__gt=today),
        ENDED: Q(ended_on__lte=today) | Q(expires_on__lt=today),
    }[state]
    rows = Override.objects.filter(which).select_related("client", "tier", "created_by")
    if not sees_all_clients(user):
        rows = rows.filter(client__in=Client.objects.visible_to(user).values("pk"))
    rows = rows.annotate(end=Coalesce("ended_on", "expires_on"))
    return rows.order_by("-end", "-id") if state == ENDED else rows.order_by("end", "id")


def after(rows: QuerySet[Override], state: str, end: dt.date, id: int) -> QuerySet[Override]:
    """What follows the override `id` that ends on `end`, in the order of `listed`."""
    if state == ENDED:
        return rows.filter(Q(end__lt=end) | Q(end=end, id__lt=id))
    return rows.filter(Q(end__gt=end) | Q(end=end, id__gt=id))


def pin_of(client: Client, today: dt.date) -> Override | None:
    """The client's override that is in force or still to come."""
    return (
        Override.objects.filter(client=client, expires_on__gte=today)
        .filter(Q(ended_on__isnull=True) | Q(ended_on__gt=today))
        .select_related("tier", "created_by")
        .order_by("-starts_on", "-id")
        .first()
    )


def pin_tier(
    *,
    client: Client,
    tier: Tier,
    reason: str,
    text: str,
    starts_on: dt.date,
    expires_on: dt.date,
    by: User | None,
) -> Override:
    """Pins the client's tier and ends the pin before it. In force today, the tier starts today.

    Raises Refused where the dates do not fit.
    """
    today = firm_today()
    if expires_on < starts_on or expires_on < today:
        raise Refused(_("The last day lies before the first, or has passed."))
    with transaction.atomic():
        services.wait_for_other_scorers()
        earlier = Override.objects.select_for_update().filter(client=client, ended_on__isnull=True).first()
        if earlier:
            earlier.ended_on = max(earlier.starts_on, min(starts_on, earlier.expires_on))
            earlier.save(update_fields=["ended_on"])
        override = Override.objects.create(
            client=client,
            tier=tier,
            reason=reason,
            text=text,
            starts_on=starts_on,
            expires_on=expires_on,
            created_by=by,
        )
        if starts_on <= today:
            _start(override, today, by)
    return override


def end_override(*, override: Override) -> None:
    """Ends the pin today. The client keeps the tier until a run that proposes another is applied."""
    if override.ended_on is None:
        override.ended_on = max(override.starts_on, firm_today())
        override.save(update_fields=["ended_on"])


def reopen_override(*, override: Override) -> None:
    """Takes the end of a pin back. Raises Refused where its last day has passed or another pin came."""
    with transaction.atomic():
        services.wait_for_other_scorers()
        if override.expires_on < firm_today():
            raise Refused(_("The last day of this pin has passed."))
        others = Override.objects.filter(client=override.client_id, ended_on__isnull=True)
        if others.exclude(pk=override.pk).exists():
            raise Refused(_("Another pin of this client came after it."))
        override.ended_on = None
        override.save(update_fields=["ended_on"])


def end_expired(today: dt.date) -> int:
    """Ends the pins whose last day has passed, the day after it; returns how many. Nobody moves by it."""
    expired = Override.objects.filter(ended_on__isnull=True, expires_on__lt=today)
    return expired.update(ended_on=F("expires_on") + dt.timedelta(days=1))


def _start(override: Override, today: dt.date, by: User | None) -> None:
    current = TierAssignment.objects.filter(client=override.client, ends_on__isnull=True).first()
    if current and current.tier_id == override.tier_id:
        return
    if current and current.starts_on > today:
        raise Refused(_("A tier of this client that starts after today was already applied."))
    if current:
        current.ends_on = today
        current.save(update_fields=["ends_on"])
    TierAssignment.objects.create(
        client=override.client,
        tier=override.tier,
        score=current.score if current else None,
        starts_on=today,
        serviced_from=today,
        source=AssignmentSource.OVERRIDE,
        override=override,
        applied_by=by,
    )
    services.refresh_tiers(client_id=override.client_id)
    wake_sweeps(ChangeKind.SERVICE)
