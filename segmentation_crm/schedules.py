"""What runs by itself, and when. Rows of django-celery-beat, so that administrators edit them in admin.

Seeded after each migrate by name: a row that exists keeps the hours and the switch that a person gave it,
only the task that it calls follows the code. A schedule that the code drops is switched off. Each
task but the heartbeat notes its runs with `clients.sweeps.noted`: one that never does counts as not run.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from clients.sweeps import BY_CODE


@dataclass(frozen=True)
class Schedule:
    """One line of the timetable: `crontab` as minute hour day-of-week, in the firm's time zone."""

    name: str
    task: str
    crontab: str
    description: str
    expires_after: int | None = None  # seconds; a message older than that is not worth running


SHIPPED = [
    Schedule(
        name="Heartbeat",
        task="segmentation_crm.heartbeat",
        crontab="* * *",
        description="Tells /readyz that beat and a worker live.",
        expires_after=120,
    ),
    Schedule(
        name="First tiers",
        task="tiers.first_tiers",
        crontab="*/10 * *",
        description="Gives a first tier to clients whose facts arrived.",
        expires_after=600,
    ),
    Schedule(
        name="Planning of changed clients",
        task="servicing.plan_changed",
        crontab="5-59/10 * *",
        description="Plans for clients whose tier, facts or standing changed.",
        expires_after=600,
    ),
    Schedule(
        name="Requests that wait",
        task="servicing.escalate_requests",
        crontab="*/5 * *",
        description="Tells of requests before, and when, their promised answer time has passed.",
        expires_after=300,
    ),
    Schedule(
        name="Morning e-mails",
        task="servicing.send_digests",
        crontab="*/15 * *",
        description="Mails each person what waits for them today, once on the morning of a working day.",
        expires_after=900,
    ),
    Schedule(
        name="Late work",
        task="servicing.report_late_work",
        crontab="10-59/15 * *",
        description="Reports work that is later than the firm accepts to operations, in one mail a day.",
        expires_after=900,
    ),
    Schedule(
        name="E-mails to clients",
        task="servicing.send_messages",
        crontab="* * *",
        description="Sends the e-mails of automated tasks that are due, where sending is switched on.",
        expires_after=60,
    ),
    Schedule(
        name="Webhooks",
        task="servicing.send_webhooks",
        crontab="* * *",
        description="Tells other systems of changes, where an administrator named an address.",
        expires_after=60,
    ),
    Schedule(
        name="Old messages to other systems",
        task="servicing.forget_webhooks",
        crontab="20 4 *",
        description="Removes messages that were sent to other systems more than thirty days ago.",
    ),
    Schedule(
        name="Nightly scoring",
        task="tiers.nightly_run",
        crontab="30 1 *",
        description="Scores all clients and proposes tiers; a person applies them.",
    ),
    Schedule(
        name="Nightly planning",
        task="servicing.plan_all",
        crontab="30 2 *",
        description="Plans what is due for all clients and closes what was missed.",
    ),
    Schedule(
        name="Fees beside bills",
        task="tiers.compare_fees",
        crontab="0 5 *",
        description="Compares each client's fee by schedule with what was billed in twelve months.",
    ),
    Schedule(
        name="Forgotten uploads",
        task="clients.forget_stale_uploads",
        crontab="30 3 *",
        description="Removes uploaded files that nobody imported within a day of their preview.",
    ),
    Schedule(
        name="Old exports",
        task="servicing.forget_exports",
        crontab="25 * *",
        description="Removes exports of all data whose time is over.",
    ),
    Schedule(
        name="Keeping data",
        task="servicing.keep_data",
        crontab="10 4 *",
        description="Lists former clients whose keeping periods are over; a person approves the list.",
    ),
    Schedule(
        name="Erasures",
        task="clients.sweep_erasures",
        crontab="2-59/10 * *",
        description="Erases behavioral triggers in stored uploads and elsewhere, where permission ended.",
        expires_after=600,
    ),
    Schedule(
        name="Field register",
        task="clients.ask_about_fields",
        crontab="15 6 *",
        description="Asks once a year whether each tracked field is still needed.",
    ),
    Schedule(
        name="Old runs",
        task="clients.forget_old_runs",
        crontab="45 3 *",
        description="Thins the log of scheduled work, and what was kept to undo changes of many.",
    ),
    Schedule(
        name="Old notices",
        task="clients.forget_old_notices",
        crontab="50 3 *",
        description="Removes notices that were seen 90 days ago.",
    ),
]


def seed(**kwargs: Any) -> None:
    """Adds the shipped schedules that are missing; safe to run at any time, by several at once."""
    from django_celery_beat.models import CrontabSchedule, PeriodicTask

    from clients.models import Firm

    if Firm._meta.db_table not in connection.introspection.table_names():
        return  # only some apps were migrated; the rest brings us back
    zone = Firm.objects.values_list("time_zone", flat=True).first() or "America/New_York"
    with transaction.atomic():
        for schedule in SHIPPED:
            minute, hour, day_of_week = schedule.crontab.split()
            row, created = PeriodicTask.objects.get_or_create(
                name=schedule.name,
                defaults={
                    "task": schedule.task,
                    "crontab": _crontab(CrontabSchedule, minute, hour, day_of_week, zone),
                    "description": BY_CODE + schedule.description,
                    "expire_seconds": schedule.expires_after,
                },
            )
            if not created and row.task != schedule.task:
                row.task = schedule.task
                row.save(update_fields=["task"])
        dropped = PeriodicTask.objects.filter(description__startswith=BY_CODE, enabled=True).exclude(
            name__in=[schedule.name for schedule in SHIPPED]
        )
        for row in dropped:
            row.enabled = False
            row.save(update_fields=["enabled"])


def _crontab(model: Any, minute: str, hour: str, day_of_week: str, zone: str) -> Any:
    """The row for these hours; the first one where earlier versions left several."""
    hours = {"minute": minute, "hour": hour, "day_of_week": day_of_week, "timezone": zone}
    wanted = hours | {"day_of_month": "*", "month_of_year": "*"}
    return model.objects.filter(**wanted).first() or model.objects.create(**wanted)
