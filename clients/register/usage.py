"""What uses a field: rules, scripts and plans, counted from facts that each app names.

An app registers its sources in `AppConfig.ready` with `register_usage`. A source is asked about the time
since a day and gives, by the code of a field, one sentence for each use.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import ngettext

from clients.models import SavedFilter, Touch


@dataclass(frozen=True)
class Use:
    """One use in words. `rule`: it is in force now, so that the field cannot end before it does."""

    text: str
    rule: bool = False


Source = Callable[[dt.date], Mapping[str, Iterable[Use]]]
_sources: list[Source] = []


def register_usage(source: Source) -> None:
    if source not in _sources:
        _sources.append(source)


def uses(since: dt.date) -> dict[str, list[Use]]:
    """Every use of every field since a day."""
    found: dict[str, list[Use]] = defaultdict(list)
    for source in _sources:
        for code, each in source(since).items():
            found[code].extend(each)
    return dict(found)


# --- This app's own ------------------------------------------------------------------------------------

_FILTERS = {
    "complexity": "complexity_driver",
    "behavioral": "behavioral_trigger",
    "attention": "attention_constraint",
    "persona": "persona",
    "income": "income_structure",
}
_BY = {
    "email": ("email", "email_reply", "automated_email", "digital_check_in"),
    "phone": ("call", "text", "voicemail"),
}


def saved_filters(since: dt.date) -> dict[str, list[Use]]:
    """Filters of the client list that somebody keeps and that ask for a field."""
    found = {}
    for param, code in _FILTERS.items():
        asking = SavedFilter.objects.filter(query__regex=rf"(^|&){param}=")
        if number := asking.count():
            text = ngettext("%(n)s saved filter asks for it", "%(n)s saved filters ask for it", number)
            found[code] = [Use(text % {"n": number})]
    return found


def contacts(since: dt.date) -> dict[str, list[Use]]:
    """Contacts by e-mail and by phone."""
    found = {}
    for code, kinds in _BY.items():
        number = Touch.objects.filter(occurred_on__gt=since, kind__code__in=kinds).count()
        if number:
            text = ngettext("%(n)s contact that way", "%(n)s contacts that way", number) % {"n": number}
            found[code] = [Use(text)]
    return found


def register_own() -> None:
    register_usage(saved_filters)
    register_usage(contacts)
