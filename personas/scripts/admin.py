"""Django admin of the script library: situations and sequences to edit; scripts are edited on their pages."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from personas.models import Script, ScriptVersion, SendingSettings, SequenceStep, Situation


@admin.register(Situation)
class SituationAdmin(admin.ModelAdmin):
    list_display = ["label", "code", "changes", "services", "position", "retired_at"]
    list_editable = ["position"]
    search_fields = ["label", "code"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One in use is retired."""
        return obj is None or not ScriptVersion.objects.filter(situation=obj).exists()


class VersionInline(admin.TabularInline):
    """A look: versions are written, submitted and approved on the script's page."""

    model = ScriptVersion
    fk_name = "script"
    extra = 0
    fields = ["number", "state", "title", "situation", "edited_by", "decided_by", "review_on"]
    readonly_fields = ["number", "state", "title", "situation", "edited_by", "decided_by", "review_on"]
    can_delete = False
    ordering = ["-number"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Script)
class ScriptAdmin(admin.ModelAdmin):
    list_display = ["code", "page", "retired_at"]
    search_fields = ["code", "versions__title", "versions__body"]
    inlines = [VersionInline]
    readonly_fields = ["code", "page"]
    fields = ["code", "page", "retired_at"]

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("personas:new_script")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("page"))
    def page(self, script: Script) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("personas:script", args=[script.code]), _("Open"))


@admin.register(SequenceStep)
class SequenceStepAdmin(admin.ModelAdmin):
    list_display = ["service", "day", "situation"]
    list_filter = ["service"]


@admin.register(SendingSettings)
class SendingSettingsAdmin(admin.ModelAdmin):
    """The one row of settings: the list leads to it."""

    fields = ["switched_on", "sender_name", "sender_address", "rate_per_minute"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row, _made = SendingSettings.objects.get_or_create(pk=1)
        return redirect("admin:personas_sendingsettings_change", row.pk)
