"""What the dashboards show, as files: each table of each period as its page has it, and the figures below
them for every tier, lead advisor and month, so that whatever was chosen on a page can be put together again.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection, models

from clients.exporting import escaped
from clients.firm import firm_today
from clients.models import Client, Tier, User
from clients.register.active import is_active
from servicing.capacity import export as capacity
from servicing.capacity import weeks
from servicing.dashboards import movement, movement_views, operations, parts
from servicing.dashboards.reading import Asked
from servicing.delivery import figures as delivery
from servicing.delivery import periods
from servicing.meetings.spread import as_csv as confidence_csv
from servicing.meetings.spread import groups_of, spread
from servicing.meetings.tracked import CONFIDENCE
from servicing.models import (
    BeyondStandard,
    BookRollup,
    CapacityFigures,
    ClientResult,
    DashboardRefresh,
    DeliveryRollup,
    MonthRollup,
    PersonLoad,
    PersonWeeks,
    ServiceKind,
    TierRollup,
)
from servicing.ratings.reading import as_csv as ratings_csv
from servicing.ratings.reading import valued
from tiers.models import FeeComparison

FOLDER = "dashboards"
CONFIDENCE_MONTHS = 12
# What a number that points at one of these is written as.
_NAMED: dict[type[models.Model], str] = {
    Client: "external_id",
    Tier: "code",
    User: "username",
    ServiceKind: "code",
}
FIGURES: dict[str, type[models.Model]] = {
    "clients-by-result": ClientResult,
    "clients-and-work": BookRollup,
    "revenue-and-time-by-month": MonthRollup,
    "delivery-by-month": DeliveryRollup,
    "beyond-the-standard": BeyondStandard,
    "tiers": TierRollup,
    "fees-beside-bills": FeeComparison,
    "people": PersonLoad,
    "people-by-week": PersonWeeks,
}


def queries() -> Iterator[tuple[str, str]]:
    """(name of the file, its query): figures row by row, of which there may be millions."""
    for name, model in FIGURES.items():
        yield f"{FOLDER}/figures/{name}.csv", _query(model)


def tables() -> Iterator[tuple[str, str]]:
    """(name of the file, its text): the tables as the pages show them, of all clients. A firm that has no
    figures yet adds them up now."""
    today = firm_today()
    for code, _label in operations.PERIODS:
        asked = Asked(periods.period_of(code, today, since=delivery.first_month(today)), today=today)
        found = operations.figures(asked)
        for part in parts.build(asked, found, everybody=True):
            for table in part.tables:
                yield f"{FOLDER}/{code}/{table.code}.csv", table.as_csv()
        if code == periods.TWELVE:
            yield f"{FOLDER}/now.csv", operations.now_table(operations.cards_of(asked, found)).as_csv()
            yield f"{FOLDER}/goals.csv", operations.goals_table(operations.goals_of(found)).as_csv()
    yield f"{FOLDER}/movement.csv", movement_views.matrix_of(*movement.usual(today)).as_csv()
    pareto = DashboardRefresh.objects.get().pareto
    yield f"{FOLDER}/revenue-by-clients.csv", movement_views.revenue_by_tier(pareto).as_csv()
    yield f"{FOLDER}/revenue-curve.csv", movement_views.curve_table(pareto).as_csv()
    period = periods.period_of(periods.TWELVE, today, since=delivery.first_month(today))
    yield f"{FOLDER}/ratings.csv", ratings_csv(valued(first=period.first, last=period.last))
    if is_active(CONFIDENCE):
        said = groups_of(spread(today=today, months=CONFIDENCE_MONTHS))
        yield f"{FOLDER}/confidence.csv", confidence_csv(said)
    if not CapacityFigures.objects.exists():
        weeks.refresh()
    hours = CapacityFigures.objects.get()
    yield f"{FOLDER}/capacity-by-week.csv", "".join(capacity.week_lines(hours))
    yield f"{FOLDER}/capacity-by-person.csv", "".join(capacity.people_lines(hours))


def _query(model: type[models.Model]) -> str:
    """All rows of a table, with names in place of the ids of clients, tiers, people and services."""
    quote = connection.ops.quote_name
    chosen, joins = [], []
    for field in model._meta.concrete_fields:
        if field.name == "id":
            continue
        column, of = f"t.{quote(str(field.column))}", field.related_model
        if isinstance(of, type) and of in _NAMED:
            known = f"of_{field.name}"
            joins.append(f"LEFT JOIN {quote(of._meta.db_table)} {known} ON {known}.id = {column}")
            chosen.append(f"{escaped(f'{known}.{_NAMED[of]}')} AS {quote(field.name)}")
        else:
            chosen.append(f"{column} AS {quote(field.name)}")
    key = quote(str(model._meta.pk.column)) if model._meta.pk else "1"
    rows = f"FROM {quote(model._meta.db_table)} t {' '.join(joins)}"
    return f"SELECT {', '.join(chosen)} {rows} ORDER BY t.{key}"
