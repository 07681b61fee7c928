"""Two policies side by side, and what differs between them, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.models import Tier, TouchKind
from clients.templatetags.crm import percent
from tiers import why
from tiers.models import Factor, Policy
from tiers.stated import Statement, rules_of, statement_of

NOTHING = "–"


@dataclass(frozen=True)
class Line:
    """One thing that both state. `change`: how the second differs, in words; empty where it does not."""

    label: str
    first: str
    second: str
    change: str


def compare(first: Policy, second: Policy) -> list[tuple[str, list[Line]]]:
    """The sections of both policies with their lines; `second` is the one that would follow `first`."""
    old, new = statement_of(first), statement_of(second)
    return [
        (_("What counts"), list(_weights(old, new))),
        (_("How tiers are filled"), list(_rules(first, second))),
        (_("Terms"), list(_terms(old, new))),
        (_("Touches with a weight of their own"), list(_touches(old, new))),
    ]


def number_of_changes(sections: list[tuple[str, list[Line]]]) -> int:
    return sum(bool(line.change) for _title, lines in sections for line in lines)


def _weights(old: Statement, new: Statement) -> Iterator[Line]:
    for factor in Factor:
        if factor.value not in old.weights and factor.value not in new.weights:
            continue
        change = _share_change(_points(old, factor), _points(new, factor))
        yield Line(str(factor.label), _weight_text(old, factor), _weight_text(new, factor), change)


def _points(stated: Statement, factor: Factor) -> Decimal | None:
    """The factor's share of all weights in points of 100; None where it is not listed."""
    if factor.value not in stated.weights:
        return None
    return (stated.share(factor) * 100).quantize(Decimal("0.1"))


def _weight_text(stated: Statement, factor: Factor) -> str:
    points = _points(stated, factor)
    if points is None:
        return NOTHING
    words = {"share": percent(points / 100, 1), "weight": plain(stated.weights[factor])}
    return _("%(share)s (weight %(weight)s)") % words


def _share_change(old: Decimal | None, new: Decimal | None) -> str:
    if old == new:
        return ""
    if old is None:
        return _("new")
    if new is None:
        return _("no longer counts")
    return _change(old, new, _("%(n)s points more"), _("%(n)s points less"))


def _rules(first: Policy, second: Policy) -> Iterator[Line]:
    """The order of the tiers, and a line for each tier that either fills."""
    old, new = _sentences(first), _sentences(second)
    first_order, second_order = (", ".join(tier.code for tier in rules) for rules in (old, new))
    change = "" if first_order == second_order else _("changed")
    yield Line(_("Order"), first_order or NOTHING, second_order or NOTHING, change)
    for tier in sorted({*old, *new}, key=lambda tier: (tier.position, tier.pk)):
        before, after = old.get(tier, ""), new.get(tier, "")
        change = "" if before == after else _changed(before, after)
        label = _("Tier %(tier)s") % {"tier": tier.code}
        yield Line(label, before or NOTHING, after or NOTHING, change)


def _sentences(policy: Policy) -> dict[Tier, str]:
    """Each tier's rule in words, in the order in which tiers are filled."""
    rules = rules_of(policy)
    return {rule.tier: why.rule_in_words(rule, is_last=rule is rules[-1]) for rule in rules}


def _changed(before: str, after: str) -> str:
    if not before:
        return _("new")
    return _("changed") if after else _("removed")


def _terms(old: Statement, new: Statement) -> Iterator[Line]:
    more, less = _("%(n)s more"), _("%(n)s less")
    yield Line(
        _("Half-life of a touch"),
        _days(old.half_life_days),
        _days(new.half_life_days),
        _change(old.half_life_days, new.half_life_days, _("%(n)s days more"), _("%(n)s days less")),
    )
    before, after = 100 * old.minimum_completeness, 100 * new.minimum_completeness
    yield Line(
        _("Minimum completeness"),
        f"{plain(before)} %",
        f"{plain(after)} %",
        _change(before, after, _("%(n)s points more"), _("%(n)s points less")),
    )
    yield Line(
        _("Stability margin, points"),
        plain(old.stability_margin),
        plain(new.stability_margin),
        _change(old.stability_margin, new.stability_margin, more, less),
    )


def _touches(old: Statement, new: Statement) -> Iterator[Line]:
    more, less = _("%(n)s more"), _("%(n)s less")
    for kind in TouchKind.objects.filter(pk__in={*old.touch_weights, *new.touch_weights}):
        before, after = (stated.touch_weights.get(kind.pk, kind.engagement_weight) for stated in (old, new))
        yield Line(
            kind.label,
            _touch_text(old, kind),
            _touch_text(new, kind),
            _change(before, after, more, less),
        )


def _touch_text(stated: Statement, kind: TouchKind) -> str:
    if kind.pk in stated.touch_weights:
        return plain(stated.touch_weights[kind.pk])
    return _("%(n)s, its own") % {"n": plain(kind.engagement_weight)}


def _days(days: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def _change(old: Any, new: Any, more: str, less: str) -> str:
    """How a number changed; empty where it did not."""
    if old == new:
        return ""
    return (more if new > old else less) % {"n": plain(Decimal(abs(new - old)))}


def plain(value: Decimal) -> str:
    """A number without idle zeros."""
    return number_format(Decimal(f"{Decimal(value).normalize():f}"), use_l10n=True)
