"""What the first steps look at: results by tier, what clients valued, hours promised and available.

All of it comes from the figures that the dashboards show.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.firm import firm_today
from clients.formats import hours, money
from clients.models import ServiceRole
from clients.register.active import active_fields
from clients.templatetags.crm import percent
from servicing.capacity import weeks
from servicing.dashboards import reading, rollups
from servicing.dashboards.reading import Asked, Figures
from servicing.dashboards.tables import (
    AMOUNT,
    DECIMAL,
    HOURS,
    MONEY,
    SHARE,
    TEXT,
    TIER,
    Cell,
    Column,
    Table,
    columns,
)
from servicing.delivery import figures as delivery
from servicing.delivery.periods import MONTHS, Period
from servicing.goals.progress import progress
from servicing.models import AnnualReview, CapacityFigures, DeliveryRefresh, PersonLoad, RoleWeeks
from servicing.ratings.reading import SCALE, valued
from servicing.ratings.reading import Figures as Ratings
from servicing.ratings.tracked import RATING
from servicing.review.frozen import Seen

FEW = 5  # answers: below it a mean says little
PEOPLE = 20  # in the table of people; the capacity page has all


def period_of(review: AnnualReview) -> Period:
    return Period(MONTHS, review.first_on, review.last_on)


def figures_of(period: Period) -> Figures | None:
    """The dashboard's figures of the period; a firm that has none yet adds them up now."""
    asked = Asked(period, today=firm_today())
    found = reading.read(asked)
    if found is None:
        if not DeliveryRefresh.objects.exists():
            delivery.refresh()
        rollups.refresh()
        found = reading.read(asked)
    return found


# --- Profitability and growth -----------------------------------------------------------------------------


def results(review: AnnualReview) -> Seen:
    """Revenue, cost and margin by tier beside the year before, and the firm's goals."""
    period = period_of(review)
    found = figures_of(period)
    if found is None:
        return Seen()
    now, before = reading.by_tier(found.months, period), reading.by_tier(found.months, period.before)
    whole = period.before.first >= found.first_month and period.last <= found.as_of
    shown = [row for row in found.books if row["clients"] or row["tier"] in now]
    none = dict.fromkeys(reading.MONTH, 0)
    rows = [
        [
            Cell(row["tier"], TIER),
            Cell(row["clients"]),
            *_line(now.get(row["tier"], none), before.get(row["tier"], none), whole),
        ]
        for row in shown
    ]
    total, earlier = reading.added(now.values()), reading.added(before.values())
    foot = [Cell(_("Together"), TEXT), Cell(found.book("clients")), *_line(total, earlier, whole)]
    head = columns(
        ("tier", _("Tier")),
        ("clients", _("Clients")),
        ("revenue", _("Revenue")),
        ("revenue_before", _("Year before")),
        ("growth", _("Growth")),
        ("cost", _("Cost to serve")),
        ("margin", _("Margin")),
        ("revenue_an_hour", _("Revenue an hour")),
    )
    seen = Seen(at=found.refreshed_at, tables=[Table("results", _("Results by tier"), head, rows, foot)])
    seen.says = _in_words(total, earlier, whole)
    if goals := _goals(found):
        seen.tables.append(goals)
    if period.last > found.as_of:
        seen.notes.append(
            _("The last of these months is not over: nothing is compared with the year before until it is.")
        )
    seen.notes.append(_("Clients as they stand now, with the tier that they have now."))
    return seen


def _line(now: dict[str, Any], before: dict[str, Any], whole: bool) -> Iterator[Cell]:
    yield Cell(Decimal(now["revenue"]), MONEY)
    yield Cell(Decimal(before["revenue"]) if whole else None, MONEY)
    yield Cell(_growth(now, before) if whole else None, SHARE)
    yield Cell(Decimal(now["cost"]), MONEY)
    margin = Decimal(now["revenue"]) - Decimal(now["cost"])
    yield Cell(margin, MONEY, calls=margin < 0)
    yield Cell(_an_hour(now), MONEY)


def _growth(now: dict[str, Any], before: dict[str, Any]) -> Decimal | None:
    """Revenue against the year before, as a share; nothing where there was none."""
    if before["revenue"] <= 0:
        return None
    return round(Decimal(now["revenue"]) / Decimal(before["revenue"]) - 1, 4)


def _an_hour(sums: dict[str, Any]) -> Decimal | None:
    return round(Decimal(sums["revenue"]) * 60 / sums["minutes"], 2) if sums["minutes"] else None


def _in_words(total: dict[str, Any], earlier: dict[str, Any], whole: bool) -> list[str]:
    if not total["revenue"]:
        return [_("No revenue is recorded in these months.")]
    words = {"revenue": money(total["revenue"]), "margin": money(total["revenue"] - total["cost"])}
    said = [_("The firm took %(revenue)s and kept %(margin)s after the cost to serve.") % words]
    growth = _growth(total, earlier) if whole else None
    if growth is not None:
        text = (
            _("That is %(share)s more than in the year before.")
            if growth >= 0
            else _("That is %(share)s less than in the year before.")
        )
        said.append(text % {"share": percent(abs(growth), 1)})
    if rate := _an_hour(total):
        said.append(_("An hour of service brought %(rate)s.") % {"rate": money(rate)})
    return said


def _goals(found: Figures) -> Table | None:
    goals = progress(found.goals, found.year, found.last_year, found.as_of, {})
    if not goals:
        return None
    head = columns(
        ("goal", _("Goal")),
        ("target", _("Target")),
        ("by_now", _("By now")),
        ("reached", _("Reached")),
        ("says", _("How it goes")),
    )
    head[-1] = Column("says", _("How it goes"), number=False)
    rows = [
        [
            Cell(goal.label, TEXT),
            Cell(goal.target_text, AMOUNT),
            Cell(goal.by_now_text, AMOUNT),
            Cell(goal.value_text, AMOUNT),
            Cell(goal.words, TEXT),
        ]
        for goal in goals
    ]
    return Table("goals", _("Goals of %(year)s") % {"year": found.as_of.year}, head, rows)


# --- What each segment valued -----------------------------------------------------------------------------


def ratings(review: AnnualReview) -> Seen:
    """Ratings of the services delivered in the period, by service and tier."""
    if RATING not in active_fields():
        return Seen(says=[_("The field register does not keep ratings.")])
    found = valued(first=review.first_on, last=min(review.last_on, firm_today()))
    head = columns(
        ("service", _("Service")),
        ("tier", _("Tier")),
        ("delivered", _("Delivered")),
        ("rated", _("Rated")),
        ("mean", _("Mean")),
        *((f"gave_{value}", str(value)) for value in SCALE),
        ("note", ""),
    )
    head[1], head[-1] = Column("tier", _("Tier"), number=False), Column("note", _("Remark"), number=False)
    rows = [
        list(_rated(service.label, line)) for service, tiers in found.services for line in (service, *tiers)
    ]
    few = any(row[-1].value for row in rows)
    if not few:
        head, rows = head[:-1], [row[:-1] for row in rows]
    seen = Seen(tables=[Table("valued", _("Ratings by service and tier, 1 to 5"), head, rows)])
    if found.all is None:
        seen.says = [_("No service of these months was rated.")]
        return seen
    words = {"mean": found.all.average, "rated": found.all.rated, "share": found.all.asked}
    seen.says = [
        _("Clients rated %(rated)s services (%(share)s %% of those delivered): %(mean)s on average.") % words
    ]
    sure = [
        service for service, _tiers in found.services if service.rated >= FEW and service.mean is not None
    ]
    if len(sure) > 1:
        ranked = sorted(sure, key=lambda each: (each.mean or 0, each.rated))
        ends = {"most": ranked[-1].label, "least": ranked[0].label}
        ends |= {"high": ranked[-1].average, "low": ranked[0].average}
        seen.says.append(_("Valued most: %(most)s (%(high)s). Least: %(least)s (%(low)s).") % ends)
    if few:
        text = ngettext("Few answers: fewer than %(n)s.", "Few answers: fewer than %(n)s.", FEW)
        seen.notes.append(text % {"n": FEW})
    return seen


def _rated(service: str, line: Ratings) -> Iterator[Cell]:
    whole = line.tier == "all"
    yield Cell(service, TEXT)
    if whole or line.tier == "none":
        yield Cell(_("all") if whole else _("no tier"), TEXT)
    else:
        yield Cell(line.tier, TIER)
    yield Cell(line.delivered)
    yield Cell(line.rated)
    yield Cell(None if line.mean is None else round(line.mean, 2), DECIMAL)
    for count in line.counts:
        yield Cell(count)
    yield Cell(_("few answers") if 0 < line.rated < FEW else "", TEXT)


# --- Capacity and responsibilities ------------------------------------------------------------------------


def capacity(review: AnnualReview) -> Seen:
    """Hours of a year: promised by the standards and available, by role and by person."""
    figures = CapacityFigures.objects.first()
    if figures is None:  # a firm that has none yet adds them up now
        weeks.refresh()
        figures = CapacityFigures.objects.first()
    (roles, measured), people = _roles(), _people()
    seen = Seen(at=figures.refreshed_at if figures else None, tables=[roles, people])
    seen.says = [_load_in_words(roles, measured)]
    unstated = PersonLoad.objects.filter(available=None, user__is_active=True, promised_year__gt=0).count()
    if unstated:
        text = ngettext(
            "%(n)s person with work has not stated hours.",
            "%(n)s people with work have not stated hours.",
            unstated,
        )
        seen.says.append(text % {"n": unstated})
    nobody = PersonLoad.objects.filter(user=None).values_list("promised_year", flat=True).first()
    if nobody:
        seen.says.append(
            _("%(hours)s a year are promised and nobody is there for them.") % {"hours": hours(nobody)}
        )
    seen.notes.append(_("The 52 weeks from now, with the standards as they are today."))
    seen.notes.append(_("Load counts what is promised to people who have stated hours."))
    return seen


def _roles() -> tuple[Table, int]:
    """The hours of each role, and how much of all that is promised is with people who have stated hours."""
    labels = dict(ServiceRole.objects.values_list("id", "label"))
    rows, together = [], [0, 0, 0]
    for row in RoleWeeks.objects.order_by("role_id").values("role_id", "promised", "available", "measured"):
        sums = [sum(row[name]) for name in ("promised", "available", "measured")]
        name = labels.get(row["role_id"]) or _("Without a role")
        if any(sums):
            rows.append([Cell(name, TEXT), *_load(*sums)])
            together = [whole + part for whole, part in zip(together, sums, strict=True)]
    head = columns(
        ("role", _("Role")), ("promised", _("Promised")), ("available", _("Available")), ("load", _("Load"))
    )
    foot = [Cell(_("Together"), TEXT), *_load(*together)] if rows else []
    return Table("roles", _("Hours a year by role"), head, rows, foot), together[2]


def _people() -> Table:
    loads = PersonLoad.objects.filter(user__isnull=False, promised_year__gt=0).select_related("user")
    rows = [
        [
            Cell(each.user.display_name, TEXT),
            Cell(each.clients),
            *_load(each.promised_year, each.available_year, each.promised_year),
            Cell(each.overloaded),
        ]
        for each in loads.order_by("-load", "-promised_year", "user_id")[:PEOPLE]
    ]
    rows.sort(key=lambda row: row[4].value is None)
    head = columns(
        ("person", _("Person")),
        ("clients", _("Clients led")),
        ("promised", _("Promised")),
        ("available", _("Available")),
        ("load", _("Load")),
        ("overloaded_weeks", _("Overloaded weeks")),
    )
    return Table("people", _("Hours a year by person, the fullest first"), head, rows)


def _load(promised: int, available: int | None, measured: int) -> list[Cell]:
    """`measured`: promised to people who have stated hours; that alone is load, as on the capacity page."""
    load = round(Decimal(measured) / available, 4) if available else None
    return [
        Cell(promised, HOURS),
        Cell(available, HOURS),
        Cell(load, SHARE, calls=load is not None and load > 1),
    ]


def _load_in_words(roles: Table, measured: int) -> str:
    if not roles.rows:
        return _("Nothing is promised and nobody has stated hours.")
    promised, available, load = (cell.value for cell in roles.foot[1:])
    if not available:
        return _("The standards promise %(hours)s a year. Nobody has stated hours.") % {
            "hours": hours(promised)
        }
    words = {
        "promised": hours(promised),
        "measured": hours(measured),
        "available": hours(available),
        "load": percent(load),
    }
    if measured == promised:
        text = _("The standards promise %(promised)s a year; people have %(available)s. That is %(load)s.")
    else:
        text = _(
            "The standards promise %(promised)s a year; %(measured)s of it to people who have stated hours, "
            "and these have %(available)s. That is %(load)s."
        )
    return text % words


def more_of(code: str) -> str:
    """The page on which the figures of a step live."""
    return {
        "results": reverse("servicing:operations"),
        "valued": reverse("servicing:ratings"),
        "capacity": reverse("servicing:capacity"),
        "graduation": reverse("tiers:graduation"),
        "policy": reverse("tiers:policies"),
        "standards": reverse("servicing:written_policy"),
    }.get(code, "")
