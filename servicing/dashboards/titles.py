"""The parts of the operations dashboard, in their order."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

TITLES: dict[str, str | Promise] = {
    "week": gettext_lazy("Since last week"),
    "delivery": gettext_lazy("Delivery against the standard"),
    "profit": gettext_lazy("Profitability"),
    "time": gettext_lazy("Time, planned and spent"),
    "creep": gettext_lazy("Service creep"),
    "workload": gettext_lazy("Workload against capacity"),
    "coverage": gettext_lazy("Coverage"),
    "confidence": gettext_lazy("Confidence"),
}
