"""The draft policy of a review: what it states differently, and what its simulation says."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.formats import hours
from servicing.capacity.of_draft import hours_of_draft
from servicing.dashboards.tables import HOURS, MONEY, SHARE, TEXT, TIER, Cell, Column, Table, columns
from servicing.models import AnnualReview, ReviewCode, ReviewStep
from servicing.review.frozen import Seen
from tiers import simulation
from tiers.comparing import compare
from tiers.models import Policy, PolicyStatus, Simulation
from tiers.policies import obstacles
from tiers.stated import read_whole


def drafts() -> list[Policy]:
    """The drafts to choose from, the newest first."""
    return list(Policy.objects.filter(status=PolicyStatus.DRAFT).order_by("-version")[:50])


def simulation_of(policy: Policy) -> Simulation | None:
    """The newest simulation of what the policy states now."""
    read_whole(policy)
    rows = Simulation.objects.filter(policy=policy, digest=simulation.digest_of(policy))
    return rows.order_by("-made_at").first()


def simulation_for(review: AnnualReview) -> Simulation | None:
    """The same of its draft, read once for one object of a review; None where no draft is chosen."""
    if not hasattr(review, "_draft_simulated"):
        draft = review.draft
        review._draft_simulated = simulation_of(draft) if draft else None  # type: ignore[attr-defined]
    return review._draft_simulated  # type: ignore[attr-defined]


def against_done(review: AnnualReview) -> list[str]:
    """What keeps the step from being done, each a sentence."""
    draft = review.draft
    if draft is None:
        return []
    if draft.status != PolicyStatus.DRAFT:
        return [_("%(policy)s is no draft any more. Choose another one.") % {"policy": draft}]
    if problems := obstacles(draft):
        return problems
    if simulation_for(review) is None:
        return [_("Simulate the draft as it stands now, so that everybody sees what it would do.")]
    return []


# --- What the step was done with ---------------------------------------------------------------------------

RESTS_ON = "rests_on"  # where it is kept, among the figures of the step


def in_force() -> Policy | None:
    return Policy.objects.filter(status=PolicyStatus.PUBLISHED).first()


def rests_on(
    review: AnnualReview, published: int | None, kept: dict[str, Any] | None = None
) -> dict[str, Any]:
    """What the step decides on, as it is now: the draft with what it states, and the policy in force.

    `published`: the latter's id. `kept`: the same as it was when the step was done: a draft that came into
    force since took the place of the policy that was in force then.
    """
    draft = review.draft
    if draft is None:
        return {"draft": None, "states": "", "in_force": published}
    if kept and published == draft.pk:
        published = kept["in_force"]
    read_whole(draft)
    return {"draft": draft.pk, "states": simulation.digest_of(draft), "in_force": published}


def changed_since(review: AnnualReview, kept: dict[str, Any] | None, now: dict[str, Any]) -> list[str]:
    """What changed since the step was done, each a sentence; `kept` and `now`: see `rests_on`."""
    if kept == now:
        return []
    words = {"policy": review.draft, "step": ReviewCode.POLICY.label}
    if review.draft and (kept is None or kept["states"] != now["states"]):
        text = _(
            "%(policy)s changed after the step “%(step)s” was done. Open that step again, and simulate the "
            "draft as it stands now."
        )
    else:
        text = _(
            "Another policy is in force than when the step “%(step)s” was done. Open that step again: what "
            "it shows has changed."
        )
    return [text % words]


def out_of_date(step: ReviewStep) -> list[str]:
    """The same of the step that is done; nothing while it is open."""
    if not step.is_done:
        return []
    kept = step.figures.get(RESTS_ON)
    published = in_force()
    return changed_since(step.review, kept, rests_on(step.review, published.pk if published else None, kept))


def against_applying(review: AnnualReview) -> list[str]:
    """Why no run can be made: another policy came into force than the one that was signed."""
    reviewed, published = review.draft, in_force()
    if reviewed is None:
        figures = review.steps.values_list("figures", flat=True).get(code=ReviewCode.POLICY)
        reviewed = Policy.objects.filter(pk=figures.get(RESTS_ON, {}).get("in_force")).first()
    if reviewed is None or published is None or published.pk == reviewed.pk:
        return []
    read_whole(reviewed, published)
    if simulation.digest_of(reviewed) == simulation.digest_of(published):
        return []
    text = _(
        "%(policy)s came into force, and %(reviewed)s is what was signed. Publish a copy of the one that was "
        "signed, then go on."
    )
    return [text % {"policy": published, "reviewed": reviewed}]


# --- Its figures -------------------------------------------------------------------------------------------


def policy(review: AnnualReview) -> Seen:
    """What the draft changes, and what it would do."""
    draft, published = review.draft, in_force()
    if draft is None:
        said = _("The policy in force stays: %(policy)s.") % {"policy": published} if published else ""
        return Seen(says=[said or _("No policy is in force, and no draft is chosen.")])
    seen = Seen(says=[_("Draft: %(policy)s.") % {"policy": draft}])
    read_whole(*filter(None, (draft, published)))
    if published:
        seen.says.append(_("In force: %(policy)s.") % {"policy": published})
        seen.tables.append(_changes(published, draft))
    found = simulation_for(review)
    if found is None:
        seen.says.append(_("It was not simulated as it stands now."))
        return seen
    seen.at = found.made_at
    result = found.result
    moving = ngettext("%(n)s client would move.", "%(n)s clients would move.", result["moving"]) % {
        "n": result["moving"]
    }
    seen.says.append(moving)
    seen.tables += [_tiers(result), _moves(result)]
    of_hours = hours_of_draft(HttpRequest(), found)
    seen.says.append(of_hours["says"])
    seen.tables.append(_hours(of_hours))
    return seen


def _changes(before: Policy, after: Policy) -> Table:
    rows = [
        [Cell(line.label, TEXT), Cell(line.first, TEXT), Cell(line.second, TEXT), Cell(line.change, TEXT)]
        for _title, lines in compare(before, after)
        for line in lines
        if line.change
    ]
    head = columns(
        ("what", _("What")), ("in_force", _("In force")), ("draft", _("Draft")), ("change", _("Change"))
    )
    head = [Column(each.code, each.label, number=False) for each in head]
    note = "" if rows else _("The draft states what the policy in force states.")
    return Table("changes", _("What the draft changes"), head, rows, note=note)


def _tiers(result: dict[str, Any]) -> Table:
    now: dict[str | None, int] = {}
    for cell in result["matrix"]:
        now[cell["from"]] = now.get(cell["from"], 0) + cell["clients"]
    rows = [
        [
            Cell(row["tier"], TIER),
            Cell(now.get(row["tier"], 0)),
            Cell(row["published_clients"]),
            Cell(row["clients"]),
            Cell(Decimal(row["revenue"]), MONEY),
            Cell(None if row["share"] is None else Decimal(str(row["share"])), SHARE),
        ]
        for row in result["tiers"]
    ]
    head = columns(
        ("tier", _("Tier")),
        ("clients_now", _("Clients now")),
        ("clients_in_force", _("By the policy in force")),
        ("clients_draft", _("By the draft")),
        ("revenue", _("Revenue")),
        ("share", _("Share of revenue")),
    )
    return Table("tiers", _("Tiers under the draft"), head, rows)


def _moves(result: dict[str, Any]) -> Table:
    moves = [cell for cell in result["matrix"] if cell["from"] != cell["to"] and cell["clients"]]
    rows = [[Cell(each["from"], TIER), Cell(each["to"], TIER), Cell(each["clients"])] for each in moves]
    head = columns(("from", _("From")), ("to", _("To")), ("clients", _("Clients")))
    head[1] = Column("to", _("To"), number=False)
    return Table("moves", _("Who would move"), head, rows)


def _hours(found: dict[str, Any]) -> Table:
    rows = [
        [
            Cell(row["tier"], TIER),
            *(Cell(Decimal(round(row[side])), HOURS) for side in ("now", "in_force", "draft")),
        ]
        for row in found["tiers"]
    ]
    total = found["total"]
    foot = [
        Cell(_("Together"), TEXT),
        *(Cell(Decimal(round(total[side])), HOURS) for side in ("now", "in_force", "draft")),
    ]
    head = columns(
        ("tier", _("Tier")),
        ("now", _("Now")),
        ("in_force", _("By the policy in force")),
        ("draft", _("By the draft")),
    )
    available = total["available"]
    note = _("People have %(hours)s a year.") % {"hours": hours(available)} if available else ""
    return Table("hours", _("Hours promised a year"), head, rows, foot, note=note)
