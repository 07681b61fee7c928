"""The history of a row in Django admin: its audit rows, whatever path a change was made by.

What a person did not change is not written down as a change.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db import models
from django.http import HttpRequest, HttpResponse

from clients.history import recorded


class Lines(forms.CharField):
    """Text of several lines. A browser ends them in its own way, which is no change of what was stored."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace("\r\n", "\n") if isinstance(value, str) else value)


class Recorded(admin.ModelAdmin):
    """An admin whose history page reads the audit rows of the row and of its parts.

    `parts`: audited models edited with the row, each with the name of its key to it.
    """

    formfield_overrides = {models.TextField: {"form_class": Lines, "widget": AdminTextareaWidget}}
    object_history_template = "admin/recorded_history.html"
    parts: tuple[tuple[type[models.Model], str], ...] = ()

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        pk = int(object_id) if object_id.isdecimal() else 0
        entries = recorded(self.model, pk, parts=self.parts)
        return super().history_view(request, object_id, {**(extra_context or {}), "entries": entries})
