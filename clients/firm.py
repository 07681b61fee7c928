"""The firm's own settings: name, time zone, country; and what day it is there."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from django.utils import timezone

from clients.models.people import Firm


def firm_settings() -> Firm:
    """The one row of the firm. A new database has it from its migration."""
    firm = Firm.objects.filter(pk=1).first()
    return firm or Firm(pk=1)


def firm_zone() -> zoneinfo.ZoneInfo:
    return zoneinfo.ZoneInfo(firm_settings().time_zone)


def firm_today() -> dt.date:
    """Today's date where the firm is."""
    return timezone.now().astimezone(firm_zone()).date()


def firm_date(moment: dt.datetime) -> dt.date:
    """The date that `moment` (aware) has in the firm's time zone."""
    return moment.astimezone(firm_zone()).date()
