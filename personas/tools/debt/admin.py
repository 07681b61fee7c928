"""Django admin of the debt timeline: forgiveness plans with their dated terms and sources."""

from __future__ import annotations

from django.contrib import admin

from personas.models import ForgivenessPlan, ForgivenessTerms


class TermsInline(admin.TabularInline):
    model = ForgivenessTerms
    extra = 0


@admin.register(ForgivenessPlan)
class ForgivenessPlanAdmin(admin.ModelAdmin):
    list_display = ["label", "code", "retired_on"]
    inlines = [TermsInline]
