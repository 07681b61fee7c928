"""Sixteen people at once: gunicorn with two workers, real connections, a second of thought between clicks."""

from __future__ import annotations

import http.client
import os
import random
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Count

from benchmarks.environment import HOST
from benchmarks.measure import Goal, Measurement
from benchmarks.workloads.pages import signed_in
from clients.models import TeamMember, User

NAME = "16 people at once, p95 to one alone"
PEOPLE, CLICKS, THOUGHT = 16, 20, 1.0  # seconds
GOAL = Goal(ratio=5)


@dataclass
class Times:
    """Seconds of each click, and what went wrong."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def measured(clients: int, address: str) -> Measurement:
    """The 95th percentile of all clicks of the crowd, beside the median of one person alone."""
    people = _people()
    with _server(address) as port:
        alone, crowd = Times(), Times()
        _work(port, people[0], alone, thought=0)  # warm
        alone = Times()
        _work(port, people[0], alone, thought=0.05)
        threads = [
            threading.Thread(target=_work, args=(port, person, crowd), kwargs={"thought": THOUGHT})
            for person in people
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    errors = alone.errors + crowd.errors
    return Measurement(
        NAME,
        clients,
        seconds=statistics.quantiles(crowd.seconds, n=20)[-1] if len(crowd.seconds) > 1 else None,
        floor=statistics.median(alone.seconds) if alone.seconds else None,
        goal=GOAL,
        problem=f"{len(errors)} errors, the first: {errors[0]}" if errors else "",
    )


def _people() -> list[tuple[str, list[str]]]:
    """Sixteen sign-ins of advisors, each with the pages that they go round: queue, list and own clients."""
    led = TeamMember.objects.filter(role__code="lead_advisor").values("user").annotate(led=Count("pk"))
    advisors = [row["user"] for row in led.order_by("-led", "user")[:PEOPLE]]
    people = []
    for number in range(PEOPLE):
        user = User.objects.get(pk=advisors[number % len(advisors)])
        cookie = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
        own = TeamMember.objects.filter(user=user).order_by("client_id").values_list("client_id", flat=True)
        pages = ["/", "/clients/", *(f"/clients/{client}/" for client in own[: CLICKS - 2])]
        people.append((f"{settings.SESSION_COOKIE_NAME}={cookie}", pages))
    return people


def _work(port: int, person: tuple[str, list[str]], times: Times, *, thought: float) -> None:
    cookie, pages = person
    chance = random.Random(cookie)
    for click in range(CLICKS):
        page = pages[click % 3] if click % 3 < 2 else chance.choice(pages[2:] or pages)
        time.sleep(thought * chance.uniform(0.5, 1.5))
        start = time.perf_counter()
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            headers = {"Cookie": cookie, "Host": HOST, "X-Forwarded-Proto": "https"}
            connection.request("GET", page, headers=headers)
            answer = connection.getresponse()
            answer.read()
            connection.close()
        except OSError as error:
            times.errors.append(f"{page}: {error}")
            continue
        times.seconds.append(time.perf_counter() - start)
        if answer.status != 200:
            times.errors.append(f"{page} answers {answer.status}")


@contextmanager
def _server(address: str) -> Iterator[int]:
    """The product's own web server with two workers, on a port of its own."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        port = line.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "--workers", "2"]
    server = subprocess.Popen(
        [*command, "--bind", f"127.0.0.1:{port}", "segmentation_crm.wsgi:application"],
        env=os.environ | {"DATABASE_URL": address},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz", headers={"Host": HOST, "X-Forwarded-Proto": "https"})
            if connection.getresponse().status == 200:
                return
        time.sleep(0.2)
    raise RuntimeError("The web server did not start.")
