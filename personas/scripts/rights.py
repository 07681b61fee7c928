"""Who writes scripts and who approves them: two groups, so that nobody does both with one script."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from clients.access import WHO_MAY, groups_of, may_edit_clients
from clients.models import User
from clients.models.people import Group

may_write = may_edit_clients  # advisors, operations, administrators


def may_approve(user: User) -> bool:
    """Holds the right of compliance. Whoever wrote a script never approves it, whatever their groups."""
    return Group.COMPLIANCE in groups_of(user)


WHO_MAY[may_approve] = _("People of compliance can do this.")
