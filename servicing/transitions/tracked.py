"""What transitions keep about clients, for the field register and the client's statement."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clients.register.fields import OF_THE_RECORD, WORK, TrackedField, register_field
from clients.register.usage import Use, register_usage
from servicing.models import Transition

FEES, CONSENT, OUTCOME = "transition_fees", "transition_consent", "transition_outcome"
# the register's code by the field of a form
FIELDS = {
    "old_fee": FEES,
    "new_fee": FEES,
    "notice_on": FEES,
    "consent_by": CONSENT,
    "consent_on": CONSENT,
    "consent_how": CONSENT,
    "outcome_text": OUTCOME,
    "leaving_reasons": OUTCOME,
}


def register() -> None:
    """Adds the fields; the reasons are shipped by a migration."""
    case = "servicing.Transition"
    for field in (
        TrackedField(
            FEES,
            _("Fee after a transition"),
            WORK,
            case,
            "new_fee",
            said=_("Your new fee, a year"),
            least_months=OF_THE_RECORD,
        ),
        TrackedField(
            CONSENT,
            _("Consent to a referral"),
            WORK,
            case,
            "consent_by",
            said=_("Who consented to your being served by somebody else"),
            least_months=OF_THE_RECORD,
        ),
        TrackedField(
            OUTCOME,
            _("How a transition ended"),
            WORK,
            case,
            "outcome",
            said=_("How a change of your service ended"),
            least_months=OF_THE_RECORD,
        ),
    ):
        register_field(field)
    register_usage(used)


def used(since: dt.date) -> dict[str, list[Use]]:
    """What transitions rested on since a day; one query."""
    counts = Transition.objects.filter(opened_on__gte=since).aggregate(
        fees=Count("pk", filter=Q(new_fee__isnull=False)),
        consents=Count("pk", filter=Q(consent_on__isnull=False)),
        closed=Count("pk", filter=Q(closed_on__isnull=False)),
    )
    words = {
        FEES: (counts["fees"], ngettext("%(n)s fee talk", "%(n)s fee talks", counts["fees"])),
        CONSENT: (counts["consents"], ngettext("%(n)s referral", "%(n)s referrals", counts["consents"])),
        OUTCOME: (
            counts["closed"],
            ngettext("%(n)s closed transition", "%(n)s closed transitions", counts["closed"]),
        ),
    }
    return {code: [Use(text % {"n": number})] for code, (number, text) in words.items() if number}
