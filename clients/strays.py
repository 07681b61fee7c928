"""Stored files that nobody knows: what a process left behind that was killed between the file and its row."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from django.db import models
from django.utils import timezone

OLD = dt.timedelta(days=1)  # no file waits so long for its row


def forget_strays(model: type[models.Model], field: str, *, folder: str) -> int:
    """Removes files of the folder that are older than a day and that `field` of no row of `model` names;
    returns how many."""
    storage = getattr(model, field).field.storage
    since = (timezone.now() - OLD).timestamp()
    found = Path(storage.path(folder))
    old = [path for path in (found.iterdir() if found.is_dir() else ()) if path.stat().st_mtime < since]
    if not old:
        return 0
    named = {f"{folder}/{path.name}": path for path in old}
    known = model._default_manager.filter(**{f"{field}__in": list(named)}).values_list(field, flat=True)
    strays = [named[name] for name in named.keys() - set(known)]
    for path in strays:
        path.unlink(missing_ok=True)
    return len(strays)
