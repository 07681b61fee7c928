"""Pages, each against the empty signed-in page of the same base template, and that against a bare view."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlencode

from django.contrib.auth.models import Group as DjangoGroup
from django.db import connection
from django.db.models import Count
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext, override_settings

from benchmarks.environment import HOST
from benchmarks.firm import settle
from benchmarks.floors import pages as floor
from benchmarks.measure import Goal, Measurement, Workload
from clients.listing import Position
from clients.models import Client, ClientSummary, TeamMember, User
from clients.models.people import Group
from clients.tabs import tabs
from servicing.capacity import weeks
from servicing.dashboards import rollups
from servicing.delivery import figures as delivered
from servicing.models import ServiceTask

LIST = Goal(ratio=8, growth=0.1, queries=8)
SEARCH = Goal(ratio=8, growth=0.3, queries=8)
QUEUE = Goal(ratio=6, growth=0.1, queries=8)
TAB = Goal(ratio=6, growth=0.1, queries=15)
DASHBOARD = Goal(ratio=6, growth=0.2, queries=12)
EMPTY = Goal(ratio=4)
REPEAT = 5

LISTS = {
    "as it opens": "",
    "tier A by score": "tier=A&sort=-score",
    "persona and complexity": "persona=physician&complexity=debt_structure",
    "untagged by last touch": "untagged=1&sort=-touch",
    "late by next due": "late=1&sort=due",
    "active, permission": "status=active&permission=granted&sort=tier",
}
DASHBOARDS = {
    "operations dashboard": "/operations/",
    "operations dashboard of a tier": "/operations/?tier=A&period=quarter",
    "revenue by clients": "/operations/revenue/",
    "movement between tiers": "/operations/movement/",
    "worklists": "/operations/worklists/",
    "delivery": "/operations/delivery/",
    "delivery of a tier": "/operations/delivery/?tier=A",
    "delivery, clients": "/service/delivery/clients/",
    "capacity": "/operations/capacity/",
}
LONG_QUEUE = 1_000
SEARCHES = {"rare": "Quinlan & Raf", "some": "Quinlan", "common": "household"}


def workloads() -> Iterator[Workload]:
    """Pages that the firm in the database in use is asked for."""
    person = operations()
    overworked = work_of_many(LONG_QUEUE)
    add_up()
    lead = TeamMember.objects.filter(role__code="lead_advisor").values("user").annotate(led=Count("pk"))
    advisor = User.objects.get(pk=lead.order_by("-led", "user")[0]["user"])
    office, desk, long_desk = signed_in(person), signed_in(advisor), signed_in(overworked)
    empty = {browser: opening(browser, floor.EMPTY) for browser in (office, desk, long_desk)}

    def page(name: str, browser: Browser, address: str, goal: Goal) -> Workload:
        return Workload(
            name=name,
            product=opening(browser, address),
            floor=empty[browser],
            goal=goal,
            repeat=REPEAT,
            count_queries=lambda: queries(browser, address),
        )

    yield _empty_against_bare(office, person)
    for name, query in LISTS.items():
        yield page(f"list, {name}", office, f"/clients/?{query}", LIST)
    yield page("list, advisor's own", desk, "/clients/", LIST)
    for sort in ("name", "-score", "touch"):
        yield page(f"list, deep by {sort}", office, f"/clients/?sort={sort}&after={deep(sort)}", LIST)
    for name, text in SEARCHES.items():
        yield page(f"search, {name}", office, f"/clients/?{urlencode({'q': text})}", SEARCH)
    yield page("today queue", desk, "/", QUEUE)
    yield page(f"today queue of {LONG_QUEUE:,} tasks", long_desk, "/", QUEUE)
    busiest = ClientSummary.objects.filter(client__team__user=advisor, tier_position=1).order_by("client_id")
    client = (busiest.values_list("client_id", flat=True) or [advisor.team_memberships.all()[0].client_id])[0]
    for tab in tabs():
        address = f"/clients/{client}/" + (f"{tab.slug}/" if tab.slug else "")
        yield page(f"client, {tab.slug or 'overview'}", desk, address, TAB)
    yield page("tier dashboard", office, "/tiers/", DASHBOARD)
    for name, address in DASHBOARDS.items():
        yield page(name, office, address, DASHBOARD)
    yield page("capacity, own load", desk, "/service/load/", DASHBOARD)


def operations() -> User:
    """Somebody who runs the firm."""
    return User.objects.filter(is_demo=True, groups__name=Group.OPERATIONS).order_by("pk")[0]


def work_of_many(number: int) -> User:
    """Somebody who leads nobody and stands in for many: so many open tasks are theirs, the first due."""
    person = User.objects.filter(is_demo=True, groups__name=Group.ADVISOR, team_memberships=None).first()
    if person is None:
        person = User.objects.create(username="stand.in", is_demo=True)
        person.groups.add(DjangoGroup.objects.get(name=Group.ADVISOR))
    waiting = ServiceTask.objects.open().filter(automated=False).order_by("due_on", "pk")
    chosen = list(waiting.values_list("pk", flat=True)[:number])
    ServiceTask.objects.filter(pk__in=chosen).update(assigned_to=person, reassigned=True)
    return person


def add_up() -> None:
    """What the nightly planning adds up for the dashboards."""
    for figures in (rollups, delivered, weeks):
        figures.refresh()
    settle()


def signed_in(user: User) -> Browser:
    browser = Browser(raise_request_exception=False, SERVER_NAME=HOST)
    browser.force_login(user)
    return browser


def opening(browser: Browser, address: str) -> Callable[[], None]:
    """A function that opens the page; anything but the page itself is an error."""

    def open_page() -> None:
        answer = browser.get(address, secure=True)
        if answer.status_code != 200:
            raise LookupError(f"{address} answers {answer.status_code}")

    return open_page


def queries(browser: Browser, address: str) -> int:
    """How many queries the page takes, session and user included."""
    with CaptureQueriesContext(connection) as captured:
        browser.get(address, secure=True)
    return len(captured)


def deep(sort: str) -> str:
    """The position six tenths down the list in an order, as the list's own links have it."""
    field = {"name": "name", "score": "scored__score", "touch": "summary__last_touch_on"}[sort.lstrip("-")]
    down = "-" if sort.startswith("-") else ""
    rows = Client.objects.exclude(**{f"{field}__isnull": True}).order_by(down + field, down + "id")
    place = rows.count() * 6 // 10
    value, id = rows.values_list(field, "id")[place]
    return Position(str(value), id).encoded()


def _empty_against_bare(office: Browser, user: User) -> Workload:
    floor.keep_body(office.get(floor.EMPTY, secure=True).content)
    with override_settings(MIDDLEWARE=floor.BARE_MIDDLEWARE):
        plain = signed_in(user)
        plain.get(floor.BARE, secure=True)  # its middleware is chosen at its first request
    return Workload(
        name="empty signed-in page",
        product=opening(office, floor.EMPTY),
        floor=opening(plain, floor.BARE),
        goal=EMPTY,
        repeat=REPEAT,
        count_queries=lambda: queries(office, floor.EMPTY),
    )


def unreachable(workload: Workload, clients: int, error: LookupError) -> Measurement:
    """The line of a page that did not open."""
    return Measurement(workload.name, clients, None, None, workload.goal, problem=str(error))
