"""Admin of the federal figures by year."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from personas.models import EquityTaxYear


@admin.register(EquityTaxYear)
class EquityTaxYearAdmin(admin.ModelAdmin):
    """A row a year, with its source. Pages say which year they use, and whether it is confirmed."""

    list_display = ["year", "confirmed", "exemption_single", "exemption_joint", "upper_rate_from", "source"]
    list_filter = ["confirmed"]
    fieldsets = [
        (None, {"fields": ["year", "source", "confirmed"]}),
        (
            _("Alternative minimum tax"),
            {
                "fields": [
                    "exemption_single",
                    "exemption_joint",
                    "phase_out_single",
                    "phase_out_joint",
                    "phase_out_rate",
                    "amt_percent",
                    "upper_rate_from",
                    "amt_percent_above",
                ],
                "description": _(
                    "Published each autumn for the year after. Compare, then mark as confirmed."
                ),
            },
        ),
        (
            _("Withholding on supplemental wages"),
            {"fields": ["withheld_percent", "withheld_up_to", "withheld_percent_above"]},
        ),
        (_("Yearly limits"), {"fields": ["iso_limit", "espp_limit"]}),
    ]
