"""The fields of equity pay in the field register, and what uses them."""

from __future__ import annotations

import datetime as dt

from django.apps import apps
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from clients.register.fields import TrackedField, register_field
from clients.register.usage import Use, register_usage, spoken_with
from personas.models import EquityGrant, EquityProfile

GRANTS, TRANSACTIONS, SELL_RULES, BASIS = (
    "equity_grants",
    "equity_transactions",
    "equity_sell_rules",
    "equity_basis",
)
GROUP = _("Pay in equity")
_FIELDS = (
    (GRANTS, _("Equity grants"), _("Shares and options promised to you"), "personas.EquityGrant"),
    (TRANSACTIONS, _("Exercises and sales"), _("What you exercised and sold"), "personas.EquityTransaction"),
    (SELL_RULES, _("Sell rules"), _("What you decided to sell"), "personas.EquityPlan"),
    (BASIS, _("Basis of equity estimates"), _("Tax rate, income and wealth"), "personas.EquityProfile"),
)


def uses(since: dt.date) -> dict[str, list[Use]]:
    """Clients whose calendar is drawn from what is kept of their pay in equity."""
    kept = {code: apps.get_model(model)._default_manager.all() for code, _label, _said, model in _FIELDS}
    # what the household owns is taken from the record where it is not entered for the estimates
    entered = EquityProfile.objects.filter(client=OuterRef("client"), wealth__isnull=False)
    kept["investable_assets"] = EquityGrant.objects.filter(
        ~Exists(entered), client__investable_assets__isnull=False
    )
    return spoken_with(since, **kept)


def register() -> None:
    for code, label, said, model in _FIELDS:
        beside = ("vests",) if code == GRANTS else ()
        register_field(TrackedField(code, label, GROUP, model, said=said, beside=beside))
    register_usage(uses)
