"""The policy studio: a weight is changed, and the page with everything that it would do is finished."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from itertools import cycle

from django.test import Client as Browser
from django.urls import reverse

from benchmarks.environment import HOST
from benchmarks.floors import pages as floor
from benchmarks.measure import Goal, Workload
from benchmarks.workloads.pages import opening, operations, signed_in
from clients.models import Client, ClientStatus
from tiers.policies import clone_policy
from tiers.services import published_policy
from tiers.simulation import IN_REQUEST

CHANGED = Goal(seconds=1, up_to=10_000)
WEIGHTS = ("21", "22")


def workloads() -> Iterator[Workload]:
    """One line; none where the firm is so large that a worker simulates."""
    if Client.objects.filter(status=ClientStatus.ACTIVE).count() > IN_REQUEST:
        return
    browser = signed_in(operations())
    draft = clone_policy(policy=published_policy(), name="Changed in the studio")
    yield Workload(
        "studio, a weight changed, the whole page",
        product=changing(browser, reverse("tiers:studio", args=[draft.pk])),
        floor=opening(browser, floor.EMPTY),
        goal=CHANGED,
    )


def changing(browser: Browser, address: str) -> Callable[[], None]:
    """A function that changes the weight of growth as the page's own script does."""
    page = browser.get(address, secure=True)
    fields = Fields()
    fields.feed(page.content.decode())
    headers = {"HX-Request": "true", "Host": HOST}
    weights = cycle(WEIGHTS)

    def change() -> None:
        typed = fields.found | {"weight_growth": [next(weights)], "seen": [""]}
        answer = browser.post(address, typed, secure=True, headers=headers)
        if answer.status_code != 200 or b"<svg" not in answer.content:
            raise LookupError(f"{address} answers {answer.status_code} without a result")

    return change


class Fields(HTMLParser):
    """What a form of the page would send as it stands."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {}
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "select":
            self._select = values.get("name") or ""
        elif tag == "option" and self._select and "selected" in values:
            self.found[self._select] = [values.get("value") or ""]
        elif tag == "input" and (name := values.get("name")) and values.get("type") != "submit":
            self.found.setdefault(name, []).append(values.get("value") or "")
