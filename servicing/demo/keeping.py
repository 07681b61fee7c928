"""How the demo firm keeps data: former clients with the days on which they left, one whose periods are over,
a legal hold, an access request that waits."""

from __future__ import annotations

import datetime as dt

from django.db import connection
from django.utils import timezone

from clients.firm import firm_zone
from clients.models import Client, ClientStatus, LegalHold, User
from clients.models.people import Group
from clients.models.permission import How
from servicing.retention import access, services

YEARS_AGO = 7  # that the client left whose periods are over
HELD_DAYS, ASKED_DAYS = 40, 24  # before the last day
HOLD = "Letter of a lawyer about the sale of the family's business. Keep everything until it is settled."
ASKED_BY = "By e-mail from the address that we have; called back to make sure."

# Who left did so after the last that happened with them.
_LEFT = """
    UPDATE clients_departure d SET left_on = greatest(
        (SELECT max(occurred_on) FROM clients_touch WHERE client_id = d.client_id),
        (SELECT max(date) FROM clients_revenue WHERE client_id = d.client_id)
    )
    WHERE EXISTS (SELECT FROM clients_touch WHERE client_id = d.client_id)
        OR EXISTS (SELECT FROM clients_revenue WHERE client_id = d.client_id)
"""
_LONG_AGO = """
    UPDATE clients_touch SET occurred_on = occurred_on - %(back)s::interval,
        occurred_at = occurred_at - %(back)s::interval
    WHERE client_id = %(client)s;
    UPDATE servicing_confidenceanswer SET asked_on = asked_on - %(back)s::interval
    WHERE client_id = %(client)s;
    UPDATE clients_revenue SET date = date - %(back)s::interval WHERE client_id = %(client)s;
    UPDATE clients_client SET client_since = client_since - %(back)s::interval WHERE id = %(client)s;
    UPDATE clients_departure SET left_on = left_on - %(back)s::interval WHERE client_id = %(client)s;
"""


def keep_data(*, as_of: dt.date) -> None:
    """The same each time: the first clients by their numbers."""
    keeper = User.objects.filter(groups__name=Group.COMPLIANCE, is_demo=True).order_by("pk").first()
    with connection.cursor() as cursor:
        cursor.execute(_LEFT)
        former = Client.objects.filter(status=ClientStatus.FORMER, tasks=None, transitions=None)
        quiet = former.order_by("external_id").first()
        if quiet:
            back = f"{YEARS_AGO * 365} days"
            for statement in filter(str.strip, _LONG_AGO.split(";")):
                cursor.execute(statement, {"back": back, "client": quiet.pk})
    services.propose(today=as_of)
    active = Client.objects.filter(status=ClientStatus.ACTIVE).order_by("external_id")
    held, asking = active.filter(persona__code="business_owner").first(), active.exclude(email="").last()
    if keeper is None:
        return
    if held:
        hold = services.place_hold(client=held, reason=HOLD, by=keeper)
        at = dt.datetime.combine(as_of - dt.timedelta(days=HELD_DAYS), dt.time(11), tzinfo=firm_zone())
        LegalHold.objects.filter(pk=hold.pk).update(placed_at=min(at, timezone.now()))
    if asking:
        access.record(
            client=asking,
            asked_on=as_of - dt.timedelta(days=ASKED_DAYS),
            asked_how=How.EMAIL,
            asked_by=ASKED_BY,
            note="",
            by=keeper,
        )
