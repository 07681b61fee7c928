"""Every table with a path to a client, found by looking, and the way from a row to whose it is."""

# ruff: noqa: S608  (names of our own tables and columns only)
from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pghistory.models
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from clients.models import BehavioralTag, Client

_OURS = ("clients", "tiers", "personas", "servicing")
_TEXTS = (models.CharField, models.TextField, models.JSONField, models.FileField, models.BinaryField)


@dataclass(frozen=True)
class Owned:
    """A table whose rows belong to clients: by `columns` that hold the client's id, or through the row of
    another such table that the column `through` names."""

    model: type[models.Model]
    columns: tuple[str, ...] = ()
    through: str = ""
    parent: str = ""

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def is_history(self) -> bool:
        return issubclass(self.model, pghistory.models.Event)

    @property
    def of(self) -> str:
        """The table that history is the history of; else the table itself."""
        tracked = getattr(self.model, "pgh_tracked_model", self.model)
        return str(tracked._meta.db_table)

    def rows(self, ids: str) -> str:
        """The condition under which a row belongs to one of `ids`, an expression of an array."""
        if self.columns:
            return "(" + " OR ".join(f'"{column}" = ANY({ids})' for column in self.columns) + ")"
        parent = tables_of_clients()[self.parent]
        key = parent.model._meta.pk.column
        return f'"{self.through}" IN (SELECT "{key}" FROM {self.parent} WHERE {parent.rows(ids)})'

    @property
    def texts(self) -> list[str]:
        """Columns that may hold words of or about a client: texts without a fixed choice, files, JSON."""
        return [str(field.column) for field in self.model._meta.concrete_fields if _may_tell(field)]


def _may_tell(field: models.Field) -> bool:
    if isinstance(field, ArrayField):
        return _may_tell(field.base_field)
    return isinstance(field, _TEXTS) and not field.choices and field.name != "pgh_label"


@cache
def tables_of_clients() -> dict[str, Owned]:
    """Them all by table, each by the shortest way; history among them."""
    found: dict[str, Owned] = {Client._meta.db_table: Owned(Client, (str(Client._meta.pk.column),))}
    waiting = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in _OURS and model._meta.managed and not model._meta.proxy
    ]
    while True:
        nearer: dict[str, Owned] = {}
        for model in waiting:
            if model._meta.db_table not in found and (owned := _owned(model, found)):
                nearer[owned.table] = owned
        if not nearer:
            return found
        found |= nearer


def _owned(model: type[models.Model], found: dict[str, Owned]) -> Owned | None:
    keys = [field for field in model._meta.concrete_fields if field.is_relation]
    if getattr(model, "pgh_tracked_model", None) is Client:
        return Owned(model, ("pgh_obj_id",))
    if direct := tuple(str(key.column) for key in keys if key.related_model in (Client, BehavioralTag)):
        # history of what has the client for its key points at it twice
        return Owned(model, tuple(column for column in direct if column != "pgh_obj_id") or direct)
    for key in keys:
        parent = getattr(key.related_model, "_meta", None)
        if parent and parent.db_table in found and parent.db_table != model._meta.db_table:
            return Owned(model, through=str(key.column), parent=parent.db_table)
    return None
