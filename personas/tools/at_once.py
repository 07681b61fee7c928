"""Reading the rows of several small tables in one statement, so that a tool's picture costs one query."""

# ruff: noqa: S608  (statements that Django itself made)
from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet


def at_once(*queries: QuerySet[Any]) -> list[list[Any]]:
    """The rows of each query as its models, in its order; one statement for all.

    Each query is over one model, without select_related; annotations come as JSON has them.
    """
    parts: list[str] = []
    values: list[Any] = []
    for query in queries:
        try:
            statement, own = query.query.sql_with_params()
        except EmptyResultSet:
            parts.append("'[]'")
            continue
        parts.append(f"(SELECT coalesce(json_agg(found), '[]')::text FROM ({statement}) found)")
        values += own
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        told = cursor.fetchone()
    return [
        [_made(query, row) for row in json.loads(text, parse_float=Decimal)]
        for query, text in zip(queries, told, strict=True)
    ]


def hang(row: Any, name: str, found: list[Any]) -> None:
    """Makes `found` what the relation `name` of `row` gives, as prefetch_related does."""
    every = getattr(row, name).all()
    every._result_cache, every._prefetch_done = found, True
    row.__dict__.setdefault("_prefetched_objects_cache", {})[name] = every


def _made(query: QuerySet[Any], row: dict[str, Any]) -> Any:
    fields = query.model._meta.concrete_fields
    values = [field.to_python(row.pop(field.column)) for field in fields]
    found = query.model.from_db(query.db, [field.attname for field in fields], values)
    for name, value in row.items():
        setattr(found, name, value)
    return found
