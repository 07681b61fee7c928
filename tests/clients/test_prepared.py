"""Statements that the database keeps planned: those of pages, seen by whoever counts queries."""

from __future__ import annotations

import pghistory
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clients.prepared import prepared
from tests.factories import ClientFactory

COUNT = "SELECT count(*) FROM clients_client WHERE status = %(status)s"


def kept():
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return [row[0] for row in cursor.fetchall()]


@pytest.fixture
def nothing_kept(db):
    connection.close()  # with it goes what it kept
    yield
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_statement_is_kept_and_run_with_other_values(nothing_kept):
    with CaptureQueriesContext(connection) as seen:
        for status in ("active", "former", "it's %s"):
            with prepared() as cursor:
                cursor.execute(COUNT, {"status": status})
                assert cursor.fetchone() == (0,)
    assert [each["sql"] for each in seen] == [COUNT] * 3
    assert kept() == [COUNT % {"status": "$1"}]


@pytest.mark.django_db(transaction=True)
def test_it_reads_amid_a_change_that_has_an_acting_user(nothing_kept):
    with pghistory.context(user=1):
        client = ClientFactory()
        with prepared() as cursor:
            cursor.execute(COUNT, {"status": "active"})
            assert cursor.fetchone() == (1,)
        client.delete()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_kept_where_a_pooler_cannot(nothing_kept):
    connection.ensure_connection()
    connection.connection.prepare_threshold = None
    with prepared() as cursor:
        cursor.execute(COUNT, {"status": "active"})
    assert kept() == []


@pytest.mark.django_db(transaction=True)
def test_the_queue_is_kept(signed_in, advisor, nothing_kept):
    ClientFactory(lead=advisor)
    assert signed_in(advisor).get("/").status_code == 200
    assert [text for text in kept() if text.lstrip().startswith("WITH mine")]
