"""Columns: the fields of each kind of import, and how a file's headers are recognised."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.importing.files import FileRefused
from clients.models.imports import ImportKind
from clients.register.active import active_fields
from clients.register.fields import tracked_fields


@dataclass(frozen=True)
class Field:
    """A field that a column can fill. `required`: the file must have it."""

    name: str
    label: str | Promise
    required: bool = False
    synonyms: tuple[str, ...] = ()


CLIENT_FIELDS = (
    Field("external_id", gettext_lazy("Client number"), True, ("client_number", "client_id", "id")),
    Field("name", gettext_lazy("Name"), True, ("client_name", "client", "household_name", "full_name")),
    Field("status", gettext_lazy("Status"), synonyms=("client_status",)),
    Field("client_since", gettext_lazy("Client since"), synonyms=("since", "start_date")),
    Field("advisor", gettext_lazy("Advisor"), synonyms=("lead_advisor", "assigned_to", "servicing_advisor")),
    Field("complexity_driver", gettext_lazy("Complexity driver")),
    Field("behavioral_trigger", gettext_lazy("Behavioral trigger")),
    Field("attention_constraint", gettext_lazy("Attention constraint")),
    Field("persona", gettext_lazy("Persona")),
    Field("income_structure", gettext_lazy("Income structure")),
    Field("permission", gettext_lazy("Permission")),
    Field("assets_under_management", gettext_lazy("Assets under management"), synonyms=("aum", "assets")),
    Field("potential_revenue", gettext_lazy("Potential revenue a year"), synonyms=("revenue_potential",)),
    Field("growth_potential", gettext_lazy("Growth potential"), synonyms=("growth",)),
    Field("alignment", gettext_lazy("Alignment")),
    Field(
        "investable_assets",
        gettext_lazy("Investable assets, here and elsewhere"),
        synonyms=("total_investable_assets", "investable"),
    ),
    Field(
        "expected_years",
        gettext_lazy("Years expected to stay"),
        synonyms=("years_expected", "expected_tenure", "years_to_stay"),
    ),
    Field("email", gettext_lazy("E-mail"), synonyms=("e_mail", "email_address", "primary_email_address")),
    Field("phone", gettext_lazy("Phone"), synonyms=("phone_number", "primary_phone_number", "telephone")),
)

_CLIENT_KEY = Field(
    "external_id", gettext_lazy("Client number"), True, ("client_number", "client_id", "client")
)
_SOURCE_FIELDS = (
    Field("source", gettext_lazy("Source"), synonyms=("system",)),
    Field("source_id", gettext_lazy("Number in the source"), synonyms=("transaction_id", "activity_id")),
)

REVENUE_FIELDS = (
    _CLIENT_KEY,
    Field("date", gettext_lazy("Date"), True, ("revenue_date", "paid_on", "posted_on")),
    Field("amount", gettext_lazy("Amount"), True, ("revenue", "fee")),
    *_SOURCE_FIELDS,
)

TOUCH_FIELDS = (
    _CLIENT_KEY,
    Field("occurred_at", gettext_lazy("When"), True, ("date", "when", "datetime")),
    Field("kind", gettext_lazy("Kind"), True, ("type", "touch_kind", "activity_type")),
    Field("note", gettext_lazy("Note"), synonyms=("notes", "comment", "description", "subject")),
    Field("outcome", gettext_lazy("Outcome")),
    Field("minutes", gettext_lazy("Minutes"), synonyms=("duration", "duration_minutes")),
    Field("role", gettext_lazy("Role")),
    Field("by", gettext_lazy("By"), synonyms=("user", "advisor", "owner")),
    *_SOURCE_FIELDS,
)

# What a contact list holds beside the fields of a client; used by the foreign formats alone.
CONTACT_FIELDS = (
    Field("first_name", gettext_lazy("First name")),
    Field("last_name", gettext_lazy("Last name")),
    Field("record_type", gettext_lazy("Person or household")),
    Field("household_id", gettext_lazy("Number of the household")),
    Field("household_name", gettext_lazy("Name of the household")),
    Field("household_title", gettext_lazy("Relation in the household")),
    Field("birth_date", gettext_lazy("Date of birth")),
)

# What of it is a field of the household's people, by its code in the register.
_OF_MEMBERS = {"household_title": "member_relation", "birth_date": "member_birth_date"}

FIELDS = {
    ImportKind.CLIENTS: CLIENT_FIELDS,
    ImportKind.REVENUE: REVENUE_FIELDS,
    ImportKind.TOUCHES: TOUCH_FIELDS,
}


@dataclass(frozen=True)
class Format:
    """How another product's export names its columns and its client statuses.

    `columns`: normalised header -> field. `statuses`: its word, in lower case -> our status.
    `signature`: headers of which one is enough to know the format by. `american_dates`: month/day/year.
    """

    name: str
    label: str
    columns: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, str] = field(default_factory=dict)
    signature: frozenset[str] = frozenset()
    american_dates: bool = False
    people_by_full_name: bool = True


NATIVE = Format("native", "Segmentation CRM", people_by_full_name=False)
WEALTHBOX = Format(
    "wealthbox",
    "Wealthbox",
    columns={
        "id": "external_id",
        "name": "name",
        "first_name": "first_name",
        "last_name": "last_name",
        "type": "record_type",
        "contact_type": "status",
        "assigned_to": "advisor",
        "household": "household_name",
        "household_household_name": "household_name",
        "household_name": "household_name",
        "household_id": "household_id",
        "household_title": "household_title",
        "client_since": "client_since",
        "primary_email_address": "email",
        "primary_phone_number": "phone",
        "birthdate": "birth_date",
    },
    statuses={
        "client": "active",
        "current client": "active",
        "active": "active",
        "past client": "former",
        "former client": "former",
        "inactive": "former",
        "deceased": "former",
        "prospect": "prospect",
        "lead": "prospect",
    },
    signature=frozenset(
        {"household_title", "household_household_name", "contact_type", "primary_email_address"}
        | {"primary_phone_number", "external_unique_id"}
    ),
    american_dates=True,
)
REDTAIL = Format(
    "redtail",
    "Redtail",
    columns={
        "id": "external_id",
        "full_name": "name",
        "first_name": "first_name",
        "last_name": "last_name",
        "status": "status",
        "client_since": "client_since",
        "servicing_advisor": "advisor",
    },
    statuses={
        "active": "active",
        "client": "active",
        "current client": "active",
        "prospect": "prospect",
        "prospective": "prospect",
        "prospective client": "prospect",
        "lead": "prospect",
        "pending": "prospect",
        "on hold": "paused",
        "inactive": "former",
        "former": "former",
        "former client": "former",
        "terminated": "former",
        "deceased": "former",
    },
    signature=frozenset({"servicing_advisor", "writing_advisor", "family"}),
    american_dates=True,
)
SALESFORCE = Format(
    "salesforce",
    "Salesforce",
    columns={
        "id": "external_id",
        "name": "name",
        "finserv_status_c": "status",
        "finserv_relationshipstartdate_c": "client_since",
        "finserv_totalaumprimary_c": "assets_under_management",
    },
    statuses={
        "active": "active",
        "client": "active",
        "onboarding": "active",
        "prospect": "prospect",
        "applicant": "prospect",
        "lead": "prospect",
        "dormant": "paused",
        "on hold": "paused",
        "inactive": "former",
        "former": "former",
        "closed": "former",
        "churned": "former",
    },
    signature=frozenset(
        f"finserv_{name}_c"
        for name in (
            "status",
            "clientcategory",
            "servicemodel",
            "reviewfrequency",
            "lastreview",
            "nextreview",
            "relationshipstartdate",
            "totalaumprimary",
        )
    ),
)
FORMATS = {known.name: known for known in (NATIVE, WEALTHBOX, REDTAIL, SALESFORCE)}


@dataclass(frozen=True)
class Column:
    """A column of the file and the field that it fills; None: it is left out."""

    position: int
    header: str
    field: str | None


@dataclass(frozen=True)
class Mapping:
    """Which column of a file fills which field."""

    kind: ImportKind
    format: Format
    columns: tuple[Column, ...]

    @cached_property
    def positions(self) -> dict[str, int]:
        """Field name -> position of its column in a record."""
        return {column.field: column.position for column in self.columns if column.field}

    @property
    def ignored(self) -> list[str]:
        """Headers of the columns that are left out."""
        return [column.header for column in self.columns if not column.field and column.header]

    def header_of(self, name: str) -> str:
        """The file's own name for a field."""
        for column in self.columns:
            if column.field == name:
                return column.header
        return name

    @property
    def has_households(self) -> bool:
        return bool({"household_id", "household_name"} & self.positions.keys())

    def as_json(self) -> list[dict[str, str | None]]:
        return [{"column": column.header, "field": column.field} for column in self.columns]


def fields_for(kind: ImportKind, format: Format) -> tuple[Field, ...]:
    """The fields that a column may be mapped to by hand, as far as the register lets them be tracked."""
    foreign = kind == ImportKind.CLIENTS and format is not NATIVE
    fields = FIELDS[kind] + (CONTACT_FIELDS if foreign else ())
    if kind != ImportKind.CLIENTS:
        return fields
    tracked, active = tracked_fields(), active_fields()
    codes = {field.name: _OF_MEMBERS.get(field.name, field.name) for field in fields}
    return tuple(f for f in fields if codes[f.name] not in tracked or codes[f.name] in active)


def normalised(header: str) -> str:
    """`Client Since`, `client-since` and `CLIENT_SINCE` are one name."""
    return re.sub(r"[^a-z0-9]+", "_", header.strip().lower()).strip("_")


def recognise(
    kind: ImportKind,
    header: list[str],
    *,
    format_name: str = "auto",
    chosen: dict[str, str | None] | None = None,
) -> Mapping:
    """The mapping of a file's `header`; `chosen` (position as text -> field or None) corrects it.

    Raises FileRefused where a column is named twice or a required one is missing.
    """
    if kind != ImportKind.CLIENTS:
        known = NATIVE
    elif format_name == "auto":
        known = _format_of(header)
    else:
        known = FORMATS[format_name]
    fields = _chosen(header, chosen, kind, known) if chosen is not None else _by_name(header, kind, known)
    mapping = Mapping(
        kind=kind,
        format=known,
        columns=tuple(
            Column(position, name.strip() or _("column %(n)s") % {"n": position + 1}, fields.get(position))
            for position, name in enumerate(header)
        ),
    )
    _refuse_incomplete(mapping)
    return mapping


def _format_of(header: list[str]) -> Format:
    """The format whose signature the header shows; native where it names our own key."""
    names = {normalised(name) for name in header}
    if "external_id" in names:
        return NATIVE
    best = max((WEALTHBOX, REDTAIL, SALESFORCE), key=lambda known: len(known.signature & names))
    return best if best.signature & names else NATIVE


def _by_name(header: list[str], kind: ImportKind, known: Format) -> dict[int, str]:
    """Position -> field. Exact names come first; a synonym counts only for a field still free."""
    names = [normalised(name) for name in header]
    repeated = next((h for h, n in zip(header, names, strict=True) if n and names.count(n) > 1), None)
    if repeated is not None:
        raise FileRefused(_("The column %(name)s is there twice.") % {"name": repeated.strip()})
    synonyms = (
        known.columns
        if known is not NATIVE
        else {synonym: field.name for field in FIELDS[kind] for synonym in reversed(field.synonyms)}
    )
    allowed = {field.name for field in fields_for(kind, known)}
    own = {field.name for field in FIELDS[kind]} & allowed
    found: dict[int, str] = {}
    if known is NATIVE:
        found = {position: name for position, name in enumerate(names) if name in own}
    for position, name in enumerate(names):
        target = synonyms.get(name)
        if target in allowed and position not in found and target not in found.values():
            found[position] = target
    if known is not NATIVE:
        for position, name in enumerate(names):
            if position not in found and name in own and name not in found.values():
                found[position] = name
    return found


def _chosen(
    header: list[str], chosen: dict[str, str | None], kind: ImportKind, known: Format
) -> dict[int, str]:
    allowed = {field.name for field in fields_for(kind, known)}
    found: dict[int, str] = {}
    for position in range(len(header)):
        name = chosen.get(str(position))
        if name not in allowed or name is None:
            continue
        if name in found.values():
            label = next(field.label for field in fields_for(kind, known) if field.name == name)
            raise FileRefused(_("Two columns are mapped to %(field)s.") % {"field": label})
        found[position] = name
    return found


def _refuse_incomplete(mapping: Mapping) -> None:
    has = set(mapping.positions)
    if {"first_name", "last_name"} & has:
        has.add("name")
    missing = [field.name for field in FIELDS[mapping.kind] if field.required and field.name not in has]
    if missing:
        raise FileRefused(
            _("The file has no column %(missing)s. Its columns are: %(columns)s.")
            % {
                "missing": _(" and no column ").join(missing),
                "columns": ", ".join(column.header for column in mapping.columns) or "-",
            }
        )
