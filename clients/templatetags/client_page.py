"""Draws a panel of the client page with its own values beside the page's."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from clients.models import ContactChannel

register = template.Library()


@register.filter
def channel_label(code: str) -> str:
    """The words for a contact channel."""
    return str(ContactChannel(code).label)


@register.simple_tag(takes_context=True)
def panel(context: Context, each: dict[str, Any]) -> SafeString:
    """`each`: the panel's template and its context."""
    drawn = context.template.engine.get_template(each["template"])  # type: ignore[union-attr]
    with context.push(**each["context"]):
        return drawn.render(context)
