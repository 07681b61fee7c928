"""Which tracked fields the message map and the scripts ask for, and the script that asks for permission."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.models import Client, User
from clients.permission.scripts import SITUATION, AskingWords
from clients.register.usage import Use
from personas.models import MapRow, ScriptState, ScriptVersion, Situation
from personas.models.mapping import TAILORED
from personas.scripts.client_views import offers_of, role_of


def conditions(since: dt.date) -> dict[str, list[Use]]:
    """Rows of the map in use and approved scripts that ask for a field."""
    found: dict[str, list[Use]] = defaultdict(list)
    approved = ScriptVersion.objects.filter(state=ScriptState.APPROVED, script__retired_at=None)
    for name, number in _asking(MapRow.objects.in_use(), TAILORED):
        text = ngettext(
            "%(n)s row of the message map asks for it", "%(n)s rows of the message map ask for it", number
        )
        found[name].append(Use(text % {"n": number}, rule=True))
    for name, number in _asking(approved, TAILORED):
        text = ngettext("%(n)s approved script asks for it", "%(n)s approved scripts ask for it", number)
        found[name].append(Use(text % {"n": number}, rule=True))
    return dict(found)


def _asking(rows: QuerySet, names: Iterable[str]) -> list[tuple[str, int]]:
    """How many rows ask for each of the fields, where any does; one query."""
    names = list(names)
    counted = rows.order_by().aggregate(**{f"of_{name}": Count(f"{name}_id") for name in names})
    return [(name, counted[f"of_{name}"]) for name in names if counted[f"of_{name}"]]


def asking_words(client: Client, person: User) -> AskingWords | None:
    """The approved script with which this person asks this client; None where there is none without gaps."""
    situation = Situation.objects.filter(code=SITUATION, retired_at=None).first()
    if situation is None:
        return None
    role = role_of(client, person)
    for offer in offers_of(client, role_id=role, situations=[situation.pk]):
        if not offer["filled"].missing:
            version = offer["version"]
            name = _("%(title)s, version %(number)s") % {"title": version.title, "number": version.number}
            return AskingWords(name, offer["filled"].body)
    return None
