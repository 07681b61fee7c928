"""The rows of the queue, drawn in Python: a page has many of them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()


@register.simple_tag
def queue_row(
    row: dict[str, Any], selected: int | None = None, back: str = "", oob: bool = False
) -> SafeString:
    """One task of the queue, as `servicing.work.queue` gives it. `oob`: sent beside the panel."""
    classes = "queue-row" + (" is-late" if row["late"] else "") + (" is-closed" if row["status"] else "")
    url, after = row["url"], f"?back={quote(back, safe='/')}" if back else ""
    link = f'href="{url}{after}" hx-get="{url}"'
    if oob:
        link += ' hx-target="#task-panel"'
    if row["id"] == selected:
        link += ' aria-current="true"'
    return mark_safe(  # noqa: S308  (every text is escaped where it is written)
        f'<li class="{classes}" id="task-row-{row["id"]}" data-task="{row["id"]}"{_place(row)}'
        f'{_OOB if oob else ""}><a class="queue-link" {link}><span class="queue-tier">{row["badge"]}</span>'
        f'<span class="queue-client">{escape(row["client"])}</span>'
        f'<span class="queue-name" title="{escape(row["name"])}">{escape(row["name"])}{_prepared(row)}</span>'
        f"{_closed(row) if row['status'] else _open(row)}</a></li>\n"
    )


_OOB = ' hx-swap-oob="true"'


def _place(row: dict[str, Any]) -> str:
    """Where an open row belongs; a closed one stays where it was closed."""
    return f' data-place="{row["group"]}" data-order="{row["order"]}"' if row["group"] else ""


def _prepared(row: dict[str, Any]) -> str:
    if not row["prepared"]:
        return ""
    word = escape(_("prepared"))
    return (
        f' <span class="soft number" title="{word}">{row["prepared"]}'
        f'<span class="visually-hidden"> {word}</span></span>'
    )


def _closed(row: dict[str, Any]) -> str:
    words = [str(row["status"]), row.get("next", "")]
    return f'<span class="queue-when">{escape(" · ".join(filter(None, words)))}</span>'


def _not_by(row: dict[str, Any]) -> str:
    if not row["closed"]:
        return ""
    return f' <span class="state state-soon">{escape(row["closed"])}</span>'


def _open(row: dict[str, Any]) -> str:
    when = ""
    if row["asleep"]:
        when += f'<span class="soft">{escape(_("until %(day)s") % {"day": row["asleep"]})}</span> '
    if row["appointment"]:
        when += f"<span>{escape(row['appointment'])}</span> "
    if row["late"]:
        when += f'<span class="late">{escape(row["late"])}</span>'
    minutes = _("by itself") if row["automated"] else row["minutes"]
    attempts = ""
    if number := row["attempts"]:
        words = ngettext("%(n)s attempt", "%(n)s attempts", number) % {"n": number}
        attempts = f' <span class="queue-attempts">{escape(words)}</span>'
    return (
        f'<span class="queue-when">{when}{escape(row["when"])}</span>'
        f'<span class="queue-minutes number">{_because(row, escape(minutes), said=True)}</span>'
        f'<span class="queue-channel soft">{_how(row)}{_not_by(row)}{attempts}</span>'
    )


def _how(row: dict[str, Any]) -> str:
    """The channel and the time of day."""
    return _because(
        row, escape(", ".join(str(part) for part in (row["channel"], row["time_of_day"]) if part))
    )


def _because(row: dict[str, Any], text: str, *, said: bool = False) -> str:
    """`text`, which is HTML, with the reason where the client's tags decide something. `said`: also to those
    who cannot point at it; narrow pages leave the channel out."""
    if not (row["tailored"] and text):
        return text
    why = escape(row["tailored"])
    aloud = f'<span class="visually-hidden"> ({why})</span>' if said else ""
    return f'<span class="tailored" title="{why}">{text}{aloud}</span>'
