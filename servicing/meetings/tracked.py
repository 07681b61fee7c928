"""What meetings keep about clients, for the field register and the client's statement."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clients.register.fields import OF_THE_RECORD, WORK, TrackedField, register_field
from clients.register.usage import Use, register_usage
from servicing.models import ConfidenceAnswer, MeetingDecision

CONFIDENCE, BLOCKER, DECISIONS = "confidence", "confidence_blocker", "meeting_decisions"


def register() -> None:
    """Adds the fields; the reasons are shipped by a migration."""
    answer = "servicing.ConfidenceAnswer"
    for field in (
        TrackedField(
            CONFIDENCE,
            _("Confidence, 0 to 10"),
            WORK,
            answer,
            "value",
            said=_("How confident you are, from 0 to 10"),
        ),
        TrackedField(
            BLOCKER,
            _("What keeps confidence from being higher"),
            WORK,
            answer,
            "blocker",
            said=_("What keeps it from being higher"),
        ),
        TrackedField(
            DECISIONS,
            _("Decisions of meetings"),
            WORK,
            "servicing.MeetingDecision",
            "text",
            said=_("What our meetings were to decide"),
            least_months=OF_THE_RECORD,
        ),
    ):
        register_field(field)
    register_usage(used)


def used(since: dt.date) -> dict[str, list[Use]]:
    """What was asked and decided since a day; two queries."""
    asked = ConfidenceAnswer.objects.filter(asked_on__gte=since).count()
    decided = MeetingDecision.objects.filter(created_at__date__gte=since).count()
    found = {}
    if asked:
        text = ngettext("%(n)s answer, drawn in the client's trend", "%(n)s answers, drawn in trends", asked)
        found[CONFIDENCE] = found[BLOCKER] = [Use(text % {"n": asked})]
    if decided:
        text = ngettext("%(n)s meeting was prepared by it", "%(n)s meetings were prepared by them", decided)
        found[DECISIONS] = [Use(text % {"n": decided})]
    return found
