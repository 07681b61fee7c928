"""Goal rankings as a tool of the client page, and in the field register."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clients.models import Client
from clients.register.fields import TrackedField, register_field
from clients.register.usage import Use, register_usage
from personas.models import GoalRound
from personas.tools.goals import reading
from personas.tools.goals.forms import GOALS
from personas.tools.registry import Picture, Tool, register_tool


def _picture(client: Client, on: dt.date) -> Picture:
    return {"comparison": reading.picture_of(client, on)}


def uses(since: dt.date) -> dict[str, list[Use]]:
    """The rankings of the last year."""
    number = GoalRound.objects.filter(begun_at__date__gt=since).count()
    if not number:
        return {}
    return {GOALS: [Use(ngettext("%(n)s ranking", "%(n)s rankings", number) % {"n": number})]}


def register() -> None:
    """Adds the tool and its field."""
    register_tool(
        Tool(
            code="goals",
            label=_("Goals of both partners"),
            about=_("Both rank the same goals apart; where they differ is drawn and asked about."),
            url_name="personas:goals",
            rows=GoalRound,
            template="personas/tools/goals/picture.html",
            picture=_picture,
            order=65,
            incomes=frozenset({"dual_income"}),
            register=GOALS,
        )
    )
    register_usage(uses)
    register_field(
        TrackedField(
            GOALS,
            _("Goals of both partners"),
            _("The household and its incomes"),
            "personas.GoalRound",
            said=_("Times that both of you ranked your goals"),
            beside=("goals", "partners"),
        )
    )
