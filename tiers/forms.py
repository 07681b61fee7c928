"""Forms of the policy studio: what a draft states, and publishing it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from clients.firm import firm_today
from clients.forms import DateInput
from clients.models import Tier, TouchKind
from tiers.models import Factor, RankKey
from tiers.policy_checks import rule_field, touch_field, weight_field
from tiers.stated import StatedRule, Statement

HUNDRED = Decimal(100)
SMALL = {"class": "form-control form-control-sm"}
RULE_FIELDS = ("rank_key", "revenue_share", "max_clients", "minimum_key", "minimum_value")


def _number(label: Any, *, least: Any = 0, most: Any = None, places: int = 2, **options: Any) -> Any:
    """A decimal field that says in words what it takes. `least` and `most` are within its range."""
    step = "1" if places == 0 else "any"
    if most is None:
        words = _("Give %(least)s or more.") % {"least": least}
    else:
        words = _("Give a number from %(least)s to %(most)s.") % {"least": least, "most": most}
    messages: dict[str, Any] = {
        "required": words,
        "invalid": _("This is not a number. Write it like 12 or 12.5."),
        "min_value": words,
        "max_value": words,
        "max_decimal_places": _("Use at most %(max)s digits after the point."),
        "max_digits": words,
        "max_whole_digits": words,
    }
    return forms.DecimalField(
        label=label,
        min_value=Decimal(least),
        max_value=None if most is None else Decimal(most),
        decimal_places=places,
        error_messages=messages,
        widget=forms.NumberInput(attrs={**SMALL, "step": step, "inputmode": "decimal"}),
        **options,
    )


def _choice(label: Any, choices: Any, **options: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=forms.Select(attrs={"class": "form-select form-select-sm"}),
        **options,
    )


class DraftForm(forms.Form):
    """Everything that a draft states. `do` changes its shape first: a rule up or down, a touch more or less.

    Weights are as typed; shares of revenue and of completeness are shown in percent. The last rule has no
    fields: it takes the rest. What was typed there before it became the last is kept on the page.
    """

    def __init__(self, data: QueryDict | None = None, *, stated: Statement, do: str = "") -> None:
        self.stated = stated
        self.tiers = list(Tier.objects.all())
        self.kinds = list(TouchKind.objects.all())
        data = data.copy() if data is not None else None
        self.ruled = [rule.tier for rule in stated.rules]
        self.touched = [kind for kind in self.kinds if kind.pk in stated.touch_weights]
        if data is not None:
            self.ruled = _named(self.tiers, data.getlist("rule"))
            self.touched = _named(self.kinds, data.getlist("touch"))
            self._do(do, data)
        super().__init__(data, initial=_initial(stated))
        self._add_terms()
        self._add_weights()
        self._add_rules()
        for name, field in self.fields.items():
            field.widget.attrs["aria-describedby"] = f"note-{name}"

    # --- Shape ---

    def _do(self, what: str, data: QueryDict) -> None:
        action, _colon, number = what.partition(":")
        if action == "add-touch":
            number = data.get("new_touch", "")
        tier = next((tier for tier in self.tiers if str(tier.pk) == number), None)
        kind = next((kind for kind in self.kinds if str(kind.pk) == number), None)
        if action in ("up", "down") and tier in self.ruled:
            _shift(self.ruled, tier, -1 if action == "up" else 1)
            data.setdefault(rule_field(tier, "rank_key"), RankKey.SCORE)
        elif action == "add-rule" and tier and tier not in self.ruled:
            self.ruled.insert(0, tier)
            self.ruled.sort(key=lambda each: each.position)
            data[rule_field(tier, "rank_key")] = RankKey.SCORE
        elif action == "remove-rule" and tier in self.ruled:
            self.ruled.remove(tier)
        elif action == "add-touch" and kind and kind not in self.touched:
            self.touched.append(kind)
            data[touch_field(kind.pk)] = f"{kind.engagement_weight.normalize():f}"
        elif action == "remove-touch" and kind in self.touched:
            self.touched.remove(kind)
        for each in self.ruled[:-1]:  # one that is the last no longer has fields again
            data.setdefault(rule_field(each, "rank_key"), RankKey.SCORE)

    def _add_terms(self) -> None:
        self.fields["name"] = forms.CharField(
            label=_("Name"),
            max_length=120,
            error_messages={"required": _("Give the policy a name.")},
            widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
        )
        self.fields["half_life_days"] = _number(
            _("Half-life of a touch, days"), least=1, most=36_500, places=0
        )
        self.fields["minimum_completeness"] = _number(
            _("Minimum completeness, %"), least=0, most=100, places=1
        )
        self.fields["stability_margin"] = _number(_("Stability margin, points"), least=0, most=100)

        for name in ("half_life_days", "minimum_completeness", "stability_margin"):
            self.fields[name].widget.attrs["aria-label"] = self.fields[name].label  # it stands in a sentence

    def _add_weights(self) -> None:
        for factor in Factor:
            self.fields[weight_field(factor)] = _number(
                _("Weight of %(factor)s") % {"factor": factor.label.lower()}, most="9999.99", required=False
            )
        for kind in self.touched:
            self.fields[touch_field(kind.pk)] = _number(
                _("Weight of %(touch)s") % {"touch": kind.label}, most="9999.99"
            )

    def _add_rules(self) -> None:
        for tier in self.ruled[:-1]:
            words = {"tier": tier.code}
            made = {
                "rank_key": _choice(_("Tier %(tier)s: in the order of") % words, RankKey.choices),
                "revenue_share": _number(
                    _("Tier %(tier)s: until this share of revenue, %%") % words,
                    most=100,
                    places=1,
                    required=False,
                ),
                "max_clients": _number(
                    _("Tier %(tier)s: clients at most") % words, most=10_000_000, places=0, required=False
                ),
                "minimum_key": _choice(
                    _("Tier %(tier)s: minimum") % words,
                    [("", _("none")), *RankKey.choices],
                    required=False,
                ),
                "minimum_value": _number(
                    _("Tier %(tier)s: at least") % words, least=-999_999_999, most=999_999_999, required=False
                ),
            }
            for name, field in made.items():
                field.widget.attrs["aria-label"] = field.label  # it stands in a sentence
                self.fields[rule_field(tier, name)] = field

    # --- What it says ---

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for tier in self.ruled[:-1]:
            value = rule_field(tier, "minimum_value")
            asked = data.get(rule_field(tier, "minimum_key"))
            if asked and value in data and data[value] is None:
                self.add_error(value, ValidationError(_("Say how much at least, or choose “none”.")))
        return data

    def statement(self) -> Statement:
        """What the form states; only where it is valid."""
        data = self.cleaned_data
        rules = tuple(self._rule(tier) for tier in self.ruled)
        asked = {key for rule in rules for key in (rule.rank_key, rule.minimum_key)}
        weights = {factor.value: data[weight_field(factor)] or Decimal(0) for factor in Factor}
        return Statement(
            name=data["name"],
            half_life_days=int(data["half_life_days"]),
            minimum_completeness=data["minimum_completeness"] / HUNDRED,
            stability_margin=data["stability_margin"],
            weights={
                factor: weight for factor, weight in weights.items() if weight or factor in asked
            },  # a rule can ask for a factor that counts for nothing
            touch_weights={kind.pk: data[touch_field(kind.pk)] for kind in self.touched},
            rules=rules,
        )

    def _rule(self, tier: Tier) -> StatedRule:
        if tier == self.ruled[-1]:
            before = next((rule for rule in self.stated.rules if rule.tier == tier), None)
            is_bare = before and not before.has_limit and not before.minimum_key
            return StatedRule(tier, before.rank_key if before and is_bare else RankKey.SCORE)
        found = {name: self.cleaned_data[rule_field(tier, name)] for name in RULE_FIELDS}
        share, most = found["revenue_share"], found["max_clients"]
        return StatedRule(
            tier,
            found["rank_key"],
            None if share is None else share / HUNDRED,
            None if most is None else int(most),
            found["minimum_key"],
            found["minimum_value"] if found["minimum_key"] else None,
        )

    # --- For the page ---

    def weight_rows(self) -> Iterator[dict[str, Any]]:
        """Each factor with its field; `is_weighed` where the draft weighs it or shipped policies do."""
        for factor in Factor:
            field = self[weight_field(factor)]
            yield {
                "factor": factor,
                "field": field,
                "is_weighed": factor in USUAL or field.value() not in ("", "0", None),
            }

    def touch_rows(self) -> list[dict[str, Any]]:
        return [{"kind": kind, "field": self[touch_field(kind.pk)]} for kind in self.touched]

    def other_touches(self) -> list[TouchKind]:
        """Touch kinds that can still be given a weight of their own."""
        return [kind for kind in self.kinds if kind not in self.touched and not kind.retired_at]

    def rule_rows(self) -> list[dict[str, Any]]:
        """Each rule with its fields; the last with what was typed while it was not."""
        rows = []
        for number, tier in enumerate(self.ruled):
            is_last = number == len(self.ruled) - 1
            row: dict[str, Any] = {"tier": tier, "is_first": number == 0, "is_last": is_last}
            if is_last:
                row["name"] = rule_field(tier, "rank_key")
                names = [rule_field(tier, name) for name in RULE_FIELDS]
                row["kept"] = [(name, self.data[name]) for name in names if self.data.get(name)]
            else:
                row |= {name: self[rule_field(tier, name)] for name in RULE_FIELDS}
            rows.append(row)
        return rows

    def missing_tiers(self) -> list[Tier]:
        """Tiers of the firm that have no rule yet."""
        return [tier for tier in self.tiers if tier not in self.ruled and not tier.retired_at]


# What every policy is expected to weigh; the others are offered as further factors.
USUAL = (
    Factor.REVENUE,
    Factor.POTENTIAL,
    Factor.PROFITABILITY,
    Factor.ENGAGEMENT,
    Factor.GROWTH,
    Factor.ALIGNMENT,
)


def _named(every: Iterable[Any], numbers: list[str]) -> list[Any]:
    """The rows that `numbers` name, each once, in that order."""
    by_number = {str(row.pk): row for row in every}
    return [by_number[number] for number in dict.fromkeys(numbers) if number in by_number]


def _shift(rows: list[Any], row: Any, by: int) -> None:
    old = rows.index(row)
    new = min(max(old + by, 0), len(rows) - 1)
    rows.insert(new, rows.pop(old))


def _plain(value: Decimal | None) -> str:
    """A decimal without idle zeros, as a number input takes it."""
    return "" if value is None else f"{value.normalize():f}"


def _initial(stated: Statement) -> dict[str, Any]:
    initial: dict[str, Any] = {
        "name": stated.name,
        "half_life_days": stated.half_life_days,
        "minimum_completeness": _plain(stated.minimum_completeness * HUNDRED),
        "stability_margin": _plain(stated.stability_margin),
    }
    initial |= {
        weight_field(factor): _plain(stated.weights.get(factor.value, Decimal(0))) for factor in Factor
    }
    initial |= {touch_field(kind): _plain(weight) for kind, weight in stated.touch_weights.items()}
    for rule in stated.rules:
        share = None if rule.revenue_share is None else rule.revenue_share * HUNDRED
        initial |= {
            rule_field(rule.tier, "rank_key"): rule.rank_key,
            rule_field(rule.tier, "revenue_share"): _plain(share),
            rule_field(rule.tier, "max_clients"): rule.max_clients,
            rule_field(rule.tier, "minimum_key"): rule.minimum_key,
            rule_field(rule.tier, "minimum_value"): _plain(rule.minimum_value),
        }
    return initial


class PublishForm(forms.Form):
    """Why a draft is published, and from which day on."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        help_text=_("It is printed with the policy: what changed, who decided it."),
        error_messages={"required": _("Say why this policy is published.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    effective_on = forms.DateField(
        label=_("Effective on"),
        widget=DateInput(),
        help_text=_(
            "Today: at once. A later day: it waits until then, does not change, and can be withdrawn before."
        ),
        error_messages={"required": _("Choose a day."), "invalid": _("Write the day like 2026-03-31.")},
    )

    def clean_effective_on(self) -> Any:
        day = self.cleaned_data["effective_on"]
        if day < firm_today():
            raise ValidationError(
                _("A policy cannot take effect in the past. Choose today or a later day."), code="past"
            )
        return day
