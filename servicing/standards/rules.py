"""Which touches fulfil a service: what another answer moves, counted before it is saved.

Database triggers note the clients whose dates may change (servicing/models/standards.py), whatever path the
rules were changed by; planning gives their dates anew.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from clients.changes import noted_since
from clients.firm import firm_today
from clients.models import ChangeKind
from servicing.planning import lock
from servicing.planning.clocks import BASES
from servicing.planning.fulfilment import close_fulfilled
from servicing.planning.session import Session

_DONE = "SELECT count(*) FROM servicing_servicetask WHERE kind_id = %(kind)s AND closed_at = %(moment)s"
_DATES = """
    SELECT count(*)
    FROM plan_scope
    JOIN servicing_serviceclock clock USING (client_id)
    LEFT JOIN plan_base base ON base.client_id = clock.client_id AND base.kind_id = clock.kind_id
    WHERE clock.kind_id = %(kind)s AND clock.base_on IS DISTINCT FROM base.base_on
"""


@dataclass(frozen=True)
class Moves:
    """How many open tasks touches on record close, and for how many clients the next date is given anew."""

    done: int
    dates: int


def what_moves(*, kind_id: int, since: int) -> Moves:
    """Counts with planning's own statements what the changes noted after `since` lead to for a service.

    For a transaction that changed the rules and is taken back afterwards: what it counts it does.
    """
    lock()
    session = Session(day=firm_today(), moment=timezone.now(), parameters={"kind": kind_id})
    session.keep(
        "plan_scope",
        "SELECT unnest(%(clients)s::bigint[]) AS client_id",
        analyzed="client_id",
        clients=noted_since(ChangeKind.SERVICE, since),
    )
    close_fulfilled(session)
    session.keep("plan_base", BASES, analyzed="client_id, kind_id")
    return Moves(done=session.fetch(_DONE)[0][0], dates=session.fetch(_DATES)[0][0])
