"""Triggers keep their plan for a database session: the first update must not decide how a large one runs."""

from __future__ import annotations

import pytest
from django.db import connection

from clients.models import Client

pytestmark = pytest.mark.django_db


def plans_of_triggers(statement: str) -> list[str]:
    """The plans, as JSON, of what the triggers of one update sent to match old and new rows."""
    plans: list[str] = []

    def keep(notice: object) -> None:
        plans.append(getattr(notice, "message_primary", None) or "")

    with connection.cursor() as cursor:
        cursor.execute(
            "LOAD 'auto_explain'; SET LOCAL auto_explain.log_min_duration = 0;"
            "SET LOCAL auto_explain.log_nested_statements = on; SET LOCAL auto_explain.log_format = json;"
            "SET LOCAL client_min_messages = log"
        )
        connection.connection.add_notice_handler(keep)
        try:
            cursor.execute(statement)
        finally:
            connection.connection.remove_notice_handler(keep)
    return [plan for plan in plans if "JOIN old_rows" in plan or "JOIN new_values" in plan]


def test_it_never_compares_every_old_row_with_every_new_one() -> None:
    Client.objects.bulk_create(Client(external_id=f"n{n}", name=f"Client {n}") for n in range(300))
    Client.objects.filter(external_id="nobody").update(alignment=1)  # the triggers plan for no rows at all
    plans = plans_of_triggers("UPDATE clients_client SET alignment = 3, permission = 'declined'")
    assert len(plans) == 4  # audit, change rows of facts and of tags, the permission
    for plan in plans:
        assert '"Join Type": "Full"' in plan  # which PostgreSQL only hashes or merges


def test_no_trigger_meets_an_error_that_goes_through_all_that_is_yet_to_be_checked() -> None:
    """What triggers ask for, and would catch an error about, is set in every session."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('pgtrigger.ignore'), _pgtrigger_should_ignore('any')")
        assert cursor.fetchone() == ("{}", False)
