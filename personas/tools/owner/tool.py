"""The owner's tools among the tools, and what they hold in the field register."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from clients.register.fields import MONEY, TAGS, TrackedField, register_field
from clients.register.usage import Use, register_usage, spoken_with
from personas.models import CommitmentStep, Holding, OptionRating, OwnerOption, StepState, WinCondition
from personas.tools.registry import Tool, register_tool

HOLDINGS, WINS, OPTIONS, STEPS = "holdings", "win_conditions", "owner_options", "owner_steps"
_OWNERS = frozenset({"business_owner"})


def register() -> None:
    """Adds the tools, their fields of the register, and what uses these."""
    from personas.tools.owner import balance, comparing, steps

    register_tool(
        Tool(
            code="owner_balance",
            label=_("What hangs on one asset"),
            about=_("How much of the household's balance sheet hangs on one asset, before any strategy."),
            url_name="personas:owner_balance",
            rows=Holding,
            template="personas/tools/owner/balance_picture.html",
            picture=balance.picture,
            order=30,
            personas=_OWNERS,
            drivers=frozenset({"concentration_risk"}),
            register=HOLDINGS,
        )
    )
    register_tool(
        Tool(
            code="owner_options",
            label=_("Win conditions and options"),
            about=_("What would make an exit feel like a win, and two to four ways measured by it."),
            url_name="personas:owner_options",
            rows=WinCondition,
            template="personas/tools/owner/options_picture.html",
            picture=comparing.picture,
            order=31,
            personas=_OWNERS,
            register=WINS,
        )
    )
    register_tool(
        Tool(
            code="owner_steps",
            label=_("Staged commitments"),
            about=_("Small steps in order, each agreed on by itself; only the next one is under way."),
            url_name="personas:owner_steps",
            rows=CommitmentStep,
            template="personas/tools/owner/steps_picture.html",
            picture=steps.picture,
            order=32,
            personas=_OWNERS,
            register=STEPS,
        )
    )
    for field in (
        TrackedField(
            HOLDINGS,
            _("Balance sheet of the household"),
            MONEY,
            "personas.Holding",
            said=_("What the household owns and owes"),
        ),
        TrackedField(
            WINS,
            _("Win conditions"),
            TAGS,
            "personas.WinCondition",
            "title",
            said=_("What would make an exit a win"),
        ),
        TrackedField(
            OPTIONS,
            _("Options"),
            TAGS,
            "personas.OwnerOption",
            said=_("The ways to go that we compare"),
            beside=("ratings__condition",),
        ),
        TrackedField(STEPS, _("Steps"), TAGS, "personas.CommitmentStep", said=_("Steps that we speak about")),
    ):
        register_field(field)
    register_usage(_used)


def _used(since: dt.date) -> dict[str, list[Use]]:
    """What is drawn and compared; steps that ended are not."""
    kept = {
        HOLDINGS: Holding.objects.all(),
        WINS: WinCondition.objects.all(),
        OPTIONS: OwnerOption.objects.filter(pk__in=OptionRating.objects.values("option")),
        STEPS: CommitmentStep.objects.filter(state__in=[StepState.PROPOSED, StepState.ACTIVE]),
    }
    return spoken_with(since, **kept)
