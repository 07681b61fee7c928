"""Django admin of the owner's tools: the steps that a client's own may begin with."""

from __future__ import annotations

from django.contrib import admin

from personas.models import StarterStep


@admin.register(StarterStep)
class StarterStepAdmin(admin.ModelAdmin):
    list_display = ["title", "about", "position"]
    list_editable = ["position"]
