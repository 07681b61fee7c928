"""/healthz says that the process lives, /readyz what it leans on."""

import time

import pytest

from segmentation_crm import health
from segmentation_crm.tasks import heartbeat


def test_it_says_that_the_process_lives_without_asking_the_database(client):
    answer = client.get("/healthz")  # no database access is allowed in this test
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}


@pytest.mark.django_db
def test_it_is_ready_when_all_parts_answer(client, valkey):
    heartbeat()
    answer = client.get("/readyz")
    assert answer.status_code == 200, answer.json()


@pytest.mark.django_db
@pytest.mark.parametrize(("age", "ready"), [(170, True), (190, False)])
def test_it_wants_a_heartbeat_under_three_minutes(client, valkey, age, ready):
    health.beat_heart(time.time() - age)
    answer = client.get("/readyz")
    assert answer.status_code == (200 if ready else 503)
    assert ready or "beat" in answer.json()["failing"]


@pytest.mark.django_db
def test_it_names_a_broker_that_does_not_answer_and_nothing_else_about_it(client, settings, tmp_path):
    settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["failing"] == {"broker": "does not answer", "beat": "does not answer"}
    assert "nobody.sock" not in answer.content.decode()


@pytest.mark.django_db
def test_it_names_migrations_that_are_not_applied(client, valkey):
    from django.db.migrations.recorder import MigrationRecorder

    heartbeat()
    MigrationRecorder.Migration.objects.filter(app="servicing").order_by("-name").first().delete()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert list(answer.json()["failing"]) == ["migrations"]


@pytest.mark.worker
def test_it_is_a_real_worker_that_makes_the_heartbeat(client, live, valkey):
    heartbeat.delay()
    live.wait_for(lambda: valkey.get(health.HEARTBEAT_KEY))
    assert client.get("/readyz").status_code == 200
