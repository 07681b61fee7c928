"""Merge fields: a fixed set of names in braces that a script may hold, filled from the client.

The apps above add fields that only they can fill (`register` in `AppConfig.ready`). An unknown field is
refused when a script is saved; one without a value keeps a script from being used or sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.register.active import active_fields

Values = dict[str, str]
_FIELD = re.compile(r"\{([^{}\n]*)\}")


@dataclass(frozen=True)
class MergeField:
    """`about`: what it is filled with; `example`: how that reads; `missing`: where to fill it in. `of`: the
    code of the tracked field that it says; without an entry of the register in force it has no value.
    `reads`: codes of others that decide what it says."""

    name: str
    about: str | Promise
    example: str
    missing: str | Promise
    of: str = ""
    reads: tuple[str, ...] = ()

    @property
    def written(self) -> str:
        return f"{{{self.name}}}"


@dataclass(frozen=True)
class Source:
    """Fields that are read together. `read` takes ids of clients; gives values by client, then by field."""

    fields: Sequence[MergeField]
    read: Callable[[Sequence[int]], Mapping[int, Mapping[str, str]]]


_sources: list[Source] = []


def register(source: Source) -> None:
    if source not in _sources:
        _sources.append(source)


def known() -> dict[str, MergeField]:
    """Every field by its name, in the order in which the help lists them."""
    return {field.name: field for source in _sources for field in source.fields}


def used_in(*texts: str) -> list[str]:
    """Names in braces, each once, in the order in which they come."""
    return list(dict.fromkeys(name.strip() for text in texts for name in _FIELD.findall(text)))


def check(*texts: str) -> None:
    """Raises ValidationError where a text names a field that does not exist, or has a brace alone."""
    unknown = [name for name in used_in(*texts) if name not in known()]
    if unknown:
        raise ValidationError(
            _("There is no merge field %(unknown)s. There are: %(known)s."),
            params={
                "unknown": ", ".join(f"{{{name}}}" for name in unknown),
                "known": ", ".join(field.written for field in known().values()),
            },
        )
    if any(brace in _FIELD.sub("", text) for text in texts for brace in "{}"):
        raise ValidationError(_("A brace stands alone. A merge field is written {name}."))


def values_of(clients: Iterable[int], *, wanted: Iterable[str]) -> dict[int, Values]:
    """What fills the `wanted` fields for each client; one statement for each source that is needed."""
    ids, active = list(clients), active_fields()
    closed = {field.name for field in known().values() if field.of and field.of not in active}
    wanted = set(wanted) - closed
    found: dict[int, Values] = {client: {} for client in ids}
    for source in _sources:
        if wanted & {field.name for field in source.fields}:
            for client, values in source.read(ids).items():
                found[client].update({name: values[name] for name in wanted & values.keys() if values[name]})
    return found


@dataclass(frozen=True)
class Filled:
    """A script's texts for one client, and the fields that had no value."""

    subject: str
    body: str
    missing: tuple[MergeField, ...] = ()

    @property
    def missing_words(self) -> str:
        """Which fields have no value, and where each is filled in."""
        return " ".join(
            _("%(field)s has no value: %(where)s.") % {"field": field.written, "where": field.missing}
            for field in self.missing
        )


def fill(subject: str, body: str, values: Mapping[str, str]) -> Filled:
    """Both texts with their fields filled; what has no value stays in braces and is named."""
    fields = known()
    missing = tuple(fields[name] for name in used_in(subject, body) if not values.get(name))

    def put(match: re.Match[str]) -> str:
        return values.get(match[1].strip()) or match[0]

    return Filled(_FIELD.sub(put, subject), _FIELD.sub(put, body), missing)


# --- What the record itself fills ------------------------------------------------------------------------

# A member's first name is the first word of the name; a household of three is Ada, Ben and Cleo. Children, by
# their date of birth or the word for them, are not addressed.
_READ = """
SELECT c.id, c.name, firm.name,
    ARRAY(
        SELECT m.name FROM clients_member m
        WHERE m.client_id = c.id AND lower(m.relation) <> ALL(%(children)s)
            AND (m.birth_date IS NULL OR m.birth_date <= current_date - interval '18 years')
        ORDER BY m.id LIMIT 4
    ),
    (SELECT coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username)
        FROM clients_teammember t JOIN clients_user u ON u.id = t.user_id
        JOIN clients_servicerole r ON r.id = t.role_id AND r.code = 'lead_advisor' WHERE t.client_id = c.id),
    (SELECT coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username)
        FROM clients_teammember t JOIN clients_user u ON u.id = t.user_id
        JOIN clients_servicerole r ON r.id = t.role_id AND r.code = 'associate' WHERE t.client_id = c.id),
    extract(year FROM c.client_since)::int
FROM clients_client c LEFT JOIN clients_firm firm ON firm.id = 1
WHERE c.id = ANY(%(clients)s)
"""
_CHILDREN = ["child", "children", "son", "daughter", "stepson", "stepdaughter", "grandchild"]


def _read(clients: Sequence[int]) -> dict[int, Values]:
    with connection.cursor() as cursor:
        cursor.execute(_READ, {"clients": list(clients), "children": _CHILDREN})
        return {row[0]: _of_record(*row[1:]) for row in cursor.fetchall()}


def _of_record(
    name: str, firm: str, members: list[str], advisor: str | None, associate: str | None, since: Any
) -> Values:
    first = [member.split()[0] for member in members if member.split()]
    return {
        "household": name,
        "members": listed(members),
        "first_names": listed(first),
        "greeting": listed(first) or name,
        "advisor": advisor or "",
        "advisor_first": (advisor or "").split(" ")[0],
        "associate": associate or "",
        "firm": firm or "",
        "client_since": str(since or ""),
    }


def listed(names: Sequence[str]) -> str:
    """Ada; Ada and Ben; Ada, Ben and Cleo."""
    if len(names) < 2:
        return "".join(names)
    return _("%(names)s and %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}


_MEMBERS = gettext_lazy("add the people of the household")
_NAME = gettext_lazy("name the client")
_TEAM = gettext_lazy("complete the service team")
_ADDRESSED = ("member_relation", "member_birth_date")  # children are told by them, and not addressed
RECORD = Source(
    fields=(
        MergeField(
            "greeting",
            gettext_lazy("First names; where no people are entered, the name of the client"),
            "Ada and Ben",
            _NAME,
            reads=_ADDRESSED,
        ),
        MergeField(
            "first_names",
            gettext_lazy("First names of the household's people"),
            "Ada and Ben",
            _MEMBERS,
            reads=_ADDRESSED,
        ),
        MergeField(
            "members",
            gettext_lazy("Full names of the household's people"),
            "Ada and Ben Okafor",
            _MEMBERS,
            reads=_ADDRESSED,
        ),
        MergeField(
            "household",
            gettext_lazy("Name of the client"),
            "Okafor household",
            gettext_lazy("name the client"),
        ),
        MergeField("advisor", gettext_lazy("Name of the lead advisor"), "Grace Marin", _TEAM),
        MergeField("advisor_first", gettext_lazy("First name of the lead advisor"), "Grace", _TEAM),
        MergeField("associate", gettext_lazy("Name of the associate"), "Tom Lind", _TEAM),
        MergeField(
            "firm", gettext_lazy("Name of the firm"), "Harbor & Pine", gettext_lazy("name the firm in admin")
        ),
        MergeField(
            "client_since",
            gettext_lazy("Year in which the client came"),
            "2014",
            gettext_lazy("enter since when they are a client"),
            of="client_since",
        ),
    ),
    read=_read,
)
