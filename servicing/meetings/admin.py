"""Django admin of the decisions that meetings choose from."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from clients.admin import RetiredFilter, TermAdmin
from servicing.models import ReadyDecision


@admin.register(ReadyDecision)
class ReadyDecisionAdmin(TermAdmin):
    """What is offered for each persona and for everyone, with what to have ready."""

    list_display = ["label", "persona", "changes", "position", "is_active"]
    list_filter = ["persona", RetiredFilter]
    fields = ["label", "code", "persona", "changes", "position", "retired_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReadyDecision]:
        return super().get_queryset(request).select_related("persona")
