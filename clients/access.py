"""Who may see and do what. Groups are made by a migration; a superuser counts as administrator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients.models.people import Group, User


@dataclass(frozen=True)
class Standing:
    """What every page needs to know of a person: groups, and notices not seen yet (counted to 100)."""

    groups: frozenset[str]
    unseen_notices: int


NOTICES_COUNTED = 99  # unseen notices are counted up to here, and one more

# One look for both: a page asks for little else that is not its own.
_STANDING = """
SELECT
    ARRAY(
        SELECT g.name FROM auth_group g JOIN clients_user_groups member ON member.group_id = g.id
        WHERE member.user_id = %(user)s
    ),
    (SELECT count(*) FROM (
        SELECT FROM clients_notice WHERE user_id = %(user)s AND seen_at IS NULL LIMIT %(most)s
    ) unseen)"""


def standing_of(user: User) -> Standing:
    """The user's standing, read once a request."""
    if not hasattr(user, "_standing"):
        with connection.cursor() as cursor:
            cursor.execute(_STANDING, {"user": user.pk, "most": NOTICES_COUNTED + 1})
            names, unseen = cursor.fetchone()
        administers = [Group.ADMINISTRATOR] if user.is_superuser else []
        user._standing = Standing(frozenset([*names, *administers]), unseen)  # type: ignore[attr-defined]
    return user._standing  # type: ignore[attr-defined]


def groups_of(user: User) -> frozenset[str]:
    """Names of the user's groups."""
    return standing_of(user).groups


def sees_all_clients(user: User) -> bool:
    """Operations, compliance and administrators see every client; advisors those of their teams."""
    return bool(groups_of(user) & {Group.OPERATIONS, Group.COMPLIANCE, Group.ADMINISTRATOR})


def sees_own_clients(user: User) -> bool:
    """Whoever sees the clients of own teams alone."""
    return not sees_all_clients(user)


def may_edit_clients(user: User) -> bool:
    """Advisors and operations change the clients that they see; compliance reads."""
    return bool(groups_of(user) & {Group.ADVISOR, Group.OPERATIONS, Group.ADMINISTRATOR})


def runs_the_firm(user: User) -> bool:
    """May import, score, apply and read the dashboards of the whole firm."""
    return bool(groups_of(user) & {Group.OPERATIONS, Group.ADMINISTRATOR})


def is_administrator(user: User) -> bool:
    return Group.ADMINISTRATOR in groups_of(user)


def keeps_data(user: User) -> bool:
    """May hold, anonymise and give what is recorded about clients: compliance and administrators."""
    return bool(groups_of(user) & {Group.COMPLIANCE, Group.ADMINISTRATOR})


# Who has a right that somebody lacks: the 403 page says it.
WHO_MAY: dict[Callable[[User], bool], str | Promise] = {
    sees_all_clients: _("Operations, compliance and administrators can open this."),
    may_edit_clients: _("Advisors, operations and administrators can do this."),
    runs_the_firm: _("Operations and administrators can do this."),
    is_administrator: _("Administrators can do this."),
    keeps_data: _("Compliance and administrators can open this."),
}


def require(test: Callable[[User], bool]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """View decorator: signed in, and `test(user)` true; else the sign-in page, or 403."""

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not test(request.user):  # type: ignore[arg-type]
                raise PermissionDenied(WHO_MAY.get(test, ""))
            return view(request, *args, **kwargs)

        return guarded

    return decorate
