"""Stating how many hours a week a person has for clients."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction

from clients.models import User
from servicing.capacity import weeks
from servicing.models import ClientHours


@transaction.atomic
def state_hours(*, user: User, hours: Decimal | None) -> None:
    """Stores the weekly hours, or takes them back (None), and measures the person's weeks against them.

    Raises ValidationError for less than 0 or more than 80 hours.
    """
    if hours is None:
        ClientHours.objects.filter(user=user).delete()
    else:
        stated = ClientHours.objects.filter(user=user).first() or ClientHours(user=user)
        stated.hours_a_week = hours
        stated.full_clean()
        stated.save()
    weeks.measure([user.pk])
