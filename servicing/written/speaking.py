"""How the firm speaks with clients, for the written policy: the message map, and scripts by situation."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from personas.mapping.matrix import grouped
from personas.models import MapRow, ScriptVersion
from servicing.written.blocks import Block, heading, table, text


def speaking(today: dt.date) -> list[Block]:
    """What the map says for whom, and which scripts may be used; three queries. Titles and versions of the
    scripts: their texts are in the library."""
    said = _(
        "Messages are tailored only for a client who has granted permission; everybody else gets the "
        "generic ones."
    )
    return [text(said), *_map(), *_scripts(today)]


def _map() -> list[Block]:
    blocks: list[Block] = []
    for group in grouped(MapRow.objects.in_use().with_words()):
        rows = [
            [
                str(row),
                row.framing,
                _one_line(row.words_to_use),
                _one_line(row.words_to_avoid),
            ]
            for row in group.rows
            if row.framing or row.words_to_use or row.words_to_avoid
        ]
        if rows:
            head = [_("For"), _("Framing"), _("Words to use"), _("Words to avoid")]
            blocks += [heading(str(group.label)), table(head, rows)]
    return blocks or [text(_("The message map has no rows."))]


def _one_line(words: str) -> str:
    """Words that stand one a line, on one."""
    return ", ".join(filter(None, (word.strip() for word in words.splitlines())))


def _scripts(today: dt.date) -> list[Block]:
    """Approved scripts that have not expired, by situation."""
    found = ScriptVersion.objects.usable(today).with_words()
    found = found.order_by("situation__position", "situation_id", "position", "title", "id")
    rows = [
        [
            version.situation.label,
            version.title,
            _("version %(n)s") % {"n": version.number},
            version.role.label if version.role else _("anybody"),
        ]
        for version in found
    ]
    if not rows:
        return [heading(_("Approved scripts")), text(_("No script is approved."))]
    head = [_("Situation"), _("Script"), _("Version"), _("Who says it")]
    return [heading(_("Approved scripts")), table(head, rows)]
