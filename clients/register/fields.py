"""Which fields about clients exist, and where their values are: a registry that the apps above add to.

An app calls `register_field` in its `AppConfig.ready` for each field that it stores about a client, and ships
an entry of the register for it in a migration. Forms, lists, files and the client's statement ask here.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.apps import apps
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class TrackedField:
    """A field about clients. `model` and `column`: where it is stored; `client`: that table's column with the
    client's id. `needed`: the record cannot be kept without it, so that its entry never ends. `on_paper`:
    whether the statement lists its values; else it counts them."""

    code: str
    label: str | Promise
    group: str | Promise
    model: str = "clients.Client"
    column: str = ""
    client: str = "client_id"
    needed: bool = False
    on_paper: bool = True

    @property
    def stored_in(self) -> type[models.Model]:
        return apps.get_model(self.model)

    @property
    def attribute(self) -> models.Field | None:
        """The model's field, where the values are in one column."""
        if not self.column:
            return None
        fields = self.stored_in._meta.concrete_fields
        return next((field for field in fields if self.column in (field.name, field.attname)), None)

    @property
    def filled_sql(self) -> str:
        """The condition under which a row `t` of its table has a value."""
        field = self.attribute
        if field is None:
            return "true"
        column = f't."{field.column}"'
        return f"{column} <> ''" if isinstance(field, models.CharField) else f"{column} IS NOT NULL"


_fields: dict[str, TrackedField] = {}
_by_column: dict[tuple[str, str], str] = {}  # the code by a model's label and column, made when asked for


def register_field(field: TrackedField) -> None:
    """Adds a field; one of the same code takes its place."""
    _fields[field.code] = field
    _by_column.clear()


def tracked_fields() -> dict[str, TrackedField]:
    """Every field by its code, in the order in which they were added."""
    return _fields


def needed_fields() -> frozenset[str]:
    return frozenset(field.code for field in _fields.values() if field.needed)


def code_of(model: type[models.Model], column: str) -> str:
    """The code of the field stored in a column of `model`; empty where the register has none."""
    if not _by_column:
        for field in _fields.values():
            if attribute := field.attribute:
                _by_column[field.model, attribute.attname] = field.code
    return _by_column.get((model._meta.label, column), "")


RECORD = _("Who the client is")
TAGS = _("How we speak with the client")
MONEY = _("What we expect of the relationship")
CONTACT = _("How we reach the client")
PEOPLE = _("People of the household")
WORK = _("What we did")


def _of_client(
    code: str, label: str | Promise, group: str | Promise, *, needed: bool = False
) -> TrackedField:
    return TrackedField(code, label, group, column=code, client="id", needed=needed)


def _of_member(column: str, label: str | Promise, *, needed: bool = False, code: str = "") -> TrackedField:
    return TrackedField(code or f"member_{column}", label, PEOPLE, "clients.Member", column, needed=needed)


def register_own() -> None:
    """The fields of this app."""
    own = [
        _of_client("name", _("Name"), RECORD, needed=True),
        _of_client("external_id", _("Client number"), RECORD, needed=True),
        _of_client("status", _("Status"), RECORD, needed=True),
        _of_client("client_since", _("Client since"), RECORD),
        _of_client("complexity_driver", _("Complexity driver"), TAGS),
        TrackedField("behavioral_trigger", _("Behavioral trigger"), TAGS, "clients.BehavioralTag", "trigger"),
        _of_client("attention_constraint", _("Attention constraint"), TAGS),
        _of_client("persona", _("Persona"), TAGS),
        _of_client("income_structure", _("Income structure"), TAGS),
        _of_client("permission", _("Permission"), TAGS, needed=True),
        _of_client("assets_under_management", _("Assets under management"), MONEY),
        _of_client("investable_assets", _("Investable assets, here and elsewhere"), MONEY),
        _of_client("potential_revenue", _("Potential revenue a year"), MONEY),
        _of_client("expected_years", _("Years expected to stay"), MONEY),
        _of_client("growth_potential", _("Growth potential"), MONEY),
        _of_client("alignment", _("Alignment"), MONEY),
        _of_client("email", _("E-mail"), CONTACT),
        _of_client("phone", _("Phone"), CONTACT),
        TrackedField(
            "channel_opt_outs",
            _("Channel opt-outs"),
            CONTACT,
            "clients.ChannelOptOut",
            "channel",
            needed=True,
        ),
        TrackedField("service_team", _("Service team"), CONTACT, "clients.TeamMember", "user", needed=True),
        _of_member("name", _("Name of a person"), needed=True),
        _of_member("relation", _("Relation in the household")),
        _of_member("birth_date", _("Date of birth")),
        _of_member("email", _("E-mail of a person")),
        _of_member("phone", _("Phone of a person")),
        _of_member("external_id", _("Number of a person in the CRM"), code="member_number", needed=True),
        TrackedField("touches", _("Contacts"), WORK, "clients.Touch", needed=True, on_paper=False),
        TrackedField(
            "touch_notes", _("Notes of contacts"), WORK, "clients.Touch", "note", needed=True, on_paper=False
        ),
        TrackedField("revenue", _("Fees paid"), WORK, "clients.Revenue", needed=True, on_paper=False),
        TrackedField("time_spent", _("Time spent"), WORK, "clients.TimeEntry", needed=True, on_paper=False),
    ]
    for field in own:
        register_field(field)
