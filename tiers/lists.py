"""Who is ready to graduate, and who is close to the edge of a tier, by the latest run of the policy in force.

Graduation: the run proposes a tier with more service than the client has. Watch: the run keeps the client in
a tier that has an end, and its place is near that end. Where the tier is filled by score, the score is at
most the watch margin above the lowest that the tier took (or below it, kept by the stability margin). Where a
factor fills it, the client has the lowest value that the tier took, and its score is at most the watch margin
above the lowest of those with this value; this needs a factor that the policy weighs.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import (
    Case,
    CharField,
    DecimalField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Concat, NullIf, Trim
from django.utils.translation import gettext as _

from clients.access import sees_all_clients
from clients.models import Client, ClientStatus, TeamMember, User
from tiers import rules
from tiers.models import Explanation, PolicyStatus, RankKey, RunStatus, ScoringRun

PAGE = 50
MOST_LEADS = 200  # advisors in a dropdown
MOST_PEOPLE = 1_000
LEAD = "lead_advisor"
NONE = "none"
UP, WATCH = "up", "watch"
COLUMNS = (
    "client_id",
    "client__external_id",
    "client__name",
    "tier_before",
    "tier_proposed",
    "score",
    "cut",
    "rule",
    "place",
    "advisor",
)


def latest_published_run(today: dt.date) -> ScoringRun | None:
    """The newest whole run of the policy in force, applied or proposed for no day after `today`."""
    kept = Explanation.objects.filter(run=OuterRef("pk"))
    counts = Q(status=RunStatus.APPLIED) | Q(as_of__lte=today)
    return (
        ScoringRun.objects.filter(counts, Exists(kept), policy__status=PolicyStatus.PUBLISHED, thinned=False)
        .exclude(status=RunStatus.UNDONE)
        .select_related("policy")
        .order_by("-as_of", "-id")
        .first()
    )


def rows_of(
    run: ScoringRun, which: str, user: User | None, *, margin: Decimal, advisor: str = ""
) -> QuerySet[Explanation]:
    """The list `which` (up or watch) of the clients that `user` may see, in its order (`place`, then id);
    without a user of all of them, for the firm's own figures.

    `margin`: the watch margin, in points. `advisor`: the username of who leads them, or `none`. Annotated
    with all of COLUMNS.
    """
    rows = Explanation.objects.filter(run=run, client__status=ClientStatus.ACTIVE)
    rows = _graduating(rows) if which == UP else _watched(rows, run, margin)
    if user and not sees_all_clients(user):
        rows = rows.filter(client__in=Client.objects.visible_to(user).values("pk"))
    leads = TeamMember.objects.filter(client=OuterRef("client_id"), role__code=LEAD)
    if advisor == NONE:
        rows = rows.filter(~Exists(leads))
    elif advisor:
        rows = rows.filter(Exists(leads.filter(user__username=advisor)))
    full_name = Trim(Concat("user__first_name", Value(" "), "user__last_name"))
    named = leads.annotate(named=Coalesce(NullIf(full_name, Value("")), "user__username"))
    rows = rows.annotate(
        advisor=Subquery(named.values("named")[:1], output_field=CharField()),
        tier_before=F("client__summary__tier__code"),
        tier_proposed=F("proposed_tier__code"),
    )
    return rows.order_by("place", "client_id")  # type: ignore[misc]


def _graduating(rows: QuerySet[Explanation]) -> QuerySet[Explanation]:
    """Those who still are in the tier that the run found them in, and would have more service. The highest
    tier first, in each the highest score first."""
    place = F("proposed_tier__position") * Value(Decimal(1000)) - Coalesce(F("score"), Value(Decimal(0)))
    return rows.filter(
        moves=True,
        proposed_tier__position__lt=F("current_tier__position"),
        client__summary__tier=F("current_tier"),
    ).annotate(
        place=Case(When(pk__isnull=False, then=place), output_field=_figure()),
        cut=Value(None, output_field=_figure()),
    )


def _watched(rows: QuerySet[Explanation], run: ScoringRun, margin: Decimal) -> QuerySet[Explanation]:
    """Those whose tier stays, the nearest to its edge first."""
    edges = watched_edges(run)
    if not edges:
        return rows.none().annotate(
            place=Value(None, output_field=_figure()), cut=Value(None, output_field=_figure())
        )
    near = Q()
    for edge in edges:
        near |= edge.near(margin)
    cut_of = Case(
        *(When(proposed_tier=edge.tier_id, then=Value(edge.score)) for edge in edges),
        output_field=_figure(),
    )
    return rows.filter(near).annotate(cut=cut_of, place=F("score") - F("cut"))


@dataclass(frozen=True)
class Edge:
    """Where a tier ends: `score` is the lowest that it took by one of `rules`; where a factor fills it, the
    lowest of those with the lowest `value` of it, at index `factor` among the run's factors."""

    tier_id: int
    score: Decimal
    rules: tuple[str, ...]
    factor: int | None = None
    value: Decimal | None = None

    def near(self, margin: Decimal) -> Q:
        """Who stays in the tier, at most `margin` points from its end."""
        stays = Q(client__summary__tier=self.tier_id, proposed_tier=self.tier_id, rule__in=self.rules)
        last = Q() if self.factor is None else Q(**{f"values__{self.factor}": self.value})
        return stays & last & Q(score__lte=self.score + margin)


def watched_edges(run: ScoringRun) -> list[Edge]:
    """The ends of the run's tiers that have one: no place for more clients or revenue, or a minimum. A tier
    that is filled by a factor has none in runs older than the note of it."""
    noted = {row["tier"]: row for row in run.tiers}
    found = []
    for rule in list(run.policy.rules.select_related("tier").order_by("position"))[:-1]:
        row = noted.get(rule.tier.code) or {}
        if rule.max_clients is None and rule.revenue_share is None and not rule.minimum_key:
            continue
        if rule.rank_key == RankKey.SCORE and row.get("cut"):
            found.append(Edge(rule.tier_id, Decimal(row["cut"]), (RankKey.SCORE, rules.KEPT)))
        elif edge := row.get("edge"):
            score, value = Decimal(edge["score"]), Decimal(edge["value"])
            factor = run.factors.index(rule.rank_key)
            found.append(Edge(rule.tier_id, score, (rule.rank_key,), factor, value))
    return found


def _figure() -> DecimalField:
    return DecimalField(max_digits=12, decimal_places=2)


def page_of(rows: QuerySet[Explanation], *, after: str = "") -> tuple[list[dict[str, Any]], str]:
    """Fifty rows as plain values after the position `after`, and the position where the next page begins."""
    if position := _position(after):
        place, client_id = position
        rows = rows.filter(Q(place__gt=place) | Q(place=place, client_id__gt=client_id))
    found = list(rows.values(*COLUMNS)[: PAGE + 1])
    page, more = found[:PAGE], len(found) > PAGE
    return page, f"{page[-1]['place']}:{page[-1]['client_id']}" if more else ""


def _position(text: str) -> tuple[Decimal, int] | None:
    """The place that an address names; none where it makes no sense."""
    match = re.fullmatch(r"(-?\d{1,7}(?:\.\d{1,2})?):(\d{1,18})", text, re.ASCII)
    if not match:
        return None
    try:
        return Decimal(match[1]), int(match[2])
    except InvalidOperation:
        return None


def leads() -> list[User] | None:
    """The firm's lead advisors to choose among; None where they are too many for a list."""
    if User.objects.order_by()[: MOST_PEOPLE + 1].count() > MOST_PEOPLE:
        return None
    # A look-up for each person, by index; as a join it would read the teams of every client.
    leading = TeamMember.objects.filter(user=OuterRef("pk"), role__code=LEAD).values("pk")[:1]
    found = User.objects.annotate(leads=Subquery(leading)).filter(leads__isnull=False)
    people: list[Any] = list(found.order_by("first_name", "last_name", "username")[: MOST_LEADS + 1])
    return None if len(people) > MOST_LEADS else people


# --- As a file ------------------------------------------------------------------------------------------

HEADER = ("client", "name", "tier", "proposed_tier", "score", "cut", "points_above_cut", "reason", "advisor")


class Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(rows: QuerySet[Explanation], which: str) -> Iterator[str]:
    """The whole list as CSV, a header and then a line a client."""
    writer = csv.writer(Echo())
    yield writer.writerow(HEADER)
    for row in rows.values(*COLUMNS).iterator(chunk_size=2000):
        above = row["place"] if which == WATCH else None
        yield writer.writerow(
            [
                plain_cell(row["client__external_id"]),
                plain_cell(row["client__name"]),
                row["tier_before"],
                row["tier_proposed"],
                row["score"],
                row["cut"],
                above,
                str(rules.RULE_LABELS.get(row["rule"], row["rule"])),
                plain_cell(row["advisor"] or ""),
            ]
        )


def plain_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe before it, which import takes off."""
    return f"'{text}" if re.match(r"\s*'*[-=+@]", text) else text


def title(which: str) -> str:
    return _("Ready to graduate") if which == UP else _("On watch")
