"""Beat's timetable follows the code, and an administrator's changes stand."""

import pytest
from celery import current_app
from django_celery_beat.models import PeriodicTask

from segmentation_crm import schedules

pytestmark = pytest.mark.django_db


def test_it_is_there_after_migrating():
    shipped = {schedule.name for schedule in schedules.SHIPPED}
    assert shipped <= set(PeriodicTask.objects.filter(enabled=True).values_list("name", flat=True))


def test_it_calls_tasks_that_exist():
    current_app.loader.import_default_modules()
    assert {schedule.task for schedule in schedules.SHIPPED} <= set(current_app.tasks)


def test_it_leaves_hours_and_switch_as_a_person_set_them():
    row = PeriodicTask.objects.get(name="Heartbeat")
    row.enabled = False
    row.task = "an.old.name"
    row.save()
    crontab, count = row.crontab_id, PeriodicTask.objects.count()
    schedules.seed()
    row.refresh_from_db()
    assert (row.enabled, row.crontab_id, row.task) == (False, crontab, "segmentation_crm.heartbeat")
    assert PeriodicTask.objects.count() == count


def test_it_switches_off_what_the_code_no_longer_has(monkeypatch):
    monkeypatch.setattr(schedules, "SHIPPED", [])
    schedules.seed()
    assert not PeriodicTask.objects.get(name="Heartbeat").enabled
