"""The equity calendar as a tool: its place on the Tools tab, and its picture in the meeting brief."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from clients.models import Client
from personas.models import EquityGrant
from personas.tools.equity import register as fields
from personas.tools.equity.calendar import entries
from personas.tools.equity.estimates import estimate
from personas.tools.equity.reading import read
from personas.tools.equity.strip import strip
from personas.tools.registry import Picture, Tool, register_tool

NEXT = 5


def picture(client: Client, on: dt.date) -> Picture:
    """The strip of the next twelve months with what comes first, and what hangs on the company."""
    found = estimate(read(client), on)
    lines = entries(found)
    return {
        "estimates": found,
        "strip": strip(found, lines),
        "next": [line for line in lines if line.kind != "tax"][:NEXT],
        "company": found.largest,
    }


def register() -> None:
    """Adds the tool and its fields."""
    fields.register()
    register_tool(
        Tool(
            code="equity",
            label=_("Equity calendar"),
            about=_("What vests when, when trading is open, what tax will take, and the one-page flow."),
            url_name="personas:equity",
            rows=EquityGrant,
            template="personas/tools/equity/picture.html",
            picture=picture,
            order=20,
            personas=frozenset({"tech_equity"}),
            register=fields.GRANTS,
        )
    )
