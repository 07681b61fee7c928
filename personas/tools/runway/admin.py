"""Admin of the redundancy checklist."""

from django.contrib import admin

from clients.admin import TermAdmin
from personas.models import RedundancyItem


@admin.register(RedundancyItem)
class RedundancyItemAdmin(TermAdmin):
    """Points that are asked of households on one income."""
