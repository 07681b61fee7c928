"""Audit rows: written by database triggers for every change of a tracked model, read by client.

A trigger's statement is planned once in a database session, often for an update of one row, and then serves
an update of a hundred thousand. Old and new rows are therefore matched by a full join, which PostgreSQL never
carries out as a loop within a loop; both sides hold the same rows, so the result is that of an inner join.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pghistory
import pgtrigger
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from pghistory import trigger

Tracked = TypeVar("Tracked", bound=type[models.Model])


class _Updated(trigger.Event):
    def get_func_template_kwargs(self, model: models.Model) -> dict[str, Any]:
        parts = super().get_func_template_kwargs(model)
        joined = [name for name in parts if name.startswith("cond_")]
        return parts | {name: parts[name].replace(" JOIN ", " FULL JOIN ") for name in joined}


class _UpdateEvent(pghistory.UpdateEvent):
    def add_event_trigger(self, event_model: Any) -> None:
        pgtrigger.register(
            _Updated(
                event_model=event_model,
                label=self.label,
                name=self.trigger_name,
                row=self.row,
                operation=self.operation,
                condition=self.condition,
                level=self.level,
            )
        )(event_model.pgh_tracked_model)


def tracked(*, by: str = "", exclude: tuple[str, ...] = ()) -> Callable[[Tracked], Tracked]:
    """Class decorator: keeps a row of each insert, update and delete, with who made it.

    `by`: the audit column that the history page looks rows up by, which gets an index. `exclude`: fields
    whose values history must never copy.
    """
    return pghistory.track(
        pghistory.InsertEvent(),
        _UpdateEvent(),
        pghistory.DeleteEvent(),
        exclude=list(exclude),
        meta={"indexes": [models.Index(fields=[by])]} if by else {},
    )


def name_ignored_triggers(connection: BaseDatabaseWrapper, **_signal: object) -> None:
    """Tells a new database session that no trigger is to be passed over.

    Each trigger asks for that list. Where there is none it catches an error, and that goes through all that
    the transaction has yet to check: deleting after a large import would cost the square of its rows. By a
    statement and not as an option of the start, which poolers refuse.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET pgtrigger.ignore = '{}'")
