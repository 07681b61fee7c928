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
    whether the statement lists its values; else it counts them. `said`: its label there, to the client.
    `beside`: relations that the rows' own words need there. A row that has `in_full` is told by it whole.
    `least_months`: it stays as long as the record itself, and the register cannot promise less than that."""

    code: str
    label: str | Promise
    group: str | Promise
    model: str = "clients.Client"
    column: str = ""
    client: str = "client_id"
    needed: bool = False
    on_paper: bool = True
    said: str | Promise = ""
    beside: tuple[str, ...] = ()
    least_months: int = 0

    @property
    def on_statement(self) -> str:
        """Its label in the client's own words."""
        return str(self.said or self.label)

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


# Five years from the end of the fiscal year, which is what the law asks of a record, are six at most.
OF_THE_RECORD = 72

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


RECORD = _("Name and status")
TAGS = _("How we speak and prepare")
MONEY = _("The relationship")
CONTACT = _("How to reach each other")
PEOPLE = _("People of the household")
WORK = _("What was done")


def _of_client(
    code: str, label: str | Promise, group: str | Promise, said: str | Promise = "", *, needed: bool = False
) -> TrackedField:
    least = OF_THE_RECORD if needed else 0
    return TrackedField(
        code, label, group, said=said, column=code, client="id", needed=needed, least_months=least
    )


def _of_member(
    column: str, label: str | Promise, said: str | Promise = "", *, needed: bool = False, code: str = ""
) -> TrackedField:
    code = code or f"member_{column}"
    least = OF_THE_RECORD if needed else 0
    return TrackedField(
        code, label, PEOPLE, "clients.Member", column, said=said, needed=needed, least_months=least
    )


def _apart(
    code: str,
    label: str | Promise,
    group: str | Promise,
    model: str,
    column: str = "",
    said: str | Promise = "",
    *,
    on_paper: bool = True,
) -> TrackedField:
    return TrackedField(
        code,
        label,
        group,
        model,
        column,
        said=said,
        needed=True,
        on_paper=on_paper,
        least_months=OF_THE_RECORD,
    )


def register_own() -> None:
    """The fields of this app."""
    own = [
        _of_client("name", _("Name"), RECORD, needed=True),
        _of_client("external_id", _("Client number"), RECORD, needed=True),
        _of_client("status", _("Status"), RECORD, needed=True),
        _of_client("client_since", _("Client since"), RECORD),
        _of_client("complexity_driver", _("Complexity driver"), TAGS, _("What makes decisions hard")),
        TrackedField(
            "behavioral_trigger",
            _("Behavioral trigger"),
            TAGS,
            "clients.BehavioralTag",
            "trigger",
            said=_("What can lead to a decision one regrets"),
        ),
        _of_client("attention_constraint", _("Attention constraint"), TAGS, _("What takes your attention")),
        _of_client("persona", _("Persona"), TAGS, _("What you do")),
        _of_client("income_structure", _("Income structure"), TAGS, _("Incomes of the household")),
        _of_client("permission", _("Permission"), TAGS, _("Permission to tailor"), needed=True),
        _of_client(
            "assets_under_management", _("Assets under management"), MONEY, _("What we manage for you")
        ),
        _of_client(
            "investable_assets",
            _("Investable assets, here and elsewhere"),
            MONEY,
            _("What you have to invest, here and elsewhere"),
        ),
        _of_client(
            "potential_revenue",
            _("Potential revenue a year"),
            MONEY,
            _("What serving all your needs would bring us a year"),
        ),
        _of_client(
            "expected_years", _("Years expected to stay"), MONEY, _("Years that we expect to serve you")
        ),
        _of_client(
            "growth_potential", _("Growth potential"), MONEY, _("How much is likely to change for you")
        ),
        _of_client("alignment", _("Alignment"), MONEY, _("How well what we do fits you")),
        _of_client("email", _("E-mail"), CONTACT),
        _of_client("phone", _("Phone"), CONTACT),
        _apart("channel_opt_outs", _("Channel opt-outs"), CONTACT, "clients.ChannelOptOut", "channel"),
        _apart("service_team", _("Service team"), CONTACT, "clients.TeamMember", "user", _("Your team here")),
        _of_member("name", _("Name of a person"), _("Names"), needed=True),
        _of_member("relation", _("Relation in the household")),
        _of_member("birth_date", _("Date of birth")),
        _of_member("email", _("E-mail of a person"), _("E-mail")),
        _of_member("phone", _("Phone of a person"), _("Phone")),
        _of_member(
            "external_id",
            _("Number of a person in the CRM"),
            _("Numbers of people"),
            code="member_number",
            needed=True,
        ),
        _apart(
            "touches",
            _("Contacts"),
            WORK,
            "clients.Touch",
            said=_("Meetings, calls, messages"),
            on_paper=False,
        ),
        _apart(
            "touch_notes",
            _("Notes of contacts"),
            WORK,
            "clients.Touch",
            "note",
            _("Notes of them"),
            on_paper=False,
        ),
        _apart("revenue", _("Fees paid"), WORK, "clients.Revenue", said=_("Fees you paid"), on_paper=False),
        _apart(
            "time_spent",
            _("Time spent"),
            WORK,
            "clients.TimeEntry",
            said=_("Time we spent for you"),
            on_paper=False,
        ),
    ]
    for field in own:
        register_field(field)
