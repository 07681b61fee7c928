"""The graduation list of a review: who is ready, who is on watch, and what was decided about each client."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.commands import Refused
from clients.firm import firm_today
from clients.models import User
from clients.register.active import is_active
from servicing.dashboards.tables import TEXT, TIER, Cell, Column, Table, columns
from servicing.models import AnnualReview, Decided, DecidedList, GraduationDecision, ReviewCode
from servicing.review.frozen import Seen
from servicing.review.locking import open_step
from servicing.review.tracked import DECISION
from tiers import lists, rules
from tiers.models import Explanation, ScoringRun, TierSettings

LONGEST = 300  # characters of a reason


@dataclass(frozen=True)
class Choice:
    """What a person chose for one client."""

    client_id: int
    decision: str
    reason: str = ""


def latest_run() -> ScoringRun | None:
    """The run whose lists are decided on; it knows the watch margin, so that this is read once."""
    run = lists.latest_published_run(firm_today())
    if run:
        run.watch_margin = TierSettings.current().watch_margin  # type: ignore[attr-defined]
    return run


def run_for(review: AnnualReview) -> ScoringRun | None:
    """The same, read once for one object of a review."""
    if not hasattr(review, "_run_listed"):
        review._run_listed = latest_run()  # type: ignore[attr-defined]
    return review._run_listed  # type: ignore[attr-defined]


def listed(run: ScoringRun, which: str, user: User | None) -> QuerySet[Explanation]:
    """The clients of a list: those that the person may see, or, for the firm's figures, all of them."""
    return lists.rows_of(run, which, user, margin=run.watch_margin)  # type: ignore[attr-defined]


def page(
    review: AnnualReview, run: ScoringRun, which: str, user: User, *, after: str = ""
) -> tuple[list[dict[str, Any]], str]:
    """Fifty clients of a list with what was decided about each, and where the next page begins."""
    rows, following = lists.page_of(listed(run, which, user), after=after)
    found = GraduationDecision.objects.filter(review=review, client__in=[row["client_id"] for row in rows])
    shown = rows and is_active(DECISION)
    decided = {each.client_id: each for each in found.select_related("by")} if shown else {}
    for row in rows:
        row["decided"] = decided.get(row["client_id"])
        row["why"] = str(rules.RULE_LABELS.get(row["rule"], row["rule"]))
    return rows, following


_KEEP = """
INSERT INTO servicing_graduationdecision (
    review_id, client_id, of_list, tier_id, proposed_id, decision, reason, by_id, at, final
)
SELECT %s, listed.client_id, %s, listed.current_tier_id, listed.proposed_tier_id, chosen.decision,
    chosen.reason, %s, %s, false
FROM ({listed}) listed
JOIN ({chosen}) chosen ON {same}
ON CONFLICT (review_id, client_id) WHERE NOT final DO {then}
"""
_INSTEAD = """UPDATE SET decision = excluded.decision, reason = excluded.reason, by_id = excluded.by_id,
    at = excluded.at, of_list = excluded.of_list, tier_id = excluded.tier_id,
    proposed_id = excluded.proposed_id
WHERE (servicing_graduationdecision.decision, servicing_graduationdecision.reason)
    IS DISTINCT FROM (excluded.decision, excluded.reason)"""


def decide(*, review: AnnualReview, run: ScoringRun, which: str, chosen: Sequence[Choice], by: User) -> int:
    """Keeps what was chosen for clients of a list; returns how many decisions are new or changed. Raises
    Refused where a client waits without a reason, or the step is done."""
    _refuse_unregistered()
    for each in chosen:
        if each.decision not in Decided.values:
            raise Refused(_("Choose one of the decisions."))
        if each.decision == Decided.WAITS and not each.reason.strip():
            raise Refused(_("Say why a client waits."))
        if len(each.reason) > LONGEST:
            raise Refused(_("Keep the reason under %(n)s characters.") % {"n": LONGEST})
    if not chosen:
        return 0
    ids = [each.client_id for each in chosen]
    rows = listed(run, which, by).filter(client_id__in=ids)
    picked = "SELECT unnest(%s::bigint[]) AS id, unnest(%s::text[]) AS decision, unnest(%s::text[]) AS reason"
    values = [ids, [each.decision for each in chosen], [each.reason.strip() for each in chosen]]
    with transaction.atomic():
        open_step(review, ReviewCode.GRADUATION, by)
        return _keep(review, rows, which, by, picked, values, "chosen.id = listed.client_id", _INSTEAD)


def decide_rest(
    *, review: AnnualReview, run: ScoringRun, which: str, decision: str, reason: str, by: User
) -> int:
    """The same decision for everybody of the list about whom none was made; returns how many."""
    _refuse_unregistered()
    reason = reason.strip()
    if decision not in Decided.values:
        raise Refused(_("Choose one of the decisions."))
    if decision == Decided.WAITS and not reason:
        raise Refused(_("Say why they wait."))
    if len(reason) > LONGEST:
        raise Refused(_("Keep the reason under %(n)s characters.") % {"n": LONGEST})
    with transaction.atomic():
        open_step(review, ReviewCode.GRADUATION, by)
        rows, picked = listed(run, which, by), "SELECT %s::text AS decision, %s::text AS reason"
        return _keep(review, rows, which, by, picked, [decision, reason], "true", "NOTHING")


def _keep(
    review: AnnualReview,
    rows: QuerySet[Explanation],
    which: str,
    by: User,
    picked: str,
    values: list[Any],
    same: str,
    then: str,
) -> int:
    keys = rows.order_by().values("client_id", "current_tier_id", "proposed_tier_id")
    sql, params = keys.query.sql_with_params()
    statement = _KEEP.replace("{listed}", sql).replace("{chosen}", picked).replace("{same}", same)
    with connection.cursor() as cursor:
        cursor.execute(
            statement.replace("{then}", then), [review.pk, which, by.pk, timezone.now(), *params, *values]
        )
        return cursor.rowcount


def take_back(*, review: AnnualReview, client_id: int, by: User) -> None:
    """Nothing is decided about the client any more."""
    with transaction.atomic():
        open_step(review, ReviewCode.GRADUATION, by)
        GraduationDecision.objects.filter(review=review, client=client_id).delete()


def _refuse_unregistered() -> None:
    if not is_active(DECISION):
        raise Refused(_("The field register does not keep decisions of the review. Add its entry first."))


# --- As figures -------------------------------------------------------------------------------------------


def counts(review: AnnualReview, run: ScoringRun | None) -> dict[str, dict[str, int]]:
    """For each list: how many are on it, and of those decided how many get another tier or wait."""
    found = {which.value: dict.fromkeys(("listed", "undecided", *Decided.values), 0) for which in DecidedList}
    made = GraduationDecision.objects.filter(review=review).order_by()
    for row in made.values("of_list", "decision").annotate(n=Count("pk")):
        found[row["of_list"]][row["decision"]] = row["n"]
    if run:
        decided = made.filter(client=OuterRef("client_id"))
        for which in DecidedList:
            rows = listed(run, which.value, None).order_by()
            found[which.value] |= rows.aggregate(
                listed=Count("pk"), undecided=Count("pk", filter=~Exists(decided))
            )
    return found


def graduation(review: AnnualReview) -> Seen:
    """Who is on the lists, and how it was decided, in numbers: the record names nobody."""
    run = run_for(review)
    if run is None:
        return Seen(says=[_("No run of the policy in force is there yet, so that nobody is listed.")])
    found = counts(review, run)
    head = columns(
        ("list", _("List")),
        ("listed", _("On the list")),
        ("with_the_next_run", _("With the next run")),
        ("waits", _("Wait")),
        ("undecided", _("Not decided")),
    )
    rows = [
        [
            Cell(str(which.label), TEXT),
            *(Cell(found[which.value][name]) for name in ("listed", *Decided.values, "undecided")),
        ]
        for which in DecidedList
    ]
    seen = Seen(at=run.created_at, tables=[Table("lists", _("The lists, and what was decided"), head, rows)])
    if tiers := _by_tier(run):
        seen.tables.append(tiers)
    ready = found["up"]["listed"]
    text = ngettext("%(n)s client is ready to graduate.", "%(n)s clients are ready to graduate.", ready)
    seen.says.append(text % {"n": ready})
    seen.notes.append(_("Whoever is not decided on moves as the next run proposes."))
    return seen


def _by_tier(run: ScoringRun) -> Table | None:
    moves = listed(run, lists.UP, None).order_by("proposed_tier__position", "current_tier__position")
    found = moves.values("tier_before", "tier_proposed").annotate(n=Count("pk"))  # type: ignore[misc]
    rows = [
        [Cell(row["tier_before"], TIER), Cell(row["tier_proposed"], TIER), Cell(row["n"])] for row in found
    ]
    head = columns(("from", _("From")), ("to", _("To")), ("clients", _("Clients")))
    head[1] = Column("to", _("To"), number=False)
    return Table("ready", _("Ready to graduate, by tier"), head, rows) if rows else None
