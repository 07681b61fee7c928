"""The demo firm's written policy: a version that was signed off."""

from __future__ import annotations

from clients.models import User
from servicing.written.services import keep_version

REASON = "First written policy, signed off by the partners."


def keep_policy(*, by: User | None) -> None:
    """Keeps the policy as it reads on the demo's last day, where somebody can have kept it."""
    if by:
        keep_version(by=by, reason=REASON)
