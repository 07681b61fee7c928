"""Which tracked fields change tasks: their entries in the register cannot end before the rules do."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count
from django.utils.translation import ngettext

from clients.register.usage import Use
from servicing.models.modifiers import TAGS, TaskModifier


def acting(since: dt.date) -> dict[str, list[Use]]:
    """Rules in use that change the tasks of clients with a value of the field; one query."""
    counted = TaskModifier.objects.filter(retired_at=None).aggregate(
        **{f"of_{name}": Count(f"{name}_id") for name in TAGS}
    )
    return {name: [Use(_said(counted[f"of_{name}"]), rule=True)] for name in TAGS if counted[f"of_{name}"]}


def _said(number: int) -> str:
    text = ngettext(
        "%(n)s rule of clients' tasks asks for it", "%(n)s rules of clients' tasks ask for it", number
    )
    return text % {"n": number}
