"""Which tables and columns the complete data set has: what people entered, decided and did, with its history.

Left out is what is derived from the rest and made anew by a job, what waits in between (uploads, previews,
queues), connections of other systems, which end where the data goes elsewhere, and every secret.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.apps import apps
from django.db import models

APPS = ("clients", "tiers", "personas", "servicing")
DERIVED = {
    "clients": {
        "ClientSummary",
        "ClientScore",
        "ImportedRecord",
        "Job",
        "SweepRun",
        "BulkBehavioralRow",
        "Notice",
    },
    "tiers": {
        "ClientFacts",
        "FactSnapshot",
        "FeeComparison",
        "FeeRefresh",
        "FoundRoutes",
        "SimulatedMove",
        "Simulation",
    },
    "personas": {"MapImport"},
    "servicing": {
        "ApiRequest",
        "ApiToken",
        "ApiTokenUse",
        "BeyondStandard",
        "BookRollup",
        "CalendarFeed",
        "CapacityFigures",
        "ClientResult",
        "DashboardRefresh",
        "DataExport",
        "DeliveryRefresh",
        "DeliveryRollup",
        "FirmRollup",
        "FollowedItem",
        "MonthRollup",
        "MovementRollup",
        "PersonLoad",
        "PersonWeeks",
        "PlanningRange",
        "PromisedWeeks",
        "RatingLink",
        "RoleWeeks",
        "TailoredWith",
        "TierRollup",
        "WebhookDelivery",
        "WebhookEndpoint",
        "WebhookReader",
    },
}
SECRET = re.compile(r"password|token|secret|(^|_)hash$|digest$")
# Where a file lies on this machine is of no use elsewhere.
STORED_FILES = {"upload"}


@dataclass(frozen=True)
class Table:
    """One file of the data set: its name, the table, its columns, and the key by which it is ordered."""

    name: str
    model: type[models.Model]

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def fields(self) -> list[models.Field]:
        """The columns that leave, in the table's order."""
        return [
            field
            for field in self.model._meta.concrete_fields
            if not SECRET.search(field.name) and field.name not in STORED_FILES
        ]

    @property
    def is_history(self) -> bool:
        return hasattr(self.model, "pgh_tracked_model")


def tables() -> list[Table]:
    """Every table of the data set, app by app, history after what it is the history of."""
    found = []
    for app in APPS:
        for model in apps.get_app_config(app).get_models():
            of = getattr(model, "pgh_tracked_model", model)
            if of.__name__ in DERIVED[app]:
                continue
            folder = "history" if of is not model else "data"
            found.append(Table(f"{folder}/{app}/{_snake(of.__name__)}.csv", model))
    return sorted(found, key=lambda table: (table.is_history, table.name))


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
