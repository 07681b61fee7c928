"""The client list's filters: read from the address, applied to clients, shown as removable chips."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.models import Client, ClientStatus, Permission, TeamMember, User
from clients.querysets import ClientQuerySet
from clients.register.active import active_fields
from clients.words import Words

NONE = "none"
ANY = "any"
LEAD = "lead_advisor"


@dataclass(frozen=True)
class Axis:
    """A filter by words of one kind. `path`: where a client has the id of its word."""

    param: str
    kind: str
    label: str | Promise
    path: str


AXES = (
    # By position: the order's own index finds them.
    Axis("tier", "tier", gettext_lazy("Tier"), "summary__tier_position"),
    Axis("complexity", "complexity_driver", gettext_lazy("Complexity driver"), "complexity_driver"),
    Axis("behavioral", "behavioral_trigger", gettext_lazy("Behavioral trigger"), "behavioral_tag__trigger"),
    Axis("attention", "attention_constraint", gettext_lazy("Attention constraint"), "attention_constraint"),
    Axis("persona", "persona", gettext_lazy("Persona"), "persona"),
    Axis("income", "income_structure", gettext_lazy("Income structure"), "income_structure"),
)


def _shown() -> list[Axis]:
    """The tier, and those of the others that the field register lets the firm track."""
    active = active_fields()
    return [axis for axis in AXES if axis.kind == "tier" or axis.kind in active]


_OTHERS = ("status", "permission", "advisor", "team", "score", "untagged", "late", "q")
_PARAMS = (*(axis.param for axis in AXES), *_OTHERS)


@dataclass(frozen=True)
class Chip:
    """One filter in force, in words, with the query string of the list without it."""

    text: str
    without: str


class ListFilters:
    """The filters that an address asks for. What it does not know, it leaves out."""

    def __init__(self, params: QueryDict, words: Words, *, today: dt.date) -> None:
        self.words = words
        self.today = today
        self.asked = QueryDict(mutable=True)
        for param in _PARAMS:
            values = [value for value in dict.fromkeys(params.getlist(param)) if self._known(param, value)]
            if values:
                self.asked.setlist(param, values)
        self.text = self.asked.get("q", "").strip()

    @property
    def are_rare(self) -> bool:
        """Whether they match few clients as a rule, which an index of their own finds."""
        return bool(self.text) or "untagged" in self.asked

    def _known(self, param: str, value: str) -> bool:
        if "\x00" in value or not value.strip():
            return False
        axis = next((axis for axis in AXES if axis.param == param), None)
        if axis:
            known = value == NONE or self.words.by_code(axis.kind, value) is not None
            return known and axis in _shown()
        if param == "status":
            return value == ANY or value in ClientStatus.values
        if param == "permission":
            return value in Permission.values
        if param in ("score", "team"):
            return value == NONE
        return True

    @property
    def query(self) -> str:
        """The query string of these filters, without sort and page."""
        return self.asked.urlencode()

    @property
    def statuses(self) -> list[str]:
        """The statuses asked for; active where none is, all where `any` is."""
        asked = self.asked.getlist("status")
        return [] if ANY in asked else asked or [ClientStatus.ACTIVE.value]

    @property
    def active_only(self) -> bool:
        """Whether only active clients are shown because nothing else was asked for."""
        return "status" not in self.asked

    def apply(self, clients: ClientQuerySet) -> ClientQuerySet:
        for axis in AXES:
            asked = self.asked.getlist(axis.param)
            if asked:
                clients = clients.filter(self._of_axis(axis, asked))
        if "tier" in self.asked:
            clients = clients.filter(summary__isnull=False)  # every client has one: an inner join will do
        statuses = self.statuses
        if len(statuses) == 1:
            clients = clients.filter(status=statuses[0])  # equality lets the index keep the order of names
        elif statuses:
            clients = clients.filter(status__in=statuses)
        if permissions := self.asked.getlist("permission"):
            clients = clients.filter(permission__in=permissions)
        for username in self.asked.getlist("advisor"):
            clients = clients.filter(self._led_by(username))
        if "team" in self.asked:
            clients = clients.filter(~Exists(TeamMember.objects.filter(client=OuterRef("pk"))))
        if "score" in self.asked:
            clients = clients.filter(scored__score__isnull=True)
        if "untagged" in self.asked:
            clients = clients.untagged()
        if "late" in self.asked:
            clients = clients.late(self.today)
        if self.text:
            clients = clients.named(self.text)
        return clients

    def _of_axis(self, axis: Axis, asked: list[str]) -> Q:
        chosen_words = [word for code in asked if (word := self.words.by_code(axis.kind, code))]
        ids = [word.position if axis.kind == "tier" else word.id for word in chosen_words]
        chosen = Q(**{f"{axis.path}__in": ids}) if ids else Q()
        return chosen | Q(**{f"{axis.path}__isnull": True}) if NONE in asked else chosen

    def _led_by(self, username: str) -> Exists:
        leads = TeamMember.objects.filter(client=OuterRef("pk"), role__code=LEAD)
        if username == NONE:
            return ~Exists(leads)  # type: ignore[return-value]
        user = User.objects.filter(username=username).values_list("pk", flat=True).first()
        return Exists(leads.filter(user_id=user or 0))

    def chips(self) -> list[Chip]:
        """The filters in force, each in words and removable."""
        return [Chip(text, self._without(param, value)) for param, value, text in self._in_words()]

    def _without(self, param: str, value: str) -> str:
        rest = self.asked.copy()
        rest.setlist(param, [each for each in rest.getlist(param) if each != value])
        return rest.urlencode()

    def _in_words(self) -> Iterator[tuple[str, str, str]]:
        for axis in AXES:
            for code in self.asked.getlist(axis.param):
                word = self.words.by_code(axis.kind, code)
                yield axis.param, code, f"{axis.label}: {word.label if word else _('none')}"
        simple: dict[str, Callable[[str], str]] = {
            "status": lambda value: (
                _("Status: %s") % (_("any") if value == ANY else ClientStatus(value).label)
            ),
            "permission": lambda value: _("Permission: %s") % Permission(value).label,
            "advisor": lambda value: _("Lead advisor: %s") % (_("none") if value == NONE else value),
            "team": lambda value: _("Service team: nobody"),
            "score": lambda value: _("Score: none, too little is known"),
            "untagged": lambda value: _("Untagged"),
            "late": lambda value: _("Late"),
            "q": lambda value: _("Name or number has “%s”") % value,
        }
        for param, wording in simple.items():
            for value in self.asked.getlist(param):
                yield param, value, wording(value)

    def groups(self) -> list[dict[str, Any]]:
        """The choices of the filter panel: every dimension with its values and whether each is chosen."""
        groups: list[dict[str, Any]] = [
            {
                "param": axis.param,
                "label": axis.label,
                "choices": [
                    *(
                        (word.code, word.label, word.code in self.asked.getlist(axis.param))
                        for word in self.words.by_kind[axis.kind].values()
                    ),
                    (NONE, _("None"), NONE in self.asked.getlist(axis.param)),
                ],
            }
            for axis in _shown()
        ]
        for param, label, choices in (
            ("status", _("Status"), [*ClientStatus.choices, (ANY, _("Any"))]),
            ("permission", _("Permission"), Permission.choices),
            ("score", _("Score"), [(NONE, _("None"))]),
            ("team", _("Service team"), [(NONE, _("Nobody"))]),
            ("untagged", _("Tags"), [("1", _("Untagged"))]),
            ("late", _("Service"), [("1", _("Late"))]),
        ):
            chosen = self.statuses if param == "status" else self.asked.getlist(param)
            if param == "status" and not chosen:
                chosen = [ANY]
            groups.append(
                {
                    "param": param,
                    "label": label,
                    "choices": [(value, text, value in chosen) for value, text in choices],
                }
            )
        return groups


def matching(user: User, filters: ListFilters) -> ClientQuerySet:
    """Clients that `user` may see and that `filters` let through."""
    return filters.apply(Client.objects.visible_to(user))
