"""Who is told of a request: when it is theirs to answer, and before and after its promise is broken."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clients import notices
from clients.firm import firm_zone
from clients.formats import short_date
from clients.models import User
from clients.notices import Tell
from servicing.models import ClientRequest

# Requests of which something is to be told at a moment, claimed: a second sweep at the same time skips them,
# and a later one finds them told. Of one that was broken before anybody was warned, only that is told.
_CLAIM = """
    UPDATE servicing_clientrequest request SET {mark} = %(now)s
    FROM (
        SELECT r.id FROM servicing_clientrequest r
        JOIN servicing_servicetask task ON task.id = r.task_id AND task.status IN ('planned', 'scheduled')
        WHERE r.answered_at IS NULL AND r.{mark} IS NULL AND {due}
        ORDER BY r.answer_by LIMIT %(most)s
        FOR UPDATE OF r SKIP LOCKED
    ) claimed
    WHERE request.id = claimed.id
    RETURNING request.id
"""
_SOON = _CLAIM.format(mark="escalated_at", due="r.warn_at <= %(now)s AND r.answer_by > %(now)s")
_BROKEN = _CLAIM.format(mark="broken_at", due="r.answer_by <= %(now)s")
MOST = 500  # of one sweep; the next takes the rest


def tell_of_new(*, request: ClientRequest, to: User | None, by: User) -> None:
    """Tells who is to answer, unless they logged it themselves; operations where nobody is."""
    if to is None:
        text = _("%(client)s waits for an answer, and nobody is to give it.") % {"client": request.client}
        people = notices.operations()
    else:
        text = _("%(client)s asks: %(text)s") % {"client": request.client, "text": request.text}
        people = [to.pk]
    if request.answer_by:
        text = f"{text} {_by(request.answer_by, timezone.now())}"
    notices.tell(_each(people, text, request, "new") if to != by else [])


def take_back(*, request: ClientRequest) -> None:
    """An answered request needs nobody's attention: what they have not seen of it goes."""
    notices.take_back(*(_key(request, what) for what in ("new", "soon", "broken")))


def escalate(*, now: dt.datetime | None = None) -> dict[str, int]:
    """Tells the lead advisor, who is to answer, and operations of requests whose promised time has mostly
    passed, and of those whose promise is broken; each once. Returns how many requests of each."""
    now = now or timezone.now()
    return {"soon": _escalate(_SOON, "soon", now), "broken": _escalate(_BROKEN, "broken", now)}


@transaction.atomic
def _escalate(claim: str, what: str, now: dt.datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(claim, {"now": now, "most": MOST})
        claimed = [row[0] for row in cursor.fetchall()]
    if not claimed:
        return 0
    requests = list(ClientRequest.objects.filter(pk__in=claimed).select_related("client", "task"))
    leads = notices.leads_of(request.client_id for request in requests)
    firm_wide = notices.operations()
    told: list[Tell] = []
    for request in requests:
        assert request.task is not None and request.answer_by is not None  # as claimed  # noqa: S101, PT018
        concerned = {leads.get(request.client_id), request.task.assigned_to_id, *firm_wide} - {None}
        people = sorted(person for person in concerned if person)
        told += _each(people, _said(request, what, now), request, what)
    notices.tell(told)
    return len(requests)


def _said(request: ClientRequest, what: str, now: dt.datetime) -> str:
    assert request.answer_by is not None  # noqa: S101
    values = {"client": request.client, "when": _by(request.answer_by, now), "text": request.text}
    if what == "broken":
        return _("No answer in time for %(client)s. %(when)s “%(text)s”") % values
    return _("%(client)s still waits. %(when)s “%(text)s”") % values


def _by(at: dt.datetime, now: dt.datetime) -> str:
    """Answer by Tue 3 Mar, 14:00. With its day, where the firm is: a notice may be read later."""
    there = at.astimezone(firm_zone())
    when = f"{short_date(there.replace(tzinfo=None))}, {there:%H:%M}"
    return (_("Answer by %(when)s.") if at > now else _("Answer was due %(when)s.")) % {"when": when}


def _each(people: Sequence[int], text: str, request: ClientRequest, what: str) -> list[Tell]:
    url = reverse("servicing:request", args=[request.pk])
    return [Tell(person, text, url, _key(request, what)) for person in people]


def _key(request: ClientRequest, what: str) -> str:
    return f"request:{request.pk}:{what}"
