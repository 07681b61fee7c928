"""A worker killed while another system takes its message: it is sent once more, and then noted once."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from segmentation_crm.celery import app
from servicing.models import DeliveryState, WebhookDelivery, WebhookEndpoint, WebhookEvent
from servicing.webhooks import sending, services
from tests.factories import UserFactory
from tests.live_worker import LiveWorker, unacknowledged
from tests.worker.test_killed_worker import let_the_visibility_timeout_pass

pytestmark = pytest.mark.worker


class Planner:
    """Another system: it takes a message in, and answers once it is let."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.answers = threading.Event()
        planner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                planner.got.append(self.headers["Webhook-Id"])
                planner.answers.wait(60)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


@pytest.fixture
def planner() -> Iterator[Planner]:
    found = Planner()
    yield found
    found.answers.set()
    found.server.shutdown()


def test_a_message_is_sent_once_more_by_another_worker_though_the_first_was_killed_amid_it(
    transactional_db: None, valkey: Any, tmp_path: Path, planner: Planner, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DEBUG", "yes")  # a developer's own machine may be told
    endpoint, _secret = services.make_endpoint(
        name="Planner",
        url=planner.url,
        topics=[event.value for event in WebhookEvent],
        by=UserFactory(groups=["administrator"]),
    )
    with LiveWorker(tmp_path / "worker.log") as worker:
        sent = services.try_out(endpoint=endpoint)
        app.send_task(sending.DELIVER, args=[endpoint.pk])
        worker.wait_for(lambda: planner.got)
        worker.kill()
        sent.refresh_from_db()
        endpoint.refresh_from_db()
        assert (sent.state, sent.attempts) == (DeliveryState.WAITING, 0)
        assert endpoint.busy_until > timezone.now()  # nobody else sends it at the same moment

        planner.answers.set()
        let_the_visibility_timeout_pass(valkey)
        worker.start()
        worker.wait_for(lambda: not unacknowledged(valkey))
        assert len(planner.got) == 1  # the claim of the worker that died is still there
        WebhookEndpoint.objects.update(busy_until=timezone.now() - dt.timedelta(seconds=1))
        app.send_task(sending.SWEEP)
        worker.wait_for(lambda: WebhookDelivery.objects.get().state == DeliveryState.DELIVERED)
        app.send_task(sending.SWEEP)
        worker.wait_for(lambda: not valkey.llen("celery") and not unacknowledged(valkey))
    assert planner.got == [f"msg_{sent.pk}"] * 2
    taken = WebhookDelivery.objects.get()
    assert (taken.attempts, taken.status) == (1, 200)
    assert WebhookEndpoint.objects.get().busy_until is None
