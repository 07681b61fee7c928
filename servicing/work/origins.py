"""The tool that a task came from: its page is a link away from the task.

Whoever makes tasks of a tool's dates or steps registers it in `AppConfig.ready`.
"""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from clients.register.active import active_fields
from personas.tools.registry import tools
from servicing.models import ServiceTask

_tool_of: dict[str, str] = {}


def register_origin(source: str, tool: str) -> None:
    """Tasks of `source` come from the tool with this code."""
    _tool_of[source] = tool


def origin_of(task: ServiceTask) -> dict[str, Any] | None:
    """The tool's label and its page for the task's client, where the register lets it be shown."""
    code = _tool_of.get(task.source)
    tool = next((tool for tool in tools() if tool.code == code), None)
    if tool is None or (tool.register and tool.register not in active_fields()):
        return None
    return {"label": tool.label, "address": reverse(tool.url_name, args=[task.client_id])}
