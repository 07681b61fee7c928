"""Admin of how long before its day a date of equity pay becomes a task."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from personas.tools.equity.services import tell_planning
from servicing.models import EquityLead


@admin.register(EquityLead)
class EquityLeadAdmin(admin.ModelAdmin):
    """A row a kind of date; the open tasks of all clients follow a change by themselves."""

    list_display = ["kind", "lead_days", "minutes", "channel", "is_on"]
    list_editable = ["lead_days", "minutes", "channel", "is_on"]
    readonly_fields = ["kind"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: EquityLead | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: EquityLead, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        tell_planning()
