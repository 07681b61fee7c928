"""One seeded firm for each module, on a server of its own, and people who look at it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.db.models import Count, Q
from django.test import Client as Requests
from pytest_django.live_server_helper import LiveServer

from clients.models import TeamMember, User
from clients.models.people import Group
from servicing.models.tasks import OPEN_STATUSES
from tests import numbering, shipped_rows
from tests.factories import UserFactory

CLIENTS = 100
HEIGHT = 900
PATIENCE = 30_000  # milliseconds, for a machine that is busy with other things
PASSWORD = "harbor-and-pine-7"
BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass
class SeededFirm:
    """The demo firm in the database, and where it is served. One person for each role, all signed in."""

    url: str
    people: dict[str, User]
    cookies: dict[str, Any] = field(default_factory=dict)
    windows: dict[tuple[str, int], Any] = field(default_factory=dict)  # browser contexts of who is signed in
    idle: dict[tuple[str, int], list[Any]] = field(default_factory=dict)  # their pages that nobody looks at


def sign_in(person: User, url: str) -> dict[str, str]:
    """The cookie of somebody who signed in just now."""
    requests = Requests()
    requests.force_login(person, backend=BACKEND)
    session = requests.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time(), "username": person.username, "reauthenticated": True}
    ]
    session.save()
    return {"name": "sessionid", "value": requests.cookies["sessionid"].value, "url": url}


def one_for_each_role() -> dict[str, User]:
    """The lead advisor with most to do that a standard promises, one of each other role, and a new one who
    has no clients."""
    promised = Q(
        service_tasks__status__in=OPEN_STATUSES,
        service_tasks__automated=False,
        service_tasks__item__isnull=False,
        service_tasks__stands_in_for=None,
    )
    waiting = Count("service_tasks", filter=promised)
    leads = TeamMember.objects.filter(role__code="lead_advisor").values("user")
    people = {
        "advisor": User.objects.filter(pk__in=leads).annotate(waiting=waiting).order_by("-waiting", "pk")[0],
        "newcomer": UserFactory(username="newcomer", groups=[Group.ADVISOR]),
    }
    for role in (Group.OPERATIONS, Group.COMPLIANCE, Group.ADMINISTRATOR):
        people[role] = User.objects.filter(groups__name=role).order_by("pk")[0]
    people["advisor"].set_password(PASSWORD)
    people["advisor"].save(update_fields=["password"])
    return people


@contextmanager
def served(django_db_blocker: Any, make: Callable[[], dict[str, User]]) -> Iterator[SeededFirm]:
    """What `make` commits, on a server of its own, until it is taken away; `make` returns who signs in.

    The tests themselves are marked django_db, so that there is a test database; they see what the server
    commits, and what they write themselves nobody sees.
    """
    assert connection.settings_dict["NAME"].startswith("test_")
    with django_db_blocker.unblock():
        cache.clear()
        numbering.restart()
        people = make()
        server = LiveServer("localhost")
        server._live_server_modified_settings.enable()
    try:
        with django_db_blocker.unblock():
            cookies = {role: sign_in(person, server.url) for role, person in people.items()}
        yield SeededFirm(server.url, people, cookies)
    finally:
        server._live_server_modified_settings.disable()
        server.stop()
        with django_db_blocker.unblock():
            shipped_rows.restore()
            cache.clear()


def demo_firm() -> dict[str, User]:
    call_command("seed_demo", clients=CLIENTS, seed=7, verbosity=0)
    return one_for_each_role()


class Looks:
    """Opens pages as somebody, and fails the test where one of them complained on its console."""

    def __init__(self, browser: Any, firm: SeededFirm) -> None:
        self.browser, self.firm = browser, firm
        self.complaints: list[str] = []

    @contextmanager
    def as_(self, role: str | None, *, refused: int = 0, width: int = 1280) -> Iterator[Any]:
        """A page of somebody in `role`, or of nobody yet. `refused`: a status that is meant to come.

        Who is signed in opens all pages of a module in one window, which knows the files that they share, and
        leads a page on to the next address once nobody looks at it.
        """
        window = self._window(role, width)
        idle = self.firm.idle.setdefault((role, width), []) if role else []
        page = idle.pop() if idle else window.new_page()
        listeners = {
            "pageerror": lambda error: self.complaints.append(f"{page.url}: {error}"),
            "console": lambda line: self.hear(page.url, line, refused),
        }
        for event, listener in listeners.items():
            page.on(event, listener)
        try:
            yield page
        except BaseException:
            page.close()
            raise
        if role:
            page.goto("about:blank")
            for event, listener in listeners.items():
                page.remove_listener(event, listener)
            page.set_viewport_size({"width": width, "height": HEIGHT})
            idle.append(page)
        else:
            window.close()
        assert not self.complaints, self.complaints

    def _window(self, role: str | None, width: int) -> Any:
        if role and (known := self.firm.windows.get((role, width))):
            return known
        window = self.browser.new_context(
            base_url=self.firm.url, viewport={"width": width, "height": HEIGHT}, reduced_motion="reduce"
        )
        window.set_default_timeout(PATIENCE)
        if role:
            window.add_cookies([self.firm.cookies[role]])
            self.firm.windows[role, width] = window
        return window

    def hear(self, url: str, line: Any, refused: int) -> None:
        """Anything worse than a remark counts, a breach of the security policy with it."""
        meant = refused and f"status of {refused} " in line.text
        if line.type in ("error", "warning") and not meant:
            self.complaints.append(f"{url}: {line.text}")
