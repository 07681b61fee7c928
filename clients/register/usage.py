"""What uses a field: rules, scripts and plans, counted from facts that each app names.

An app registers its sources in `AppConfig.ready` with `register_usage`. A source is asked about the time
since a day and gives, by the code of a field, one sentence for each use.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import ngettext

from clients.models import Client, Member, SavedFilter, Touch, TouchOutcome


@dataclass(frozen=True)
class Use:
    """One use in words. `rule`: it is in force now, so that the field cannot end before it does. `idle`: it
    could use the field, and did not in the time asked about; it counts as no use."""

    text: str
    rule: bool = False
    idle: bool = False


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


def spoken_with(since: dt.date, **rows: QuerySet) -> dict[str, list[Use]]:
    """The use of what is kept to speak of: clients with such rows who were reached since a day, two queries a
    field. `rows`: rows with a `client`, by the code of the field."""
    found = {}
    reached = Touch.objects.filter(occurred_on__gt=since, outcome=TouchOutcome.REACHED)
    for code, kept in rows.items():
        clients = kept.order_by().values("client")
        if not (number := clients.distinct().count()):
            continue
        met = Client.objects.filter(Exists(reached.filter(client=OuterRef("pk"))), pk__in=clients).count()
        text = ngettext(
            "%(met)s of %(n)s client with it was spoken with",
            "%(met)s of %(n)s clients with it were spoken with",
            number,
        )
        found[code] = [Use(text % {"met": met, "n": number}, idle=not met)]
    return found


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
    """Filters of the client list that somebody keeps and that ask for a field; no rule, script or plan."""
    found = {}
    for param, code in _FILTERS.items():
        asking = SavedFilter.objects.filter(query__regex=rf"(^|&){param}=")
        if number := asking.count():
            text = ngettext("%(n)s saved filter asks for it", "%(n)s saved filters ask for it", number)
            found[code] = [Use(text % {"n": number}, idle=True)]
    return found


def contacts(since: dt.date) -> dict[str, list[Use]]:
    """Contacts by e-mail and by phone, of the household and of those of its people who have an address."""
    found = {}
    for code, kinds in _BY.items():
        touches = Touch.objects.filter(occurred_on__gt=since, kind__code__in=kinds)
        people = Member.objects.filter(client=OuterRef("client")).exclude(**{code: ""})
        for name, those in ((code, touches), (f"member_{code}", touches.filter(Exists(people)))):
            if number := those.count():
                text = ngettext("%(n)s contact that way", "%(n)s contacts that way", number) % {"n": number}
                found[name] = [Use(text)]
    return found


def register_own() -> None:
    register_usage(saved_filters)
    register_usage(contacts)
