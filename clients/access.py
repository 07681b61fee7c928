"""Who may see and do what. Groups are made by a migration; a superuser counts as administrator."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients.models.people import Group, User


def groups_of(user: User) -> frozenset[str]:
    """Names of the user's groups, read once a request."""
    if not hasattr(user, "_group_names"):
        names = set(user.groups.values_list("name", flat=True))
        if user.is_superuser:
            names.add(Group.ADMINISTRATOR)
        user._group_names = frozenset(names)  # type: ignore[attr-defined]
    return user._group_names  # type: ignore[attr-defined]


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


# Who has a right that somebody lacks: the 403 page says it.
WHO_MAY: dict[Callable[[User], bool], str | Promise] = {
    sees_all_clients: _("Operations, compliance and administrators can open this."),
    may_edit_clients: _("Advisors, operations and administrators can do this."),
    runs_the_firm: _("Operations and administrators can do this."),
    is_administrator: _("Administrators can do this."),
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
