"""Work in a worker: its page tells how far it is, and it is done once whatever is killed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from celery import current_app
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from clients.commands import Refused
from clients.jobs import AlreadyDone, start_job, working_on
from clients.models import Client, Job, JobState, Revenue
from tests.factories import ClientFactory, UserFactory
from tests.live_worker import LiveWorker, unacknowledged
from tests.worker.test_killed_worker import backend_that_waits, hold, is_gone, let_the_visibility_timeout_pass
from tiers.models import ScoringRun


def a_job(**fields: Any) -> Job:
    return Job.objects.create(task="tiers.propose_run", title="Ranking every client", **fields)


def stored(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


# --- Doing the work -------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_by_others_while_the_work_is_not_committed():
    job = a_job()
    with working_on(job.pk) as (_job, report):
        ClientFactory()
        report("Filling the tiers", 2, 4)
        seen = stored(job)
        assert (seen.state, seen.step, seen.done, seen.total) == ("working", "Filling the tiers", 2, 4)
        assert seen.started_at is not None
    assert stored(job).state == JobState.DONE


@pytest.mark.django_db(transaction=True)
def test_its_end_leads_to_the_result():
    job = a_job()
    with working_on(job.pk) as (working, report):
        report("One", 1, 3)
        working.result_url = "/tiers/runs/7/"
    done = stored(job)
    assert (done.state, done.done, done.total, done.result_url) == ("done", 3, 3, "/tiers/runs/7/")
    assert done.finished_at is not None


@pytest.mark.django_db(transaction=True)
def test_a_refusal_fails_it_with_the_reason_and_keeps_nothing():
    job = a_job()
    with working_on(job.pk):
        ClientFactory()
        raise Refused("No policy is published. Publish one first.")
    failed = stored(job)
    assert (failed.state, failed.error) == ("failed", "No policy is published. Publish one first.")
    assert not Client.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_fault_fails_it_in_plain_words_and_is_raised_for_the_log():
    job = a_job()

    def work() -> None:
        with working_on(job.pk):
            ClientFactory()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    failed = stored(job)
    assert failed.state == JobState.FAILED
    assert "ZeroDivision" not in failed.error
    assert not Client.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_message_delivered_again_after_the_end_does_nothing():
    job = a_job()
    with working_on(job.pk):
        ClientFactory()
    with pytest.raises(AlreadyDone), working_on(job.pk):
        ClientFactory()
    assert Client.objects.count() == 1
    assert stored(job).state == JobState.DONE


@pytest.mark.django_db(transaction=True)
def test_of_two_deliveries_at_the_same_time_one_counts():
    job = a_job()

    def work_slowly() -> None:
        with working_on(job.pk):
            ClientFactory(name="of the slow one")
            finish_elsewhere(job)

    with pytest.raises(AlreadyDone):
        work_slowly()
    assert not Client.objects.exists()
    assert stored(job).state == JobState.DONE


def finish_elsewhere(job: Job) -> None:
    """Another worker, in a connection of its own, ends the job first."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("UPDATE clients_job SET state = 'done' WHERE id = %s", [job.pk])
    finally:
        other.close()


@pytest.mark.django_db(transaction=True)
def test_a_queue_that_does_not_answer_is_told(monkeypatch):
    monkeypatch.setattr(current_app, "send_task", refuse)
    job = start_job(task="tiers.propose_run", title="Ranking", by=None)
    failed = stored(job)
    assert failed.state == JobState.FAILED
    assert "The queue does not answer" in failed.error


def refuse(*_args: Any, **_kwargs: Any) -> None:
    raise ConnectionRefusedError


# --- With a real worker -----------------------------------------------------------------------------------


def a_firm_to_score() -> None:
    today = timezone.localdate()
    for number in range(5):
        client = ClientFactory(potential_revenue=1000, growth_potential=3, alignment=3)
        Revenue.objects.create(client=client, date=today - dt.timedelta(days=9), amount=100 * (number + 1))


@pytest.mark.worker
def test_a_worker_ranks_everybody_and_says_where_the_run_is(live: LiveWorker):
    a_firm_to_score()
    person = UserFactory(groups=["operations"])
    job = start_job(task="tiers.propose_run", title="Ranking", by=person, arguments=[person.pk])
    live.wait_for(lambda: stored(job).state == JobState.DONE)
    run = ScoringRun.objects.get(created_by=person)
    assert stored(job).result_url == reverse("tiers:run", args=[run.pk])
    assert run.clients == 5


@pytest.mark.worker
def test_a_worker_killed_in_the_middle_leaves_no_run_and_the_next_ends_the_job_once(live: LiveWorker, valkey):
    a_firm_to_score()
    person = UserFactory(groups=["operations"])
    with hold() as held:
        held.run("BEGIN; SELECT FROM clients_clientscore FOR UPDATE")  # the last thing that a run writes
        job = start_job(task="tiers.propose_run", title="Ranking", by=person, arguments=[person.pk])
        live.wait_for(backend_that_waits)
        backend = backend_that_waits() or 0
        seen = stored(job)
        assert (seen.state, seen.done, seen.total) == ("working", 3, 4)
        live.kill()
        held.run("ROLLBACK")
        live.wait_for(lambda: is_gone(backend))
    assert not ScoringRun.objects.exists()
    assert stored(job).state == JobState.WORKING

    let_the_visibility_timeout_pass(valkey)
    live.start()
    live.wait_for(lambda: stored(job).state == JobState.DONE)
    live.wait_for(lambda: not unacknowledged(valkey))
    run = ScoringRun.objects.get()
    assert stored(job).result_url == reverse("tiers:run", args=[run.pk])


# --- The page -----------------------------------------------------------------------------------------------


@pytest.fixture
def person(db, client):
    person = UserFactory(groups=["advisor"])
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return person


def page(client, job: Job, **extra: Any) -> Any:
    return client.get(reverse("clients:job", args=[job.pk]), **extra)


def test_it_shows_the_step_in_words_and_asks_for_itself_anew(client, person):
    job = a_job(
        requested_by=person,
        state="working",
        step="Filling the tiers",
        done=2,
        total=4,
        started_at=timezone.now(),
    )
    text = page(client, job).content.decode()
    assert "Filling the tiers" in text
    assert "2 of 4 steps are done" in text
    assert 'value="50"' in text
    assert "it goes on without you" in text
    assert "hx-get" in text
    assert f'<a class="btn btn-secondary" href="{reverse("clients:job", args=[job.pk])}">Refresh</a>' in text


def test_htmx_gets_the_state_alone_and_nothing_while_it_stays_the_same(client, person):
    job = a_job(requested_by=person)
    headers = {"HX-Request": "true"}
    answer = page(client, job, headers=headers)
    assert "<html" not in answer.content.decode()
    shown = answer.context["shown"]
    url = reverse("clients:job", args=[job.pk])
    assert client.get(url, {"shown": shown}, headers=headers).status_code == 204
    Job.objects.filter(pk=job.pk).update(state="working", step="Filling the tiers", started_at=timezone.now())
    assert client.get(url, {"shown": shown}, headers=headers).status_code == 200


def test_a_job_that_no_worker_takes_says_so_after_a_while(client, person):
    job = a_job(requested_by=person)
    assert "No worker has taken it yet" not in page(client, job).content.decode()
    Job.objects.filter(pk=job.pk).update(queued_at=timezone.now() - dt.timedelta(minutes=2))
    assert "No worker has taken it yet" in page(client, job).content.decode()


def test_the_end_is_a_link_or_the_reason_in_words_and_asks_no_more(client, person):
    done = a_job(requested_by=person, state="done", result_url="/tiers/runs/7/", finished_at=timezone.now())
    text = page(client, done).content.decode()
    assert 'href="/tiers/runs/7/"' in text
    assert "hx-trigger" not in text
    failed = a_job(requested_by=person, state="failed", error="No policy is published.")
    text = page(client, failed).content.decode()
    assert "No policy is published." in text
    assert "hx-trigger" not in text


@pytest.mark.parametrize(("group", "status"), [("advisor", 404), ("compliance", 404), ("operations", 200)])
def test_it_is_shown_to_who_asked_and_who_runs_the_firm(client, person, group, status):
    job = a_job(requested_by=person)
    client.force_login(UserFactory(groups=[group]), backend="django.contrib.auth.backends.ModelBackend")
    assert page(client, job).status_code == status
