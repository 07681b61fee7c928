"""Every table whose rows belong to a client, found by looking: none may be forgotten when records merge."""

from __future__ import annotations

import pghistory.models
from django.apps import apps
from django.db import models

from clients.models import BehavioralTag, Client


def belonging() -> dict[str, tuple[type[models.Model], list[str]]]:
    """Tables with a key to the client (or to what shares its key): their models and columns, by table.

    Audit tables are not among them: history keeps the number that it was written under.
    """
    found: dict[str, tuple[type[models.Model], list[str]]] = {}
    for model in apps.get_models(include_auto_created=True):
        if issubclass(model, pghistory.models.Event) or model._meta.proxy or not model._meta.managed:
            continue
        columns = [
            str(field.column)
            for field in model._meta.concrete_fields
            if field.is_relation and field.related_model in (Client, BehavioralTag)
        ]
        if columns:
            found[model._meta.db_table] = (model, columns)
    return found


def constrained() -> list[tuple[str, str]]:
    """(table, column) of the keys that the database itself follows: a deleted client would take their rows
    along, or be refused."""
    return [
        (table, str(field.column))
        for table, (model, columns) in belonging().items()
        for field in model._meta.concrete_fields
        if field.column in columns and getattr(field, "db_constraint", False)
    ]
