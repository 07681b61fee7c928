"""Opens cases for many clients at once, by hand, and takes them back while nobody has worked on them."""

# ruff: noqa: S608  (statements put together from this module's own constants)
from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.firm import firm_today
from clients.models import User
from servicing.models import Step, Transition
from servicing.planning import lock, plan
from servicing.planning.session import Session
from servicing.querysets import UNDO_SECONDS
from servicing.transitions.keeping import bring_in_line
from servicing.transitions.opening import open_cases
from servicing.transitions.services import TransitionRefused
from servicing.transitions.stages import Ways
from servicing.work.undoing import TokenRefused

MOST = 500  # clients at once: somebody talks with each of them
_SALT = "servicing.transitions.in_bulk"

# A client who is served or could be again, and of whom no case is open. It is served by the tier whose
# service began last.
_CLIENTS = """
    FROM clients_client c
    LEFT JOIN LATERAL (
        SELECT a.tier_id FROM tiers_tierassignment a
        WHERE a.client_id = c.id AND a.serviced_from <= %(day)s
            AND (a.ends_on IS NULL OR a.ends_on > a.serviced_from)
        ORDER BY a.serviced_from DESC, a.id DESC LIMIT 1
    ) served ON true
    LEFT JOIN clients_teammember lead ON lead.client_id = c.id
        AND lead.role_id = (SELECT id FROM clients_servicerole WHERE code = 'lead_advisor')
    WHERE c.id = ANY(%(clients)s::bigint[]) AND c.status <> 'former'
        AND NOT EXISTS (SELECT FROM servicing_transition t WHERE t.client_id = c.id AND t.closed_on IS NULL)
"""
_OPEN = f"""
    WITH opened AS (
        INSERT INTO servicing_transition (
            client_id, from_tier_id, reason, reason_text, opened_on, opened_by_id, owner_id, touched, until,
            route, step, number, due_on, referred_to, digital_service, consent_by, consent_how, outcome,
            outcome_text, created_at
        )
        SELECT c.id, served.tier_id, %(reason)s, %(reason_text)s, %(day)s, %(by)s,
            coalesce(%(owner)s::bigint, lead.user_id), true, %(until)s::date, '', 'decide', 1, %(due_on)s, '',
            '', '', '', '', '', %(moment)s
        {_CLIENTS}
        ORDER BY c.id
        ON CONFLICT DO NOTHING
        RETURNING id, opened_on, due_on
    )
    INSERT INTO servicing_transitionstage (case_id, number, route, step, began_on, due_on, done)
    SELECT id, 1, '', 'decide', opened_on, due_on, false FROM opened
"""


@dataclass(frozen=True)
class Started:
    """How many cases were opened, how many clients have one or are former, and what takes them back."""

    opened: int
    left_out: int
    undo: str


def start_many(
    *,
    clients: Collection[int],
    by: User,
    reason: str,
    reason_text: str = "",
    owner: User | None = None,
    until: dt.date | None = None,
) -> Started:
    """Opens a case for each of the clients with the given ids, as `services.start` does for one. Clients who
    have an open case, and former ones, are left out. Raises TransitionRefused for more than `MOST`.
    """
    ids = sorted(set(clients))
    if len(ids) > MOST:
        raise TransitionRefused(_("Choose at most %(n)s clients at once.") % {"n": MOST})
    today, now = firm_today(), timezone.now()
    with transaction.atomic():
        lock()
        session = Session(day=today, moment=now)
        open_cases(session, ids)  # tiers that fell a moment ago have opened theirs
        opened = session.run(
            _OPEN,
            clients=ids,
            reason=reason,
            reason_text=reason_text,
            by=by.pk,
            owner=owner and owner.pk,
            until=until,
            due_on=Ways().due("", Step.DECIDE, today),
        )
        bring_in_line(session, ids)
        plan(as_of=today, clients=ids)
    return Started(opened, len(ids) - opened, signing.dumps([by.pk, now.isoformat()], salt=_SALT))


def take_back(*, token: str, by: User) -> int:
    """Takes back the cases that `token` was given for, except those that somebody has worked on since;
    returns how many. Raises TokenRefused for a token that is another's, forged or older than ten minutes.
    """
    try:
        person, moment = signing.loads(token, salt=_SALT, max_age=UNDO_SECONDS)
    except signing.BadSignature:
        raise TokenRefused from None
    if person != by.pk:
        raise TokenRefused
    with transaction.atomic():
        lock()
        session = Session(day=firm_today(), moment=timezone.now())
        ids = [row[0] for row in session.fetch(_UNWORKED, by=by.pk, opened_at=moment)]
        if ids:
            Transition.objects.filter(client__in=ids, opened_by=by, created_at=moment).delete()
            bring_in_line(session, ids)
            plan(as_of=session.day, clients=ids)
        return len(ids)


# Still at the choice, as it was opened: no way, no outcome, no tier that fell, and nothing done in its task.
_UNWORKED = """
    SELECT t.client_id FROM servicing_transition t
    WHERE t.opened_by_id = %(by)s AND t.created_at = %(opened_at)s AND t.closed_on IS NULL AND t.number = 1
        AND t.route = '' AND t.assignment_id IS NULL
        AND NOT EXISTS (
            SELECT FROM servicing_servicetask task
            WHERE task.source = 'transition' AND task.source_id = t.id || '-1'
                AND (task.attempts > 0 OR task.status NOT IN ('planned', 'cancelled')
                    OR task.rescheduled_from IS NOT NULL OR task.snoozed_until IS NOT NULL)
        )
"""
