"""The tools there are: a registry, so that each brings itself, the tab and the brief know none of them.

A tool is a sub-package of `personas`. It calls `register_tool` in `AppConfig.ready`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, Model, OuterRef
from django.utils.functional import Promise

from clients.models import Client
from clients.register.active import active_fields

Picture = dict[str, Any]


@dataclass(frozen=True)
class Tool:
    """A tool with a page for each client.

    `url_name`: its page, which takes the client's number as `pk`. `personas`, `incomes` and `drivers` (of
    complexity): codes of those that it is made for; none of them: for every client. `register`: the code of
    the register's field without which there is nothing to ask or show. `rows`: a model with a `client` key;
    the tool is in use for a client that has a row. `picture`: the context of `template` for a client that
    has, in one query (`at_once`), so that every tool of a client fits into a page; shown on the tab and in
    the meeting brief, so it reads on paper.
    """

    code: str
    label: str | Promise
    about: str | Promise
    url_name: str
    rows: type[Model]
    template: str
    picture: Callable[[Client, dt.date], Picture]
    order: int
    personas: frozenset[str] = frozenset()
    incomes: frozenset[str] = frozenset()
    drivers: frozenset[str] = frozenset()
    register: str = ""

    def fits(self, persona: str, income: str, driver: str = "") -> bool:
        """Whether it is made for a client with these codes."""
        if not (self.personas or self.incomes or self.drivers):
            return True
        return persona in self.personas or income in self.incomes or driver in self.drivers


@dataclass(frozen=True)
class Offer:
    """A tool for one client: whether it is made for such clients, whether there is something in it."""

    tool: Tool
    fits: bool
    used: bool


_tools: dict[str, Tool] = {}


def register_tool(tool: Tool) -> None:
    _tools[tool.code] = tool


def tools() -> list[Tool]:
    """All tools in their order."""
    return sorted(_tools.values(), key=lambda tool: tool.order)


def offers(client: Client) -> list[Offer]:
    """Every tool for `client`, those that fit first; one query."""
    active = active_fields()
    every = [tool for tool in tools() if not tool.register or tool.register in active]
    used = {
        f"used_{tool.code}": Exists(tool.rows._default_manager.filter(client=OuterRef("pk")))
        for tool in every
    }
    codes = ("persona__code", "income_structure__code", "complexity_driver__code")
    found = Client.objects.filter(pk=client.pk).order_by().values(*codes, **used).first() or {}
    persona, income, driver = (found.get(code) for code in codes)
    each = [
        Offer(
            tool, tool.fits(persona or "", income or "", driver or ""), bool(found.get(f"used_{tool.code}"))
        )
        for tool in every
    ]
    return sorted(each, key=lambda offer: not offer.fits)


def pictures(
    client: Client, on: dt.date, *, among: Sequence[Offer] | None = None
) -> list[tuple[Tool, Picture]]:
    """What the tools that fit `client` and are in use have to show on a day; a query for each.

    `among`: what `offers` gave, where the caller has it.
    """
    every = offers(client) if among is None else among
    return [(offer.tool, offer.tool.picture(client, on)) for offer in every if offer.fits and offer.used]
