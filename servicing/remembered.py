"""What goes through everybody's rows, kept by the process until figures are added up again."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

Find = TypeVar("Find", bound=Callable[..., Any])
MOST = 256  # answers of one question; those that were not asked for longest go first
_every: list[Any] = []


def remembered(find: Find) -> Find:
    """Keeps the answers of `find`, by its arguments. One of these is the moment at which the figures that it
    reads were added up, so that an answer of older figures is never given. Answers are not to be changed."""
    kept = lru_cache(maxsize=MOST)(find)
    _every.append(kept)
    return kept  # type: ignore[return-value]


def forget() -> None:
    """Forgets every answer."""
    for kept in _every:
        kept.cache_clear()
