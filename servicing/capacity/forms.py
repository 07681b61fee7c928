"""The forms of the capacity page: somebody's hours a week, and what if."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.models import ServiceRole, Tier, User
from servicing.capacity.reading import weeks_of
from servicing.capacity.what_if import Away, Present, Wish
from servicing.forms import DateInput
from servicing.models import PersonLoad
from servicing.models.standards import INTERVALS
from servicing.standards.months import refusal

MOST_PEOPLE = 200
MOST_CLIENTS = 1_000_000
USUAL_HOURS = Decimal(30)


class HoursForm(forms.Form):
    hours = forms.DecimalField(
        label=gettext_lazy("Hours a week for clients"),
        required=False,
        min_value=0,
        max_value=80,
        max_digits=4,
        decimal_places=1,
        help_text=gettext_lazy("Empty: not stated. Whoever has not stated hours is not measured."),
    )


class WhatIfForm(forms.Form):
    """More people, more clients, another standard, somebody away: each field empty leaves things as they are.

    The address holds what is asked; nothing is stored.
    """

    away = forms.CharField(label=gettext_lazy("Username"), required=False, max_length=150)
    away_from = forms.DateField(label=gettext_lazy("from"), required=False, widget=DateInput())
    away_until = forms.DateField(
        label=gettext_lazy("until (empty: for good)"), required=False, widget=DateInput()
    )

    def __init__(
        self, data: Any, *, present: Present, roles: list[ServiceRole], tiers: list[Tier], today: dt.date
    ) -> None:
        super().__init__(data, auto_id="what-if-%s")
        self.present, self.roles, self.tiers, self.today = present, roles, tiers, today
        for role in roles:
            self.fields[f"people_{role.pk}"] = forms.IntegerField(
                label=_("More people: %(role)s") % {"role": role.label},
                required=False, min_value=0, max_value=MOST_PEOPLE,
            )  # fmt: skip
            self.fields[f"hours_{role.pk}"] = forms.DecimalField(
                label=_("Hours a week of each: %(role)s") % {"role": role.label},
                required=False, min_value=0, max_value=80, max_digits=4, decimal_places=1,
            )  # fmt: skip
        for tier in tiers:
            self.fields[f"clients_{tier.pk}"] = forms.IntegerField(
                label=_("More clients of tier %(tier)s") % {"tier": tier.code},
                required=False,
                min_value=-present.clients.get(tier.pk, 0),
                max_value=MOST_CLIENTS,
                error_messages={
                    "min_value": _("Tier %(tier)s has %(n)s clients; no more can go.")
                    % {"tier": tier.code, "n": present.clients.get(tier.pk, 0)}
                },
            )
        for promise in present.promises:
            names = {"service": promise.service, "tier": promise.tier}
            if not promise.automated:
                self.fields[f"minutes_{promise.item_id}"] = forms.IntegerField(
                    label=_("Minutes: %(service)s of tier %(tier)s") % names,
                    required=False,
                    min_value=1,
                    max_value=24 * 60,
                    error_messages={
                        "min_value": _("Give it at least a minute: only what is automated has none.")
                    },
                )
            self.fields[f"every_{promise.item_id}"] = forms.TypedChoiceField(
                label=_("How often: %(service)s of tier %(tier)s") % names,
                required=False,
                widget=forms.Select(
                    attrs={
                        "class": "form-select form-select-sm",
                        "aria-label": _("How often: %(service)s of tier %(tier)s") % names,
                    }
                ),
                coerce=int,
                empty_value=None,
                choices=[("", _("as now")), *INTERVALS],
            )

    @property
    def is_asked(self) -> bool:
        """Whether the address asks for anything; hours alone, without people, do not."""
        return any(self.data.get(name, "").strip() for name in self.fields if not name.startswith("hours_"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for promise in self.present.promises:
            name = f"every_{promise.item_id}"
            if data.get(name) and (why := refusal(data[name], promise.months)):
                self.add_error(name, why)
        first, last = data.get("away_from"), data.get("away_until")
        if first and last and last < first:
            self.add_error("away_until", _("This is before the first day."))
        if data.get("away"):
            try:
                data["away_person"] = _measured(data["away"])
            except ValidationError as refused:
                self.add_error("away", refused)
        elif first or last:
            self.add_error("away", _("Write who is away."))
        return data

    def wish(self) -> Wish:
        """What the valid form asks for."""
        data = self.cleaned_data
        people = {
            role.pk: (data[f"people_{role.pk}"], self.hours_of(role))
            for role in self.roles
            if data.get(f"people_{role.pk}")
        }
        person: PersonLoad | None = data.get("away_person")
        return Wish(
            people=people,
            clients={
                tier.pk: data[f"clients_{tier.pk}"] for tier in self.tiers if data[f"clients_{tier.pk}"]
            },
            minutes=dict(self._of_items("minutes")),
            every=dict(self._of_items("every")),
            away=_away(person, data["away_from"] or self.today, data["away_until"]) if person else None,
        )

    def hours_of(self, role: ServiceRole) -> Decimal:
        stated = self.cleaned_data.get(f"hours_{role.pk}")
        return USUAL_HOURS if stated is None else stated

    def _of_items(self, what: str) -> Iterator[tuple[int, int]]:
        for promise in self.present.promises:
            if value := self.cleaned_data.get(f"{what}_{promise.item_id}"):
                yield promise.item_id, value

    # what the template goes through

    def role_rows(self) -> list[dict[str, Any]]:
        return [
            {"role": role, "people": self[f"people_{role.pk}"], "hours": self[f"hours_{role.pk}"]}
            for role in self.roles
        ]

    def tier_rows(self) -> list[dict[str, Any]]:
        return [
            {"tier": tier, "now": self.present.clients.get(tier.pk, 0), "clients": self[f"clients_{tier.pk}"]}
            for tier in self.tiers
        ]

    def item_rows(self) -> list[dict[str, Any]]:
        words = dict(INTERVALS)
        return [
            {
                "promise": promise,
                "often": words.get(promise.interval, promise.interval),
                "minutes": None if promise.automated else self[f"minutes_{promise.item_id}"],
                "every": self[f"every_{promise.item_id}"],
            }
            for promise in self.present.promises
        ]

    def problems(self) -> list[dict[str, Any]]:
        """Fields with errors, for the summary above the form."""
        return [
            {"field": self[name], "texts": list(errors)}
            for name, errors in self.errors.items()
            if name in self.fields
        ]


def _measured(username: str) -> PersonLoad:
    """The load of the person of that username. Raises ValidationError where nothing would change."""
    user = User.objects.filter(username__iexact=username.replace("\0", "").strip()).first()
    if user is None:
        raise ValidationError(_("Nobody has this username."))
    row = PersonLoad.objects.filter(user=user).first()
    if row is None or row.available is None:
        raise ValidationError(
            _("%(who)s has not stated hours, so none would be missing. State them in the table of people.")
            % {"who": user.display_name}
        )
    return row


def _away(person: PersonLoad, first: dt.date, last: dt.date | None) -> Away:
    promised: dict[int | None, int] = {}
    for role, _tier, minutes in weeks_of(person.user_id):
        promised[role] = promised.get(role, 0) + sum(minutes)
    whole = sum(promised.values())
    shares: dict[int | None, float] = (
        {role: minutes / whole for role, minutes in promised.items()} if whole else {None: 1.0}
    )
    return Away(first_on=first, last_on=last, available=person.available or [], shares=shares)
