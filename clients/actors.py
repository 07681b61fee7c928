"""Who made a change, where it was no person at a page: said in words that the history page shows.

A change's context names its command or its task. Each app registers phrases for its own in its
`AppConfig.ready`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

_phrases: dict[str, str | Promise] = {}


def register_actor(key: str, phrase: str | Promise) -> None:
    """`key`: the `command` of a change's context, or else its `by`."""
    _phrases[key] = phrase


def is_known(key: str) -> bool:
    return key in _phrases


def actor(context: Mapping[str, Any]) -> str:
    """In words, who acted in a change's context (empty where the change had none)."""
    command, by = context.get("command"), context.get("by")
    phrase = _phrases.get(command or by or "")
    if phrase:
        return str(phrase)
    if command:
        return _("The command %s") % command
    return _("By itself") if context else _("Directly in the database")
