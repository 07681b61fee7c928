"""What each factor measures, in a line beside it."""

from django.utils.translation import gettext_lazy as _

from tiers.models import Factor

MEASURES = {
    Factor.REVENUE: _("Revenue of the last twelve months"),
    Factor.POTENTIAL: _("What the firm could earn in a year if it served all that the client needs"),
    Factor.PROFITABILITY: _("Revenue less the cost of the time spent, over twelve months"),
    Factor.ENGAGEMENT: _("Touches that reached the client, weighted by kind, fading with age"),
    Factor.GROWTH: _("The rating from 1 to 5 of where the relationship is going"),
    Factor.ALIGNMENT: _("The rating from 1 to 5 of the fit with the firm's ideal client"),
    Factor.SHARE_OF_WALLET: _("The part of the client's investable assets that the firm manages, 0 to 1"),
    Factor.REFERRALS: _("Referrals of the last three years"),
    Factor.TENURE: _("Years as a client"),
    Factor.LIFETIME_VALUE: _("Yearly profit times the years that the client is expected to stay"),
    Factor.ASSETS: _("Assets that the firm manages"),
}
