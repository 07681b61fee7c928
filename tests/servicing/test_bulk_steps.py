"""One step with many tasks: each changes what it says, and is taken back without touching later changes."""

import datetime as dt

import pytest

from clients.firm import firm_today
from clients.models import ClientSummary
from servicing.models import ServiceTask
from servicing.work import bulk

DAY = dt.timedelta(days=1)


@pytest.fixture
def many(firm):
    """Ann's open tasks of ten more clients."""
    for _ in range(10):
        firm.client(tier="C", since=firm_today() - 300 * DAY, team={"lead_advisor": "ann"})
    firm.plan(firm_today())
    tasks = ServiceTask.objects.open()
    assert tasks.count() >= 4
    return tasks


def state():
    return {task["id"]: task for task in ServiceTask.objects.values()}


def test_many_tasks_go_to_a_person_and_come_back(many, people, firm):
    before = state()
    step = bulk.reassign_tasks(tasks=many, to=people["bob"], by=people["olga"])
    assert step.changed == sum(task["assigned_to_id"] != people["bob"].pk for task in before.values()) > 2
    assert set(many.values_list("assigned_to", flat=True)) == {people["bob"].pk}
    firm.plan(firm_today())
    assert set(many.values_list("assigned_to", flat=True)) == {people["bob"].pk}
    changed_since = step.rows.first().task_id
    ServiceTask.objects.filter(pk=changed_since).update(assigned_to=people["outsider"])
    undone = bulk.undo_step(step=step)
    assert (undone.restored, undone.kept) == (step.changed - 1, 1)
    after = state()
    assert after.pop(changed_since)["assigned_to_id"] == people["outsider"].pk
    before.pop(changed_since)
    assert after == before
    assert bulk.undo_step(step=step) == bulk.Undone(0, 0)


def test_many_tasks_move_with_their_windows_to_working_days_and_come_back(many, people, firm):
    today, before = firm_today(), state()
    step = bulk.reschedule_tasks(tasks=many, days=9, by=people["olga"], reason="Office move")
    assert step.changed == len(before)
    for pk, task in state().items():
        was = before[pk]
        moved = task["due_on"] - was["due_on"]
        assert task["due_on"] >= max(was["due_on"] + 9 * DAY, today)
        assert task["due_on"].weekday() < 5
        assert task["window_end"] - was["window_end"] == task["window_start"] - was["window_start"] == moved
        assert (task["rescheduled_from"], task["reschedule_reason"]) == (was["due_on"], "Office move")
    client = many.first().client_id
    earliest = min(many.filter(client=client).values_list("due_on", flat=True))
    assert ClientSummary.objects.get(client=client).next_due_on == earliest
    firm.plan(today + DAY)  # on which a task of another client may appear: its place follows from its number
    assert bulk.undo_step(step=step).restored == step.changed
    assert {pk: task for pk, task in state().items() if pk in before} == before


def test_many_tasks_are_put_off_and_come_back(many, people):
    before = state()
    until = firm_today() + 20 * DAY
    step = bulk.snooze_tasks(tasks=many, until=until, by=people["olga"], reason="Audit week")
    assert set(many.values_list("snoozed_until", "snooze_reason")) == {(until, "Audit week")}
    assert bulk.undo_step(step=step).restored == step.changed == len(before)
    assert state() == before


def test_nothing_chosen_changes_nothing(client, many, people):
    client.force_login(people["olga"], backend="django.contrib.auth.backends.ModelBackend")
    before = state()
    sent = {"action": "reassign", "to": people["bob"].pk, "until": firm_today() + DAY, "days": 3}
    for action in ("reassign", "reschedule", "snooze"):
        answer = client.post("/tasks/bulk/", sent | {"action": action}, follow=True)
        assert "Nothing to change" in answer.content.decode()
    assert state() == before


def test_closed_tasks_stay_as_they_are(many, people):
    ServiceTask.objects.update(status="cancelled")
    step = bulk.reassign_tasks(tasks=ServiceTask.objects.all(), to=people["bob"], by=people["olga"])
    assert step.changed == 0
