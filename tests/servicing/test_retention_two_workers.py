"""Two workers at one reviewed list at once: each client is anonymised once, and neither of them fails."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from clients.firm import firm_today
from clients.models import Anonymised, AttentionConstraint, Client, Departure, Job, JobState, Member
from servicing.models import AnonymisingBatch
from servicing.retention import services
from servicing.tasks import anonymise
from tests.factories import ClientFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
WHOLE, OF_FIELDS = 14, 6


def former(left_on: dt.date, **facts: Any) -> Client:
    client = ClientFactory(status="former", **facts)
    Departure.objects.filter(client=client).update(left_on=left_on)
    Member.objects.create(client=client, name="Ada")
    return client


def both(work: Callable[[], None]) -> list[BaseException]:
    """Does the work in two threads, each with a connection of its own; returns what went wrong."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as failure:
            failures.append(failure)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _worker in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    return failures


def test_each_takes_other_clients_and_the_list_is_closed_once(monkeypatch):
    one, two = UserFactory(groups=["compliance"]), UserFactory(groups=["administrator"])
    for _number in range(WHOLE):
        former(dt.date(2014, 6, 1))
    recent = firm_today() - dt.timedelta(days=1000)
    for _number in range(OF_FIELDS):
        former(recent, attention_constraint=AttentionConstraint.objects.first())
    services.propose()
    batch = AnonymisingBatch.objects.get()
    services.review(batch=batch, by=one)
    job = services.approve(batch=batch, by=two)

    monkeypatch.setattr(services, "STEP", 3)
    together = threading.Barrier(2, timeout=30)
    met, taken = threading.local(), []
    real = services.anonymise

    def watched(clients: set[int]) -> Any:
        if not getattr(met, "there", False):  # both hold rows of their own at the same moment
            met.there = True
            together.wait()
        taken.extend(clients)
        return real(clients)

    monkeypatch.setattr(services, "anonymise", watched)
    assert both(lambda: anonymise(job.pk, batch.pk)) == []

    batch.refresh_from_db()
    assert (batch.state, batch.counts) == ("done", {"anonymised": WHOLE, "erased": OF_FIELDS})
    assert sorted(taken) == sorted(Anonymised.objects.values_list("client_id", flat=True))
    assert len(taken) == len(set(taken)) == WHOLE
    assert Job.objects.get(pk=job.pk).state == JobState.DONE
    assert Member.objects.count() == OF_FIELDS
    assert not Client.objects.filter(attention_constraint__isnull=False).exists()
    anonymise(job.pk, batch.pk)
    assert services.carry_on_all() == 0


def test_two_people_who_approve_at_once_start_one_job():
    one, two, three = (UserFactory(groups=["administrator"]) for _person in range(3))
    former(dt.date(2014, 6, 1))
    services.propose()
    batch = AnonymisingBatch.objects.get()
    services.review(batch=batch, by=one)
    people = iter([two, three])
    failures = both(lambda: services.approve(batch=batch, by=next(people)))
    assert [type(failure).__name__ for failure in failures] == ["Refused"]
    assert Job.objects.count() == 1


def test_two_nights_at_once_make_one_list():
    UserFactory(groups=["compliance"])
    for _number in range(4):
        former(dt.date(2014, 6, 1))
    assert both(services.propose) == []
    assert AnonymisingBatch.objects.get().rows.count() == 4
