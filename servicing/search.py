"""What the search of every page finds: clients, open tasks and scripts that may be used."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse

from clients import listing
from clients.filters import ANY
from clients.models import Client, User
from clients.words import words_for
from personas.models import ScriptVersion
from personas.scripts import library
from servicing.models import ServiceTask
from servicing.work.listing import ROW, row_of
from servicing.work.words import zone_of

SHOWN = 8  # of each kind
LONGEST = 100  # letters that are searched for


@dataclass(frozen=True)
class Found:
    """The first of each kind; `more_...`: whether there are others, which the list behind it shows."""

    clients: list[dict[str, Any]]
    more_clients: bool
    tasks: list[dict[str, Any]]
    more_tasks: bool
    scripts: list[ScriptVersion]
    more_scripts: bool

    def __bool__(self) -> bool:
        return bool(self.clients or self.tasks or self.scripts)


def typed(text: str) -> str:
    """What is searched for: what was typed, without what no name has."""
    return text.replace("\x00", "").strip()[:LONGEST].strip()


def find(*, user: User, text: str, today: dt.date) -> Found:
    """What `user` may see of what has `text` (not empty) in it.

    Clients by name or number, of any status. Open tasks of those clients, and those of the person by title or
    service. Scripts in use by title, code or text, the likest first.
    """
    words = words_for(user)
    clients = Client.objects.visible_to(user).named(text)
    _count, page = listing.read_found(clients, listing.Asked())
    for row in page.rows:
        row["tier_code"] = words.code("tier", row["tier_id"])
        row["url"] = reverse("clients:detail", args=[row["id"]])
    tasks = _tasks(user, text, [row["id"] for row in page.rows])
    wanted = library.Asked(words={}, state="usable", text=text, page=1)
    scripts = list(library.listed(wanted, today)[: SHOWN + 1])
    return Found(
        clients=page.rows[:SHOWN],
        more_clients=len(page.rows) > SHOWN,
        tasks=[row_of(task, today, zone_of(user)) for task in tasks[:SHOWN]],
        more_tasks=len(tasks) > SHOWN,
        scripts=scripts[:SHOWN],
        more_scripts=len(scripts) > SHOWN,
    )


def clients_query(text: str) -> dict[str, str]:
    """What the client list is asked for to show all that were found."""
    return {"q": text, "status": ANY}


def _tasks(user: User, text: str, clients: list[int]) -> list[dict[str, Any]]:
    """Open tasks by due date, one more than is shown: of these clients, and own ones by their words."""
    own = Q(assigned_to=user) & (Q(title__icontains=text) | Q(title="", kind__label__icontains=text))
    found: dict[int, dict[str, Any]] = {}
    for which in (Q(client__in=clients), own):
        tasks = ServiceTask.objects.visible_to(user).open().filter(which).order_by("due_on", "id")
        found |= {task["id"]: task for task in tasks.values(*ROW)[: SHOWN + 1]}
    return sorted(found.values(), key=lambda task: (task["due_on"], task["id"]))[: SHOWN + 1]
