"""The sweep that sends: queues what is due, hands over what waits, completes the tasks that were served.

Each part can be killed and run again: a step is queued once (unique in the database), a message is claimed
before it is handed over and never handed over again by itself, and a task whose last message was sent is
completed by the next sweep where this one could not.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from clients import notices
from clients.firm import firm_today
from clients.notices import Tell
from personas.models import Message, MessageState
from personas.sending import post, queue
from personas.sending.post import Answer
from personas.sending.readiness import obstacles
from personas.sending.writing import Writer
from servicing.models import ServiceTask, TaskOutcome
from servicing.sending.due import due_mails
from servicing.work import services
from servicing.work.services import TaskRefused


def send_due(*, today: dt.date | None = None) -> dict[str, int]:
    """One sweep; returns what it did: queued, sent, later, failed, unclear, completed.

    Nothing is sent while there is an obstacle; what was sent before still completes its task.
    """
    counts = {"unclear": queue.find_lost(), "completed": complete_served()}
    if not obstacles():
        counts["queued"] = queue_due(today or firm_today())
        hand_over_waiting(counts)
        counts["completed"] += complete_served()
    if counts.get("failed") or counts["unclear"]:
        _tell()
    return counts


def queue_due(today: dt.date) -> int:
    """Stores a message for each e-mail that is due and may go; returns how many are new."""
    writer, queued = Writer.now(), 0
    for batch in due_mails(today):
        messages = [mail.message(writer) for mail in batch if not mail.trouble]
        before = Message.objects.filter(once__in=[each.once for each in messages]).count()
        Message.objects.bulk_create(messages, ignore_conflicts=True)
        queued += len(messages) - before
    return queued


def hand_over_waiting(counts: dict[str, int]) -> None:
    """Hands over what waits, one by one, until nothing is due or the rate is used up."""
    if not Message.objects.filter(state=MessageState.QUEUED, next_try_at__lte=timezone.now()).exists():
        return
    try:
        with post.post_office() as office:
            while True:
                post.keep_open(office)
                message = queue.claim(still_wanted=still_wanted)
                if message is None:
                    return
                _note(message, *post.hand_over(office, message), counts)
    except post.ServerAway:
        counts["away"] = 1  # nothing was claimed: all of it waits for the next sweep


def _note(message: Message, answer: Answer, error: str, counts: dict[str, int]) -> None:
    if answer is Answer.TAKEN:
        queue.mark_sent(message=message)
        word = "sent"
    elif answer is Answer.UNKNOWN:
        queue.mark_unclear(message=message, error=error)
        word = "unclear"
    else:
        nobody = answer is Answer.NOBODY
        for_good = nobody or answer is Answer.NEVER
        failed = queue.mark_refused(message=message, error=error, for_good=for_good, nobody=nobody)
        word = "failed" if failed else "later"
    counts[word] = counts.get(word, 0) + 1


def still_wanted(message: Message) -> bool:
    """Whether the task that the message is a part of is still open; a message to many has none."""
    if message.service_task is None:
        return True
    return ServiceTask.objects.open().filter(pk=message.service_task).exists()


def complete_served() -> int:
    """Completes the tasks whose last message was sent; returns how many.

    What was closed otherwise meanwhile is left as it is, and not looked at again.
    """
    to_serve = Message.objects.filter(
        state=MessageState.SENT, last_step=True, served=False, service_task__isnull=False
    )
    completed = 0
    for message in to_serve.order_by("pk"):
        completed += _complete(message)
    return completed


@transaction.atomic
def _complete(message: Message) -> bool:
    """Completes the message's task through planning's own service, in one transaction with the note of it."""
    task = ServiceTask.objects.open().filter(pk=message.service_task).first()
    done = False
    if task is not None:
        try:
            services.complete(task=task, by=None, outcome=TaskOutcome.DELIVERED)
            done = True
        except TaskRefused:  # somebody closed it a moment ago
            done = False
    Message.objects.filter(pk=message.pk).update(served=True)
    return done


def _tell() -> None:
    """Tells operations how many messages wait for a person."""
    number = Message.objects.filter(state__in=[MessageState.FAILED, MessageState.UNCLEAR]).count()
    text = ngettext(
        "%(n)s e-mail to a client waits for your decision.",
        "%(n)s e-mails to clients wait for your decision.",
        number,
    ) % {"n": number}
    url = reverse("servicing:sending_trouble")
    key = f"sending:{firm_today().isoformat()}"
    notices.tell((Tell(person, text, url, key) for person in notices.operations()), again=True)
