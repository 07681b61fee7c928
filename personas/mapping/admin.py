"""Admin of the message map and of the topics of bulk messages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from clients.admin import RetiredFilter, TermAdmin
from personas.mapping.forms import MapRowForm
from personas.models.mapping import CONDITIONS, PARTS, MapRow, Topic


@admin.register(MapRow)
class MapRowAdmin(admin.ModelAdmin):
    """The rows of the map. The page of the map shows all of them at once."""

    form = MapRowForm
    list_display = ["__str__", *CONDITIONS, "channel", "order", "retired_at"]
    list_display_links = ["__str__"]
    list_editable = ["order"]
    list_filter = [RetiredFilter, *CONDITIONS]
    search_fields = ["framing", "words_to_use", "words_to_avoid", "meeting_format", "preparation"]
    ordering = ["order", "id"]
    fieldsets = [
        (None, {"fields": [*CONDITIONS, "order"]}),
        (None, {"fields": [*PARTS]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[MapRow]:
        return super().get_queryset(request).select_related(*CONDITIONS)

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        """The list edits the order alone: the form of a row would ask for the rest."""
        return super().get_changelist_form(request, **kwargs | {"form": forms.ModelForm})


@admin.register(Topic)
class TopicAdmin(TermAdmin):
    """What bulk messages are about, and the personas that are spared them."""

    list_display = ["label", "code", "spared", "position", "is_active"]
    fields = ["label", "code", "changes", "noise_for", "position", "retired_at"]
    filter_horizontal = ["noise_for"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Topic]:
        return super().get_queryset(request).prefetch_related("noise_for")

    @admin.display(description=Topic._meta.get_field("noise_for").verbose_name)
    def spared(self, topic: Topic) -> str:
        return ", ".join(persona.label for persona in topic.noise_for.all()) or "–"
