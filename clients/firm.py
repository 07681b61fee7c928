"""The firm's own settings: name, time zone, country; and what day it is there."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from contextvars import ContextVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.expressions import RawSQL
from django.utils import timezone

from clients.models.people import Firm

# The fields that the register lets the firm track today, where the firm is: read with the firm, so that no
# page pays a query for them.
_REGISTERED = RawSQL(
    """
    ARRAY(
        SELECT e.field FROM clients_fieldentry e,
            LATERAL (SELECT (now() AT TIME ZONE clients_firm.time_zone)::date AS today) firm
        WHERE e.active_from <= firm.today AND (e.active_until IS NULL OR e.active_until > firm.today)
    )
    """,
    [],
    output_field=ArrayField(models.CharField()),
)


# About how many clients there are, as the database last noted it.
_ABOUT = RawSQL(
    "(SELECT reltuples::bigint FROM pg_class WHERE oid = 'clients_client'::regclass)",
    [],
    output_field=models.BigIntegerField(),
)


def firm_settings() -> Firm:
    """The one row of the firm. A new database has it from its migration."""
    firm = Firm.objects.filter(pk=1).annotate(registered=_REGISTERED, about_clients=_ABOUT).first()
    return firm or Firm(pk=1)


def about_clients(firm: Firm) -> int:
    """About how many clients the firm has, as it was read with `firm`; 0 where nobody has looked."""
    return max(0, getattr(firm, "about_clients", 0))


def registered_fields(firm: Firm) -> frozenset[str]:
    """Codes of the fields that the register lets the firm track today, as they were read with `firm`."""
    return frozenset(getattr(firm, "registered", ()))


# The firm's time zone for the running request; the middleware sets it.
zone: ContextVar[zoneinfo.ZoneInfo | None] = ContextVar("zone", default=None)


def firm_zone() -> zoneinfo.ZoneInfo:
    """The firm's time zone: within a request as it was read with it, else asked of the database."""
    return zone.get() or zoneinfo.ZoneInfo(firm_settings().time_zone)


def firm_today() -> dt.date:
    """Today's date where the firm is."""
    return timezone.now().astimezone(firm_zone()).date()


def firm_date(moment: dt.datetime) -> dt.date:
    """The date that `moment` (aware) has in the firm's time zone."""
    return moment.astimezone(firm_zone()).date()
