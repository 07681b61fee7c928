"""Which tracked fields change tasks: their entries in the register cannot end before the rules do."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import ngettext

from clients.register.usage import Use
from servicing.models.modifiers import TAGS, TaskModifier, TaskTailoring


def acting(since: dt.date) -> dict[str, list[Use]]:
    """Rules in use that change the tasks of clients with a value of the field, and whether any changed a task
    that was open since the day; two queries."""
    modifiers = TaskModifier.objects.filter(retired_at=None)
    counted = modifiers.aggregate(**{f"of_{name}": Count(f"{name}_id") for name in TAGS})
    open_since = Q(task__completed_on__isnull=True) | Q(task__completed_on__gt=since)
    tailored = TaskTailoring.objects.filter(open_since, modifiers__contains=[OuterRef("pk")])
    did = {
        name
        for row in modifiers.filter(Exists(tailored)).values(*(f"{name}_id" for name in TAGS))
        for name in TAGS
        if row[f"{name}_id"]
    }
    return {
        name: [Use(_said(counted[f"of_{name}"]), rule=True, idle=name not in did)]
        for name in TAGS
        if counted[f"of_{name}"]
    }


def _said(number: int) -> str:
    text = ngettext(
        "%(n)s rule of clients' tasks asks for it", "%(n)s rules of clients' tasks ask for it", number
    )
    return text % {"n": number}
