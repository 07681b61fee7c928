"""Which tracked fields the message map, scripts and e-mails use, and the script that asks for permission."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.models import Client, ClientStatus, User
from clients.permission.scripts import SITUATION, AskingWords
from clients.register.usage import Use
from personas.models import MapRow, Message, ScriptState, ScriptUse, ScriptVersion, Situation
from personas.models.mapping import BEHAVIORAL, TAILORED
from personas.scripts import merge_fields
from personas.scripts.client_views import offers_of, role_of


def conditions(since: dt.date) -> dict[str, list[Use]]:
    """Rows of the map and approved scripts that ask for a field or say it, and whether they were used.

    A row of the map speaks while an active client has a value that a row asks for. A script was used where
    its words went to a client since the day.
    """
    found: dict[str, list[Use]] = defaultdict(list)
    rows = MapRow.objects.in_use()
    for name, number in _asking(rows, TAILORED):
        text = ngettext(
            "%(n)s row of the message map asks for it", "%(n)s rows of the message map ask for it", number
        )
        path = "behavioral_tag__trigger" if name == BEHAVIORAL else name
        asked = {f"{path}__in": rows.exclude(**{name: None}).order_by().values(name)}
        speaks = Client.objects.filter(status=ClientStatus.ACTIVE, **asked).exists()
        found[name].append(Use(text % {"n": number}, rule=True, idle=not speaks))
    for name, number, used in _of_scripts(since):
        text = ngettext("%(n)s approved script asks for it", "%(n)s approved scripts ask for it", number)
        found[name].append(Use(text % {"n": number}, rule=True, idle=not used))
        if used:
            found[name].append(Use(_times(used)))
    for name, number, used, says in _of_merge_fields(since):
        text = ngettext("%(n)s approved script rests on it", "%(n)s approved scripts rest on it", number)
        found[name].append(Use(text % {"n": number}, rule=says, idle=not used))
        if used:
            found[name].append(Use(_times(used)))
    for name, number in _written_to(since):
        found[name].append(
            Use(ngettext("%(n)s e-mail went there", "%(n)s e-mails went there", number) % {"n": number})
        )
    return dict(found)


def _times(used: int) -> str:
    text = ngettext("such a script was used %(n)s time", "such scripts were used %(n)s times", used)
    return text % {"n": used}


def _asking(rows: QuerySet, names: Iterable[str]) -> list[tuple[str, int]]:
    """How many rows ask for each of the fields, where any does; one query."""
    names = list(names)
    counted = rows.order_by().aggregate(**{f"of_{name}": Count(f"{name}_id") for name in names})
    return [(name, counted[f"of_{name}"]) for name in names if counted[f"of_{name}"]]


def _approved() -> QuerySet[ScriptVersion]:
    return ScriptVersion.objects.filter(state=ScriptState.APPROVED, script__retired_at=None)


def _of_scripts(since: dt.date) -> list[tuple[str, int, int]]:
    """Of each field: how many approved scripts ask for it, and how often any that asked was used."""
    used = ScriptUse.objects.filter(used_at__date__gt=since).order_by()
    counted = used.aggregate(**{f"of_{name}": Count(f"version__{name}_id") for name in TAILORED})
    return [(name, number, counted[f"of_{name}"]) for name, number in _asking(_approved(), TAILORED)]


def _of_merge_fields(since: dt.date) -> list[tuple[str, int, int, bool]]:
    """Of each field that merge fields say or read: how many approved scripts rest on it, how often these were
    used, and whether a merge field says its value."""
    used = Count("uses", filter=Q(uses__used_at__date__gt=since))
    versions = _approved().annotate(used=used).values_list("subject", "body", "used")
    in_texts = [(merge_fields.used_in(subject, body), used) for subject, body, used in versions]
    found = []
    codes: dict[str, set[str]] = defaultdict(set)
    for field in merge_fields.known().values():
        for code in (field.of, *field.reads):
            codes[code].add(field.name)
    says = {field.of for field in merge_fields.known().values()}
    for code, names in codes.items():
        resting = [used for written, used in in_texts if not names.isdisjoint(written)]
        if code and resting:
            found.append((code, len(resting), sum(resting), code in says))
    return found


def _written_to(since: dt.date) -> list[tuple[str, int]]:
    """How many e-mails went to clients' own addresses and to those of their people."""
    sent = Message.objects.filter(sent_at__date__gt=since)
    own = sent.filter(recipient__iexact=F("client__email")).count()
    return [(code, n) for code, n in (("email", own), ("member_email", sent.count() - own)) if n]


def asking_words(client: Client, person: User) -> AskingWords | None:
    """The approved script with which this person asks this client; None where there is none without gaps."""
    situation = Situation.objects.filter(code=SITUATION, retired_at=None).first()
    if situation is None:
        return None
    role = role_of(client, person)
    for offer in offers_of(client, role_id=role, situations=[situation.pk]):
        if not offer["filled"].missing and not offer["closed"]:
            version = offer["version"]
            name = _("%(title)s, version %(number)s") % {"title": version.title, "number": version.number}
            return AskingWords(name, offer["filled"].body)
    return None
