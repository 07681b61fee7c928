"""What ratings keep about clients, for the field register and the client's statement."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clients.register.fields import OF_THE_RECORD, WORK, TrackedField, register_field
from clients.register.usage import Use, register_usage
from servicing.models import Rating

RATING, COMMENT = "rating", "rating_comment"


def register() -> None:
    """Adds the fields; the reasons are shipped by a migration."""
    for field in (
        TrackedField(
            RATING,
            _("Rating of a service, 1 to 5"),
            WORK,
            "servicing.Rating",
            "value",
            said=_("How valuable a service was to you, from 1 to 5"),
            least_months=OF_THE_RECORD,
        ),
        TrackedField(
            COMMENT,
            _("Comment on a rating"),
            WORK,
            "servicing.Rating",
            "comment",
            said=_("What you said about it"),
        ),
    ):
        register_field(field)
    register_usage(used)


def used(since: dt.date) -> dict[str, list[Use]]:
    """What was rated since a day; one query."""
    number = Rating.objects.filter(rated_on__gte=since).count()
    if not number:
        return {}
    text = ngettext("%(n)s rating, by tier and service", "%(n)s ratings, by tier and service", number)
    use = [Use(text % {"n": number})]
    return {RATING: use, COMMENT: use}
