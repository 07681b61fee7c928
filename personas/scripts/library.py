"""Reading the library for its list: the newest version of each script, filtered and searched."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from personas.models import ScriptState, ScriptVersion
from personas.models.mapping import CONDITIONS
from personas.scripts.querysets import ScriptVersionQuerySet

PAGE = 50
CAP = 1000
STATES: dict[str, str | Promise] = {
    "usable": _("In use"),
    "draft": _("Draft"),
    "submitted": _("Submitted"),
    "returned": _("Returned"),
    "expired": _("Expired"),
    "shipped": _("Shipped, not yet reviewed"),
    "retired": _("Out of use"),
}
TERMS = ("situation", "role", *CONDITIONS)


@dataclass(frozen=True)
class Asked:
    """What the list is asked for: words by field, a state, a text, a page."""

    words: dict[str, str]
    state: str
    text: str
    page: int

    @property
    def for_whom(self) -> bool:
        """Whether a condition is asked for, beside the situation and who says it."""
        return bool(self.words.keys() - {"situation", "role"})

    @property
    def is_filtered(self) -> bool:
        return bool(self.words or self.state or self.text)


def asked_of(params: QueryDict) -> Asked:
    """What an address asks for; what it does not know it leaves out."""
    words = {name: code for name in TERMS if (code := params.get(name, "")[:50]) and "\x00" not in code}
    state = params.get("state", "")
    page = params.get("page", "1")
    return Asked(
        words=words,
        state=state if state in STATES else "",
        text=params.get("q", "").replace("\x00", "").strip()[:100],
        page=min(int(page), CAP // PAGE) if page.isascii() and page.isdigit() and int(page[:6]) > 0 else 1,
    )


def listed(asked: Asked, today: dt.date) -> ScriptVersionQuerySet:
    """The newest version of each script that fits, in the library's order, or the likest first."""
    found: Any = ScriptVersion.objects.newest().with_words()
    if asked.text:
        found = found.search(asked.text)
    for name, code in asked.words.items():
        found = found.filter(**{f"{name}__code": code} if code != "none" else {f"{name}__isnull": True})
    if asked.state == "retired":
        return found.filter(script__retired_at__isnull=False)
    found = found.filter(script__retired_at__isnull=True)
    if asked.state == "usable":
        return found.filter(state=ScriptState.APPROVED, review_on__gt=today)
    if asked.state == "expired":
        return found.filter(state=ScriptState.APPROVED, review_on__lte=today)
    if asked.state == "shipped":
        return found.filter(state=ScriptState.APPROVED, decided_by__isnull=True)
    return found.filter(state=asked.state) if asked.state else found


def state_words(version: ScriptVersion, today: dt.date) -> tuple[str | Promise, str]:
    """How a version stands, and the kind of its label: good, soon, late or none."""
    if version.script.retired_at is not None:
        return _("out of use"), ""
    if version.is_expired(today):
        return _("expired"), "late"
    if version.state == ScriptState.APPROVED:
        return (_("shipped"), "soon") if version.is_shipped else (_("approved"), "good")
    kinds = {ScriptState.RETURNED: "late", ScriptState.SUBMITTED: "soon"}
    return str(version.get_state_display()).lower(), kinds.get(ScriptState(version.state), "")


def conditions_of(version: ScriptVersion) -> list[str]:
    """The words that it asks for, as the list shows them."""
    return [str(word) for name in CONDITIONS if (word := getattr(version, name)) is not None]
