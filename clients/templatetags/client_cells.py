"""The editable cells of the client list, drawn in Python: a page has 250 of them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from clients.models import BulkField, Permission
from clients.templatetags.crm import icon
from clients.words import Words

register = template.Library()
BEHAVIORAL = "behavioral_trigger"


@register.simple_tag
def tag_cells(row: dict[str, Any], words: Words, editable: bool, fields: Iterable[str]) -> SafeString:
    """The cells of a client's tags. The behavioral one opens only with permission."""
    cells = []
    for field in fields:
        if field == BEHAVIORAL and row["permission"] != Permission.GRANTED:
            cells.append(_not_permitted())
            continue
        label = words.label(field, row[f"{field}_id"])
        cells.append(f'<td data-cell="{field}">{_closed(row["id"], field, label, editable)}</td>')
    return mark_safe("".join(cells))  # noqa: S308  (labels are escaped where they are drawn)


@cache
def _edit_pattern() -> str:
    return reverse("clients:edit", args=[0])


def _edit_url(pk: int) -> str:
    """As `reverse` would, without asking it 250 times a page."""
    return _edit_pattern().replace("/0/", f"/{pk}/")


def _not_permitted() -> str:
    why = _("Stored only while permission is granted")
    return f'<td><span class="soft">{icon("lock")}<span class="visually-hidden">{why}</span></span></td>'


def _closed(pk: int, field: str, label: str, editable: bool) -> str:
    text = conditional_escape(label) if label else '<span class="empty-value">–</span>'
    if not editable:
        return str(text)
    name = f"{BulkField(field).label}: {conditional_escape(label) or _('none')}"
    return f'<a class="cell-open" href="{_edit_url(pk)}#id_{field}" aria-label="{name}">{text}</a>'


def cell(
    pk: int,
    field: str,
    label: str,
    *,
    editable: bool,
    saved: str = "",
    undo: str | None = None,
    error: str = "",
) -> SafeString:
    """The inside of one cell: its value, and beside it what happened. `undo`: the value to go back to."""
    parts = [mark_safe(_closed(pk, field, label, editable))]  # noqa: S308  (escaped above)
    if error:
        parts.append(format_html('<span class="cell-error" role="alert">{}</span>', error))
    if saved:
        button = ""
        if undo is not None:
            button = format_html(
                '<button type="button" class="cell-undo" data-undo-cell="{}" data-value="{}">{}</button>',
                reverse("clients:tag_cell", args=[pk, field]),
                undo,
                _("Undo"),
            )
        parts.append(
            format_html(
                '<span class="cell-note" role="status" data-fades><span class="saved">{}</span>{}</span>',
                saved,
                button,
            )
        )
    return mark_safe("".join(parts))  # noqa: S308  (each part is escaped)
