"""Overrides: a person's pin of a tier, with a reason and an expiry date."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from clients.changes import wake_sweeps
from clients.commands import Refused
from clients.firm import firm_today
from clients.models import ChangeKind, Client, Tier, User
from tiers import services
from tiers.models import AssignmentSource, Override, TierAssignment


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
    services.refresh_summaries(client_id=override.client_id)
    wake_sweeps(ChangeKind.SERVICE)
