"""The runway as a tool of the client page, and its facts in the field register."""

from __future__ import annotations

import datetime as dt

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from clients.register.fields import TrackedField, register_field
from clients.register.usage import Use, register_usage, spoken_with
from personas.models import HouseholdDuty, OtherIncome, RedundancyCheck, Reserve, SoloPlan
from personas.tools.registry import Picture, Tool, register_tool
from personas.tools.runway import reading

HOUSEHOLD = _("The household and its incomes")


def _picture(client: Client, on: dt.date) -> Picture:
    return {"runway": reading.picture_of(client, on)}


def register() -> None:
    """Adds the tool and its fields."""
    register_tool(
        Tool(
            code="runway",
            label=_("Runway"),
            about=_("How many months the household lives without its one income, and what is arranged."),
            url_name="personas:runway",
            rows=SoloPlan,
            template="personas/tools/runway/picture.html",
            picture=_picture,
            order=60,
            incomes=frozenset({"solo_earner"}),
        )
    )
    register_usage(uses)
    for field in (
        TrackedField(
            reading.COSTS,
            _("Living costs"),
            HOUSEHOLD,
            "personas.SoloPlan",
            "needed",
            said=_("What you need a month"),
        ),
        _whole(reading.RESERVES, _("Reserves"), "personas.Reserve", _("What you could fall back on")),
        _whole(reading.INCOMES, _("Incomes that go on"), "personas.OtherIncome"),
        _whole(
            reading.CHECKLIST,
            _("Redundancy checklist"),
            "personas.RedundancyCheck",
            _("What is arranged for the case that the earner cannot act"),
        ),
        _whole(
            reading.DUTIES, _("Who does what"), "personas.HouseholdDuty", _("Who would do what in that case")
        ),
    ):
        register_field(field)


def uses(since: dt.date) -> dict[str, list[Use]]:
    """The runways that rest on the fields, and what is arranged."""
    kept = {
        reading.COSTS: SoloPlan.objects.filter(needed__isnull=False),
        reading.RESERVES: Reserve.objects.all(),
        reading.INCOMES: OtherIncome.objects.all(),
        reading.CHECKLIST: RedundancyCheck.objects.all(),
        reading.DUTIES: HouseholdDuty.objects.all(),
    }
    return spoken_with(since, **kept)


def _whole(code: str, label: str | Promise, model: str, said: str | Promise = "") -> TrackedField:
    return TrackedField(code, label, HOUSEHOLD, model, said=said)
