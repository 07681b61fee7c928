"""The debt timeline among the tools, and its loans in the field register."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from clients.register.fields import MONEY, TrackedField, register_field
from clients.register.usage import Use, register_usage, spoken_with
from personas.models import Loan
from personas.tools.registry import Tool, register_tool

REGISTERED = "loans"


def register() -> None:
    """Adds the tool, its field of the register, and what uses it."""
    from personas.tools.debt.timeline import picture

    register_tool(
        Tool(
            code="debt",
            label=_("Debt timeline"),
            about=_("When each loan ends, and what an extra amount a month changes."),
            url_name="personas:debt",
            rows=Loan,
            template="personas/tools/debt/picture.html",
            picture=picture,
            order=10,
            personas=frozenset({"physician"}),
            drivers=frozenset({"debt_structure"}),
            register=REGISTERED,
        )
    )
    register_field(TrackedField(REGISTERED, _("Loans"), MONEY, "personas.Loan", said=_("Your loans")))
    register_usage(_used)


def _used(since: dt.date) -> dict[str, list[Use]]:
    return spoken_with(since, **{REGISTERED: Loan.objects.all()})
