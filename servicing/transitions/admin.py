"""Django admin of what a firm decides about transitions: stages, reasons for leaving, days to hold."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from clients.admin import TermAdmin
from clients.admin_history import Recorded
from servicing.models import LeavingReason, Step, TransitionSettings, TransitionStep


@admin.register(TransitionSettings)
class TransitionSettingsAdmin(Recorded):
    """One row: for how many days service goes on by the old standard while nobody has decided."""

    list_display = ["__str__", "days_by_old_standard"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: TransitionSettings | None = None) -> bool:
        return False


@admin.register(TransitionStep)
class TransitionStepAdmin(Recorded):
    """The stages of each way. A stage that is taken out is passed over; choosing and closing stay."""

    list_display = ["title", "route", "step", "days", "minutes", "situation", "role"]
    list_filter = ["route"]
    list_select_related = ["situation", "role"]
    fields = ["route", "step", "title", "purpose", "days", "minutes", "situation", "role"]

    def get_readonly_fields(self, request: HttpRequest, obj: TransitionStep | None = None) -> list[str]:
        return ["route", "step"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: TransitionStep | None = None) -> bool:
        if obj is not None and obj.step in (Step.DECIDE, Step.CLOSE):
            return False
        return super().has_delete_permission(request, obj)


@admin.register(LeavingReason)
class LeavingReasonAdmin(TermAdmin):
    """Why clients left, in the firm's words."""

    list_display = ["label", "code", "position", "is_active"]
    fields = ["label", "code", "position", "retired_at"]
