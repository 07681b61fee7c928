"""A sweep is woken where the queue answers; one that does not costs a person next to nothing."""

import os
import socket
import time

WAKE_TWICE = """
import time, django
django.setup()
from clients import changes
from clients.models import ChangeKind
for number in range(2):
    started = time.monotonic()
    changes._send(ChangeKind.FACTS, ChangeKind.SERVICE)
    print(time.monotonic() - started)
"""


def seconds(run_module, queue: str) -> list[float]:
    """How long two wakings take, one after the other, with the queue at this address."""
    env = dict(os.environ) | {"REDIS_URL": queue, "DJANGO_SETTINGS_MODULE": "segmentation_crm.settings"}
    said = run_module("-c", WAKE_TWICE, env=env)
    assert said.returncode == 0, said.stderr
    assert said.stderr.count("queue_did_not_answer") == 1
    return [float(line) for line in said.stdout.split()]


def test_a_queue_that_is_gone_is_not_waited_for(run_module, tmp_path):
    first, second = seconds(run_module, f"unix://{tmp_path}/nobody.sock")
    assert first < 1.5
    assert second < 0.1


def test_a_queue_that_hangs_is_waited_for_once(run_module):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        first, second = seconds(run_module, f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
    assert first < 15
    assert second < 0.1


def test_a_queue_is_asked_again_after_a_while(monkeypatch, valkey):
    from clients import changes
    from clients.models import ChangeKind

    monkeypatch.setattr(changes, "_silent_until", time.monotonic() + changes.SILENCE)
    changes._send(ChangeKind.SERVICE)
    assert valkey.llen("celery") == 0
    monkeypatch.setattr(changes, "_silent_until", time.monotonic())
    changes._send(ChangeKind.SERVICE)
    assert valkey.llen("celery") == 1
