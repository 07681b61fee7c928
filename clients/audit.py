"""Audit rows: written by database triggers for every change of a tracked model, read by client."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pghistory
from django.db import models

Tracked = TypeVar("Tracked", bound=type[models.Model])


def tracked(*, by: str = "", exclude: tuple[str, ...] = ()) -> Callable[[Tracked], Tracked]:
    """Class decorator: keeps a row of each insert, update and delete, with who made it.

    `by`: the audit column that the history page looks rows up by, which gets an index. `exclude`: fields
    whose values history must never copy.
    """
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        exclude=list(exclude),
        meta={"indexes": [models.Index(fields=[by])]} if by else {},
    )
