"""The entries of the left navigation. An entry shows when its page exists and the person may open it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients import access
from clients.models import User


@dataclass(frozen=True)
class Entry:
    """`key`: pressed after g. `area`, `more`: addresses that belong to the entry begin with one of them."""

    label: str | Promise
    url_name: str
    icon: str
    key: str
    area: str
    test: Callable[[User], bool] = lambda user: True
    more: str = ""


DAILY = (
    Entry(_("Today"), "servicing:today", "today", "t", "/today/"),
    Entry(_("Clients"), "clients:list", "clients", "c", "/clients/"),
    Entry(_("Tiers"), "servicing:tiers", "tiers", "i", "/tiers/", access.sees_all_clients),
    Entry(_("Tiers"), "tiers:graduation", "tiers", "i", "/tiers/", access.sees_own_clients),
    Entry(_("Conversations"), "personas:home", "conversations", "v", "/personas/"),
    Entry(_("Service"), "servicing:tasks", "service", "s", "/tasks/", more="/service/"),
    Entry(
        _("Operations"), "servicing:operations", "operations", "o", "/operations/", access.sees_all_clients
    ),
    Entry(_("Review"), "servicing:reviews", "review", "r", "/review/"),
)
FIRM = (
    Entry(
        _("Field register"),
        "clients:register",
        "register",
        "f",
        "/clients/register/",
        access.sees_all_clients,
    ),
    Entry(_("Import"), "clients:imports", "import", "m", "/clients/import/", access.runs_the_firm),
    Entry(_("Keeping data"), "servicing:data_life", "archive", "d", "/operations/data/", access.keeps_data),
    Entry(_("Export"), "servicing:exports", "export", "x", "/exports/", access.sees_all_clients),
    Entry(
        _("Connections"),
        "servicing:connections",
        "connections",
        "n",
        "/operations/connections/",
        access.is_administrator,
        more="/api/",
    ),
    Entry(_("Set-up"), "clients:welcome", "start", "u", "/welcome/", access.runs_the_firm),
    Entry(_("People"), "clients:people", "people", "p", "/people/", access.is_administrator),
    Entry(_("Admin"), "admin:index", "settings", "a", "/admin/", access.is_administrator),
)


def entries(which: tuple[Entry, ...], user: User, path: str) -> list[dict[str, Any]]:
    """The entries of `which` that `user` may open, as plain values; the current one is marked."""
    shown = []
    for entry in which:
        if not entry.test(user):
            continue
        try:
            url = reverse(entry.url_name)
        except NoReverseMatch:
            continue
        shown.append(
            {
                "label": entry.label,
                "url": url,
                "icon": entry.icon,
                "key": entry.key,
                "area": entry.more if entry.more and path.startswith(entry.more) else entry.area,
                "current": path == url,
            }
        )
    return shown


def navigation(user: User, path: str) -> list[list[dict[str, Any]]]:
    """The groups of the navigation for `user` at `path`; the entry nearest to `path` is current."""
    groups = [entries(DAILY, user, path), entries(FIRM, user, path)]
    every = [entry for group in groups for entry in group]
    if not any(entry["current"] for entry in every):
        near = max(
            (entry for entry in every if path.startswith(entry["area"])),
            key=lambda entry: len(entry["area"]),
            default=None,
        )
        if near:
            near["current"] = True
    return groups
