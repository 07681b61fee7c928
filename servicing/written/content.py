"""What the written policy says today, section by section, as plain values that can be stored and compared.

A section is a code, a title and blocks; a block is a text, a heading, a list, numbered steps or a table. It
names no client: nothing in it changes with the book, only with what the firm decides.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.formats import money
from clients.models import Tier, TouchKind
from clients.register.entries import lines as register_lines
from clients.rubric import rubrics
from servicing.models import (
    LeavingReason,
    PolicyPurpose,
    Route,
    ServiceItem,
    ServiceStandard,
    TransitionSettings,
    TransitionStep,
)
from servicing.standards.months import month_names
from servicing.work.words import often
from servicing.written.blocks import Block, Section, heading, items, section, table, text
from servicing.written.speaking import speaking
from tiers import why
from tiers.comparing import plain
from tiers.fees.reading import schedules
from tiers.models import Factor, Policy, PolicyStatus
from tiers.policy_words import MEASURES
from tiers.stated import whole_shares


def content(today: dt.date) -> list[Section]:
    """Every section of the policy in force; a fixed number of queries."""
    policy = Policy.objects.filter(status=PolicyStatus.PUBLISHED).first()
    return [
        section("purpose", _("Purpose"), _purpose()),
        section("tiers", _("Tiers and how clients come into them"), _tiers(policy)),
        section("factors", _("What counts, and how much"), _factors(policy)),
        section("standards", _("Service standards"), _standards(today)),
        section("fees", _("Fees"), _fees(today)),
        section("transitions", _("When a client's service changes"), _transitions()),
        section("speaking", _("How we speak with clients"), speaking(today)),
        section("register", _("What we keep about clients, and why"), _register()),
    ]


def _purpose() -> list[Block]:
    found = PolicyPurpose.objects.filter(pk=1).first()
    paragraphs = [part.strip() for part in (found.text if found else "").split("\n\n")]
    return [text(part) for part in paragraphs if part] or [
        text(_("The firm has not written its purpose yet."))
    ]


def _tiers(policy: Policy | None) -> list[Block]:
    every = [tier.label for tier in Tier.objects.active()]
    blocks = [items(every)]
    if policy is None:
        return [*blocks, text(_("No policy is in force."))]
    rules = list(policy.rules.select_related("tier").order_by("position"))
    words = {"policy": str(policy), "reason": policy.reason}
    since = policy.effective_on and date_format(policy.effective_on, "F j, Y")
    blocks.append(
        text(_("In force: %(policy)s, since %(since)s.") % {**words, "since": since})
        if since
        else text(_("In force: %(policy)s.") % words)
    )
    if policy.reason:
        blocks.append(text(_("Why: %(reason)s") % words))
    blocks += [
        text(_("The software proposes and a person decides. Tiers are filled in this order:")),
        items([why.rule_in_words(rule, is_last=rule is rules[-1]) for rule in rules], numbered=True),
        text(
            _(
                "A client of whom less than %(share)s %% of the weights is known gets no score and keeps its "
                "tier."
            )
            % {"share": plain(100 * policy.minimum_completeness)}
        ),
    ]
    if policy.stability_margin:
        said = _(
            "A client already in a tier stays while its score is at most %(margin)s points below the cut."
        )
        blocks.append(text(said % {"margin": plain(policy.stability_margin)}))
    return [
        *blocks,
        text(_("A person may give another tier, with a reason and a last day.")),
    ]


def _factors(policy: Policy | None) -> list[Block]:
    if policy is None:
        return []
    weights = {row.factor: row.weight for row in policy.factors.all()}
    shares = whole_shares(weights)
    rows = [
        [str(Factor(factor).label), str(MEASURES[Factor(factor)]), f"{shares[factor]} %"]
        for factor in weights
    ]
    own = {row.kind_id: row.weight for row in policy.touch_weights.all()}
    touches = [
        [kind.label, plain(own.get(kind.pk, kind.engagement_weight))]
        for kind in TouchKind.objects.active()
        if own.get(kind.pk, kind.engagement_weight)
    ]
    blocks = [
        table([_("Factor"), _("What it measures"), _("Part of the score")], rows),
        text(
            ngettext(
                "A touch counts half towards engagement after %(n)s day.",
                "A touch counts half towards engagement after %(n)s days.",
                policy.half_life_days,
            )
            % {"n": policy.half_life_days}
        ),
        table([_("Touch"), _("Weight in engagement")], touches),
    ]
    for label, meanings in rubrics():
        if meanings:
            rows = [[str(each.rating), each.meaning, each.example] for each in meanings]
            blocks += [heading(label), table([_("Rating"), _("Meaning"), _("Example")], rows)]
    return blocks


def _standards(today: dt.date) -> list[Block]:
    blocks: list[Block] = []
    in_force = Q(ended_on__isnull=True) | Q(ended_on__gt=today)
    begun = Q(starts_on__isnull=True) | Q(starts_on__lte=today)
    found = ServiceItem.objects.filter(in_force, begun).select_related("kind", "role")
    every: dict[int, list[ServiceItem]] = {}
    for item in found.prefetch_related("steps__role").order_by("position", "id"):
        every.setdefault(item.standard_id, []).append(item)
    for standard in ServiceStandard.objects.select_related("tier").prefetch_related("promises"):
        blocks.append(heading(standard.tier.label))
        if standard.summary:
            blocks.append(text(standard.summary))
        of_it = every.get(standard.pk, [])
        blocks.append(
            table(
                [
                    _("Service"),
                    _("How often"),
                    _("Channel"),
                    _("Who"),
                    _("Minutes + preparation"),
                    _("Window"),
                ],
                [_item_row(item) for item in of_it],
            )
        )
        if promised := [promise.text for promise in standard.promises.all()]:
            blocks += [text(_("At all times:")), items(promised)]
        if standard.asked:
            blocks += [text(_("What we ask of the client:")), items(standard.asked)]
        for item in of_it:
            if steps := [_step(step) for step in item.steps.all()]:
                blocks += [text(_("Step by step, %(service)s:") % {"service": item.kind.label})]
                blocks.append(items(steps, numbered=True))
    return blocks


def _item_row(item: ServiceItem) -> list[str]:
    months = month_names(item.allowed_months, _("or")) if item.allowed_months else ""
    every = _("%(often)s, in %(months)s") % {"often": often(item.interval_months), "months": months}
    return [
        item.kind.label,
        every if months else often(item.interval_months),
        _("by itself") if item.automated else str(item.get_channel_display()),
        item.role.label,
        f"{item.duration_minutes} + {item.preparation_minutes}",
        _("%(before)s days before to %(after)s days after")
        % {"before": item.window_before_days, "after": item.window_after_days},
    ]


def _step(step: Any) -> str:
    return f"{step.text} ({step.role.label})" if step.role else step.text


def _fees(today: dt.date) -> list[Block]:
    blocks: list[Block] = []
    for each in schedules(today):
        if each.now is None:
            continue
        blocks.append(heading(each.tier.label))
        rows = [[money(bracket.starts_at), f"{bracket.rate} %"] for bracket in each.now.brackets.all()]
        blocks.append(table([_("Assets from"), _("A year")], rows))
        words = {"how": each.now.get_method_display(), "least": money(each.now.minimum)}
        blocks.append(text(_("%(how)s. At least %(least)s a year.") % words))
    return blocks or [text(_("No fee schedule is in force."))]


def _transitions() -> list[Block]:
    settings = TransitionSettings.objects.filter(pk=1).first()
    days = settings.days_by_old_standard if settings else 0
    blocks = [
        text(
            _(
                "Whoever no longer fits a tier is moved with care, as a case with an owner. Service "
                "continues by the old standard until the date of the case."
            )
        ),
        text(
            ngettext(
                "While nobody has given a date, service continues for %(n)s day.",
                "While nobody has given a date, service continues for %(n)s days.",
                days,
            )
            % {"n": days}
        ),
        text(_("A referral closes with the client's consent only.")),
    ]
    steps = list(TransitionStep.objects.order_by("id"))
    for route, label in [("", _("Before and after any way")), *Route.choices]:
        lines = [
            ngettext("%(what)s, within %(n)s day", "%(what)s, within %(n)s days", step.days)
            % {"what": step.title, "n": step.days}
            for step in steps
            if step.route == route
        ]
        if lines:
            blocks += [heading(str(label)), items(lines, numbered=True)]
    if reasons := [reason.label for reason in LeavingReason.objects.active()]:
        blocks += [text(_("When somebody leaves we record why:")), items(reasons)]
    return blocks


def _register() -> list[Block]:
    rows = [
        [
            str(line.field.label),
            str(line.entry.get_purpose_display()),
            line.entry.reason,
            line.entry.kept_for,
        ]
        for line in register_lines()
        if line.active and line.entry
    ]
    behavior = _(
        "A behavioral trigger is kept only with the client's permission, and erased wherever it is when "
        "that ends."
    )
    return [text(behavior), table([_("Field"), _("It changes"), _("Why"), _("Kept after leaving")], rows)]


# --- Comparing --------------------------------------------------------------------------------------------


def lines_of(found: Section) -> list[str]:
    """The section as lines, to be compared with another day's."""
    lines: list[str] = []
    for block in found["blocks"]:
        if block["sort"] == "table":
            lines += [" · ".join(filter(None, row)) for row in block["rows"]]
        elif "lines" in block:
            lines += block["lines"]
        else:
            lines.append(block["text"])
    return lines


def changes(before: list[Section], after: list[Section]) -> list[dict[str, Any]]:
    """Each section that differs: its title, the lines that are gone and those that are new. A line that only
    moved is neither."""
    old = {each["code"]: each for each in before}
    found = []
    for each in after:
        were, are = lines_of(old[each["code"]]) if each["code"] in old else [], lines_of(each)
        gone = [line for line in were if line not in set(are)]
        new = [line for line in are if line not in set(were)]
        if gone or new or were != are:
            found.append({"title": each["title"], "gone": gone, "new": new})
    codes = {each["code"] for each in after}
    dropped = [each for each in before if each["code"] not in codes]
    return found + [{"title": each["title"], "gone": lines_of(each), "new": []} for each in dropped]
