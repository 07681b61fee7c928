"""What the demo firm does with scripts: an own one in use, one that waits for compliance, one returned, uses
of the busiest advisor, and the e-mails of the automated updates that went out. Sending stays switched off.
"""

from __future__ import annotations

import datetime as dt
import uuid

from clients.firm import firm_settings, firm_today
from clients.models import User
from clients.models.people import Group
from personas.models import Message, MessageState, ScriptUse, ScriptVersion, SendingSettings, Situation
from personas.scripts import merge_fields, services
from personas.sending.writing import Writer
from servicing.models import ServiceTask, TaskStatus

DAY = dt.timedelta(days=1)
ADDRESS = "214 Wharf Street\nPortland, ME 04101"
SENT, USED = 12, 6
IN_USE = "{greeting}, one page is in the post: what we did this year, and the one question for the next."
WAITING = (
    "{greeting}, the office is closed between the holidays. For what cannot wait, {advisor_first} is there."
)
RETURNED = "{greeting}, nobody else looks after you as closely as {firm}."


def use_scripts(*, as_of: dt.date) -> None:
    """The same each time; nothing where the firm has nobody of compliance."""
    writer = User.objects.filter(groups__name=Group.ADVISOR).order_by("username").first()
    checker = User.objects.filter(groups__name=Group.COMPLIANCE).order_by("username").first()
    if writer is None or checker is None:
        return
    firm = firm_settings()
    firm.postal_address = ADDRESS
    firm.save(update_fields=["postal_address"])
    SendingSettings.objects.update_or_create(
        pk=1, defaults={"sender_name": firm.name, "sender_address": "hello@harborandpine.example"}
    )
    _write(writer, checker)
    _note_uses(as_of)
    _note_sent(as_of)


def _write(writer: User, checker: User) -> None:
    situation = Situation.objects.get(code="check_in")
    made = [
        services.new_script(by=writer, content={"title": title, "body": body, "situation": situation})
        for title, body in (
            ("The page at the year's end", IN_USE),
            ("Between the holidays", WAITING),
            ("Why us", RETURNED),
        )
    ]
    for version in made:
        services.submit(version=version, by=writer)
    services.approve(version=made[0], by=checker, review_on=firm_today() + 300 * DAY)
    services.send_back(
        version=made[2], by=checker, comment="We do not compare ourselves with others. Say what we do."
    )


def _note_uses(as_of: dt.date) -> None:
    """The first reviews of the last weeks were opened with the general script."""
    version = ScriptVersion.objects.get(script__code="review-everyone-advisor", state="approved")
    held = ServiceTask.objects.filter(
        status=TaskStatus.DONE, kind__code="review_meeting", completed_on__range=(as_of - 60 * DAY, as_of)
    ).exclude(touch=None)
    held = held.select_related("client", "touch")
    ScriptUse.objects.bulk_create(
        ScriptUse(
            script_id=version.script_id,
            version=version,
            client=task.client,
            service_task=task.pk,
            by_id=task.assigned_to_id,
            text=services.filled_for(version, task.client_id).body,
            used_at=task.touch.occurred_at,  # type: ignore[union-attr]
        )
        for task in held.order_by("completed_on", "client__external_id")[:USED]
    )


def _note_sent(as_of: dt.date) -> None:
    """The last automated updates, as they were sent."""
    version = ScriptVersion.objects.get(script__code="update-everyone", state="approved")
    tasks = list(
        ServiceTask.objects.filter(
            status=TaskStatus.DONE,
            kind__code="automated_update",
            completed_on__lte=as_of,
            touch__isnull=False,
        )
        .exclude(client__email="")
        .select_related("client", "touch")
        .order_by("-completed_on", "client__external_id")[:SENT]
    )
    wanted = merge_fields.used_in(version.subject, version.body)
    values = merge_fields.values_of([task.client_id for task in tasks], wanted=wanted)
    writer, messages = Writer.now(), []
    for task in tasks:
        message = writer.write(
            client_id=task.client_id,
            version=version,
            recipient=task.client.email,
            filled=merge_fields.fill(version.subject, version.body, values[task.client_id]),
            once=f"task:{task.pk}:0",
            service_task=task.pk,
            name=uuid.uuid5(uuid.NAMESPACE_URL, f"{task.client.external_id} {task.completed_on}").hex,
        )
        at = task.touch.occurred_at  # type: ignore[union-attr]
        message.state, message.attempts = MessageState.SENT, 1
        message.created_at = message.next_try_at = message.claimed_at = message.sent_at = at
        messages.append(message)
    Message.objects.bulk_create(messages)
    ScriptUse.objects.bulk_create(
        ScriptUse(
            script_id=version.script_id,
            version=version,
            client_id=message.client_id,
            channel="email",
            service_task=message.service_task,
            text=message.text,
            used_at=message.created_at,
        )
        for message in messages
    )
