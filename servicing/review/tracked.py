"""What reviews keep about clients, for the field register and the client's statement."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clients.register.fields import OF_THE_RECORD, WORK, TrackedField, register_field
from clients.register.usage import Use, register_usage
from servicing.models import GraduationDecision

DECISION = "review_decision"


def register() -> None:
    """Adds the field; the reason is shipped by a migration."""
    register_field(
        TrackedField(
            DECISION,
            _("Decision of the annual review"),
            WORK,
            "servicing.GraduationDecision",
            "decision",
            said=_("What our yearly review decided about your service"),
            least_months=OF_THE_RECORD,
        )
    )
    register_usage(used)


def used(since: dt.date) -> dict[str, list[Use]]:
    """What was decided since a day; one query."""
    number = GraduationDecision.objects.filter(at__date__gte=since).count()
    if not number:
        return {}
    text = ngettext("%(n)s decision of a review", "%(n)s decisions of reviews", number)
    return {DECISION: [Use(text % {"n": number})]}
