"""Requests whose promised answer time is nearly over, or is over: each is mailed once of each.

Told behind the bell first (servicing/requests/telling.py). The mails follow with the same sweep, to the lead
advisor, who is to answer, and operations; whoever wants no mail about overdue work gets none. What the server
does not take is sent with the next sweep, for a day.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients import notices
from clients.firm import firm_zone
from servicing.models import ClientRequest, RequestMail
from servicing.reminders import mail
from servicing.work import words

LATEST = dt.timedelta(days=1)  # since it was told behind the bell; after that a mail is no news

# What was told and not mailed yet, while it waits: a broken promise, or one that is still to be kept. Another
# sweep at the same time waits here, and then finds it claimed.
_CLAIM = """
    INSERT INTO servicing_requestmail (request_id, what, at)
    SELECT r.id, told.what, %(now)s
    FROM servicing_clientrequest r
    JOIN servicing_servicetask task ON task.id = r.task_id AND task.status IN ('planned', 'scheduled')
    CROSS JOIN LATERAL (SELECT
        CASE WHEN r.broken_at IS NOT NULL THEN 'broken' ELSE 'soon' END AS what,
        coalesce(r.broken_at, r.escalated_at) AS at
    ) told
    WHERE r.answered_at IS NULL AND told.at > %(oldest)s
        AND (r.broken_at IS NOT NULL OR r.answer_by > %(now)s)
    ON CONFLICT DO NOTHING
    RETURNING request_id
"""


def mail_waiting(*, now: dt.datetime | None = None) -> dict[str, int]:
    """Sends what was told and is to be mailed: one mail for the requests that concern the same people.
    Returns how many requests were mailed."""
    now = now or timezone.now()
    sent = 0
    claimed = _claim(now)
    if not claimed:
        return {"mailed": 0}
    groups = _by_people(claimed)
    with mail.post_office() as office:
        while groups:
            people, requests = groups.popitem()
            try:
                _send(office, sorted(people), requests, now)
                sent += len(requests)
            except mail.NotTaken:
                _give_back(requests, now)
            except mail.ServerAway:
                _give_back([*requests, *(each for rest in groups.values() for each in rest)], now)
                break
            except BaseException:
                _give_back([*requests, *(each for rest in groups.values() for each in rest)], now)
                raise
    return {"mailed": sent}


def _claim(now: dt.datetime) -> list[int]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"now": now, "oldest": now - LATEST})
        return [row[0] for row in cursor.fetchall()]


def _give_back(requests: Iterable[ClientRequest], now: dt.datetime) -> None:
    RequestMail.objects.filter(request__in=[request.pk for request in requests], at=now).delete()


def _by_people(claimed: list[int]) -> dict[frozenset[str], list[ClientRequest]]:
    """The requests by the addresses that are told of them, the most urgent first; those that nobody wants to
    read about are left out."""
    waiting = ClientRequest.objects.filter(pk__in=claimed).order_by("answer_by", "pk")
    requests = list(waiting.select_related("client", "task__assigned_to"))
    leads = notices.leads_of(request.client_id for request in requests)
    firm_wide = notices.operations()
    concerned = {
        request.pk: {leads.get(request.client_id), request.task and request.task.assigned_to_id, *firm_wide}
        for request in requests
    }
    everybody = {person for people in concerned.values() for person in people if person}
    wanting = mail.reachable().filter(pk__in=everybody, wants_escalations=True)
    addresses = dict(wanting.values_list("pk", "email"))
    groups = defaultdict(list)
    for request in requests:
        people = frozenset(addresses[pk] for pk in concerned[request.pk] if pk in addresses)
        if people:
            groups[people].append(request)
    return dict(groups)


def _send(office: Any, people: list[str], requests: list[ClientRequest], now: dt.datetime) -> None:
    with timezone.override(firm_zone()):
        mail.send(
            office,
            template="requests",
            subject=_subject(requests, now),
            to=people,
            context={
                "rows": [_row(request, now) for request in requests],
                "list_url": mail.site() + reverse("servicing:requests"),
            },
        )


def _subject(requests: list[ClientRequest], now: dt.datetime) -> str:
    late, number = sum(request.is_late(now) for request in requests), len(requests)
    if late:
        text = ngettext("%(n)s answer is overdue", "%(n)s answers are overdue", late) % {"n": late}
        return text if late == number else f"{text}, {_soon(number - late)}"
    return _soon(number)


def _soon(number: int) -> str:
    return ngettext("%(n)s answer is due soon", "%(n)s answers are due soon", number) % {"n": number}


def _row(request: ClientRequest, now: dt.datetime) -> dict[str, str]:
    """A client is its number in the CRM, and what was asked is not said: neither leaves the house."""
    assert request.answer_by is not None  # noqa: S101  (as claimed)
    person = request.task and request.task.assigned_to
    return {
        "client": request.client.external_id,
        "answer": words.answer_by(request.answer_by, now),
        "person": person.display_name if person else _("nobody"),
        "url": mail.site() + reverse("servicing:request", args=[request.pk]),
    }
