"""The demo firm's written policy: a version that was signed off."""

from __future__ import annotations

import datetime as dt

from clients.firm import firm_date
from clients.models import User
from servicing.models import WrittenPolicy
from servicing.written.content import content

REASON = "First written policy, signed off by the partners."


def keep_policy(*, by: User, at: dt.datetime) -> WrittenPolicy:
    """Keeps the policy as it reads on the demo's last day, as if it had been kept at a moment before."""
    now = content(firm_date(at))
    return WrittenPolicy.objects.create(number=1, content=now, reason=REASON, kept_by=by, kept_at=at)
