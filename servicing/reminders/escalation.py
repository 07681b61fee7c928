"""Work that is later than the firm accepts: each task is reported to operations once.

Behind the bell at once; by mail in one mail a day. A mail that the server does not take is sent again with
the next sweep, and what is reported meanwhile goes with it.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import Any

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients import notices
from clients.firm import firm_settings
from clients.formats import late_words
from clients.models import Firm
from clients.notices import Tell
from servicing.models import Escalation, ServiceTask
from servicing.planning.working_days import days_off
from servicing.reminders import mail

LINES = 40  # of the table in the mail; the rest is a number

# Open tasks that need a person, whose window ended more than so many days ago, and that were never reported.
_REPORT = """
    INSERT INTO servicing_escalation (task_id, at)
    SELECT t.id, %(now)s FROM servicing_servicetask t
    WHERE t.status IN ('planned', 'scheduled') AND NOT t.automated
        -- what is due then or later cannot be so late; the index is by due date
        AND t.due_on < %(cutoff)s AND t.window_end < %(cutoff)s
        AND NOT EXISTS (SELECT 1 FROM servicing_escalation told WHERE told.task_id = t.id)
    ON CONFLICT DO NOTHING
"""
_CLAIM = """
    UPDATE servicing_escalation SET mailed_at = %(now)s
    WHERE task_id IN (
        SELECT e.task_id FROM servicing_escalation e
        JOIN servicing_servicetask t ON t.id = e.task_id AND t.status IN ('planned', 'scheduled')
        WHERE e.mailed_at IS NULL FOR UPDATE OF e SKIP LOCKED
    )
    RETURNING task_id
"""


def report_late_work(*, now: dt.datetime | None = None) -> dict[str, int]:
    """On the firm's working days from its digest hour on: reports what became too late, tells operations, and
    sends the day's mail where it has not gone yet. Returns how many tasks were reported and mailed."""
    now = now or timezone.now()
    firm = firm_settings()
    local = now.astimezone(zoneinfo.ZoneInfo(firm.time_zone))
    if local.hour < firm.digest_hour or not _works(firm, local.date()):
        return {"reported": 0, "mailed": 0}
    return {"reported": _report(firm, local), "mailed": _mail(firm, local)}


def _works(firm: Firm, day: dt.date) -> bool:
    return day.isoweekday() < 6 and day not in days_off(firm, day, day)


@transaction.atomic
def _report(firm: Firm, local: dt.datetime) -> int:
    cutoff = local.date() - dt.timedelta(days=firm.escalate_after_days)
    with connection.cursor() as cursor:
        cursor.execute(_REPORT, {"now": local, "cutoff": cutoff})
        number = cursor.rowcount
    if number:
        text = ngettext(
            "%(n)s task is more than %(days)s days late.",
            "%(n)s tasks are more than %(days)s days late.",
            number,
        ) % {"n": number, "days": firm.escalate_after_days}
        url = f"{reverse('servicing:tasks')}?status=too_late"
        notices.tell(
            Tell(person, text, url, f"late_work:{local:%Y%m%d%H%M%S%f}") for person in notices.operations()
        )
    return number


def _mail(firm: Firm, local: dt.datetime) -> int:
    """Sends what is to be mailed in one mail to those of operations who want it; returns how many tasks."""
    midnight = dt.datetime.combine(local.date(), dt.time(), tzinfo=local.tzinfo)
    people = mail.reachable().filter(pk__in=notices.operations(), wants_escalations=True)
    to = list(people.order_by("pk").values_list("email", flat=True))
    if not to or Escalation.objects.filter(mailed_at__gte=midnight).exists():
        return 0
    tasks = _claim(local)
    if not tasks:
        return 0
    try:
        with mail.post_office() as office:
            mail.send(
                office,
                template="late_work",
                subject=ngettext("%(n)s task is too late", "%(n)s tasks are too late", len(tasks))
                % {"n": len(tasks)},
                to=to,
                context={
                    "days": firm.escalate_after_days,
                    "rows": _rows(tasks, local.date()),
                    "more": max(0, len(tasks) - LINES),
                    "list_url": f"{mail.site()}{reverse('servicing:tasks')}?status=too_late",
                },
            )
    except (mail.NotTaken, mail.ServerAway):
        _give_back(tasks)
        return 0
    except BaseException:
        _give_back(tasks)
        raise
    return len(tasks)


def _claim(local: dt.datetime) -> list[int]:
    """Tasks that no mail has named yet and that are still open; a second sweep at the same time gets none."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"now": local})
        return [row[0] for row in cursor.fetchall()]


def _give_back(tasks: list[int]) -> None:
    Escalation.objects.filter(task__in=tasks).update(mailed_at=None)


def _rows(tasks: list[int], today: dt.date) -> list[dict[str, Any]]:
    """The latest of them for the table. A client is its number in the CRM: no name leaves the house."""
    late = ServiceTask.objects.filter(pk__in=tasks).select_related("client", "kind", "tier", "assigned_to")
    return [
        {
            "client": task.client.external_id,
            "tier": task.tier.code if task.tier else "",
            "service": task.kind.label if task.kind else _("Task"),
            "late": late_words(task.window_end, today=today),
            "person": task.assigned_to.display_name if task.assigned_to else _("nobody"),
            "url": mail.site() + reverse("servicing:task", args=[task.pk]),
        }
        for task in late.order_by("window_end", "pk")[:LINES]
    ]
