"""What an entry of a client's history says."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One thing that happened. `what`: in words; `changes`: field by field."""

    at: dt.datetime
    who: str
    what: str
    changes: list[Change]
    note: str
