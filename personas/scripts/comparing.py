"""Two versions of a script side by side: which fields differ, and which words of the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from personas.models import ScriptVersion
from personas.models.mapping import CONDITIONS


@dataclass(frozen=True)
class Piece:
    """A run of words: kept in both, only in the older one, or only in the newer."""

    text: str
    kind: str  # same, gone, new


@dataclass(frozen=True)
class Change:
    label: str | Promise
    before: str
    after: str


def pieces(before: str, after: str) -> list[Piece]:
    """The newer text with what was taken out and put in, word by word."""
    old, new = (re.findall(r"\s+|[^\s]+", text) for text in (before, after))
    found: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Piece("".join(new[c:d]), "same"))
            continue
        if gone := "".join(old[a:b]):
            found.append(Piece(gone, "gone"))
        if put := "".join(new[c:d]):
            found.append(Piece(put, "new"))
    return found


def changes(before: ScriptVersion, after: ScriptVersion) -> list[Change]:
    """The fields beside the text that differ, in words."""
    found = []
    for name in ("title", "situation", "role", "channel", *CONDITIONS, "reach", "subject"):
        label = ScriptVersion._meta.get_field(name).verbose_name  # type: ignore[union-attr]
        values = [_words(version, name) for version in (before, after)]
        if values[0] != values[1]:
            found.append(Change(label, *values))
    return found


def _words(version: ScriptVersion, name: str) -> str:
    if name in ("channel", "reach"):
        return str(getattr(version, f"get_{name}_display")())
    value = getattr(version, name)
    return str(value) if value not in (None, "") else _("any") if name != "subject" else _("none")
