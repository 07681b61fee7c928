"""Time zones for a dropdown: those of the firm's country first, then every region's."""

from __future__ import annotations

import zoneinfo
from collections import defaultdict
from functools import cache
from importlib.resources import files

from django.utils.translation import gettext as _

Group = tuple[str, list[tuple[str, str]]]


@cache
def _by_country() -> dict[str, list[str]]:
    """Zones in use by two-letter country, each country's in the order of the zone table of `tzdata`."""
    zones = defaultdict(list)
    known = zoneinfo.available_timezones()
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            country, _place, zone = line.split("\t")[:3]
            if zone in known:
                zones[country].append(zone)
    return dict(zones)


def zones_of(country: str) -> list[str]:
    """A country's zones, without those of single counties (America/Indiana/Vevay) where it has others."""
    zones = _by_country().get(country, [])
    return [zone for zone in zones if zone.count("/") == 1] or zones


def choices(*, country: str, current: str) -> list[Group]:
    """Groups of (zone, name) for a dropdown. `current` is among them even where it is an older alias."""
    near = zones_of(country)
    everywhere = {zone for zones in _by_country().values() for zone in zones}
    regions = defaultdict(list)
    for zone in sorted(everywhere - set(near)):
        regions[zone.partition("/")[0]].append(zone)
    groups = [
        (_("In %(country)s") % {"country": country}, near),
        *sorted(regions.items()),
        (_("Other"), sorted({"UTC", current} - everywhere)),
    ]
    return [(name, [(zone, _name(zone)) for zone in zones]) for name, zones in groups if zones]


def _name(zone: str) -> str:
    """America/Argentina/La_Rioja as Argentina, La Rioja."""
    _region, _slash, place = zone.partition("/")
    return (place or zone).replace("_", " ").replace("/", ", ")
