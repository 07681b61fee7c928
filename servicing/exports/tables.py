"""Which tables and columns the complete data set has: what people entered, decided and did, with its history.

With it goes who changed what, why and by what way: `pgh_context_id` of a history points there.

Left out is what is derived from the rest and made anew by a job, what waits in between (uploads, previews,
queues), connections of other systems, which end where the data goes elsewhere, and every secret.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pghistory.models
from django.apps import apps
from django.contrib.auth.models import Group
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
# Tables of the framework that those above point at.
BESIDE = {"data/auth/group.csv": Group, "history/pghistory/context.csv": pghistory.models.Context}
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
        return self.name.startswith("history/")


def tables() -> list[Table]:
    """Every table of the data set, links between tables too, app by app, history after what it is the history
    of."""
    found = [Table(name, model) for name, model in BESIDE.items()]
    for app in APPS:
        for model in apps.get_app_config(app).get_models(include_auto_created=True):
            of = getattr(model, "pgh_tracked_model", model)
            if of.__name__ in DERIVED[app]:
                continue
            folder = "history" if of is not model else "data"
            found.append(Table(f"{folder}/{app}/{_snake(of.__name__)}.csv", model))
    return sorted(found, key=lambda table: (table.is_history, table.name))


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
