"""An owner's step under way with a day is a task, and follows the step."""

import datetime as dt

import pytest

from clients.firm import firm_today
from clients.models import Client
from personas.models import StepState
from personas.tools.owner import steps
from servicing.models import ServiceTask
from servicing.owner_steps import SOURCE
from servicing.planning.sweeps import plan_changed
from servicing.work import bulk
from servicing.work import services as work
from tests.factories import ClientFactory, UserFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def advisor():
    return UserFactory(groups=["advisor"])


@pytest.fixture
def step(advisor):
    """The first of two steps, agreed and due in ten days, with its task."""
    client = ClientFactory(lead=advisor)
    first = steps.add_step(client=client, title="List what is owned")
    steps.add_step(client=client, title="Value the business")
    steps.agree(step=first, on=firm_today(), by="Ada", due_on=firm_today() + 10 * DAY)
    plan_changed()
    return first


def tasks(step) -> list[ServiceTask]:
    plan_changed()
    return list(ServiceTask.objects.filter(source=SOURCE, client=step.client_id))


def test_the_step_under_way_is_a_task_of_the_lead_advisor_and_the_next_is_none(step, advisor):
    [task] = tasks(step)
    assert (task.title, task.assigned_to) == ("Owner's step: List what is owned", advisor)
    assert task.due_on == firm_today() + 10 * DAY
    steps.change(step=step, title="List it", about="", due_on=firm_today() + 20 * DAY)
    [task] = tasks(step)
    assert (task.title, task.due_on) == ("Owner's step: List it", firm_today() + 20 * DAY)


def test_whoever_moves_the_task_moves_the_step_and_the_other_way_round(step, advisor):
    def both():
        step.refresh_from_db()
        [task] = tasks(step)
        assert task.due_on == step.due_on
        return (step.due_on - firm_today()).days

    [task] = tasks(step)
    worked = work.reschedule(task=task, to=firm_today() + 25 * DAY)
    assert both() == 25
    work.undo(task=worked.task, token=worked.undo)
    assert both() == 10
    moved = bulk.reschedule_tasks(tasks=ServiceTask.objects.filter(pk=task.pk), days=7, by=advisor)
    assert both() >= 17  # on a working day
    bulk.undo_step(step=moved)
    assert both() == 10
    work.reschedule(task=worked.task, to=firm_today() + 25 * DAY)
    steps.change(step=step, title=step.title, about="", due_on=firm_today() + 30 * DAY)
    assert both() == 30


def test_whoever_completes_the_task_has_done_the_step_and_an_undo_takes_both_back(step, advisor):
    [task] = tasks(step)
    worked = work.complete(task=task, by=advisor, outcome="delivered")
    step.refresh_from_db()
    assert (step.state, step.closed_on) == (StepState.DONE, firm_today())
    work.undo(task=worked.task, token=worked.undo)
    step.refresh_from_db()
    [task] = tasks(step)
    assert (step.state, task.is_open) == (StepState.ACTIVE, True)


def test_whoever_ends_the_step_closes_the_task(step):
    steps.close(step=step, state=StepState.DONE, on=firm_today())
    [task] = tasks(step)
    assert (task.status, task.completed_on) == ("done", firm_today())
    steps.reopen(step=step)
    [task] = tasks(step)
    assert (task.status, task.completed_on) == ("planned", None)
    steps.close(step=step, state=StepState.STOPPED, on=firm_today(), reason="The buyer is gone")
    [task] = tasks(step)
    assert (task.status, task.closed_reason) == ("cancelled", "taken_back")


def test_a_paused_client_has_no_such_task_until_it_is_served_again(step):
    Client.objects.filter(pk=step.client_id).update(status="paused")
    [task] = tasks(step)
    assert task.status == "cancelled"
    Client.objects.filter(pk=step.client_id).update(status="active")
    [task] = tasks(step)
    assert task.status == "planned"
