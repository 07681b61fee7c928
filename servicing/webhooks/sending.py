"""Delivering: a worker for an endpoint at a time, so that a slow one holds up nobody else."""

from __future__ import annotations

import datetime as dt
import time

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.changes import send_task
from clients.models import User
from clients.models.people import Group
from clients.notices import Tell, tell
from servicing.models import DeliveryState, WebhookDelivery, WebhookEndpoint
from servicing.models.webhooks import FAILING_AFTER, PAUSED_AFTER
from servicing.webhooks import posting
from servicing.webhooks.reading import read_changes, wanted

DELIVER = "servicing.deliver_webhooks"
SWEEP = "servicing.send_webhooks"
# After each attempt that failed, up to a day after the first.
WAITS = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 120, 240, 480))
GIVEN_UP_AFTER = dt.timedelta(days=1)
LONGEST_REST = dt.timedelta(minutes=15)
TURN = 30.0  # seconds of a worker for one endpoint; then others have theirs
CLAIM = dt.timedelta(seconds=60)  # longer than a turn and its last message take
PAUSING, FAILING = "paused", "failing"


def sweep() -> dict[str, int]:
    """Reads what changed and has a worker deliver to each endpoint for which something is due."""
    written = read_changes()
    endpoints = due_endpoints()
    for endpoint_id in endpoints:
        send_task(DELIVER, endpoint_id)
    return {"messages": written, "endpoints": len(endpoints)}


def wake() -> None:
    """Has a worker look at once, where anybody listens; else the next sweep of the minute does."""
    if wanted():
        send_task(SWEEP)


def due_endpoints() -> list[int]:
    """Ids of endpoints with a message to be sent now, that no worker is busy with."""
    now = timezone.now()
    waiting = WebhookDelivery.objects.filter(state=DeliveryState.WAITING, due_at__lte=now)
    return list(
        _free(now).filter(pk__in=waiting.values("endpoint_id")).order_by("pk").values_list("pk", flat=True)
    )


def _free(now: dt.datetime) -> QuerySet[WebhookEndpoint]:
    """Endpoints that may be sent something now, and that no worker is busy with."""
    return WebhookEndpoint.objects.filter(
        Q(busy_until__isnull=True) | Q(busy_until__lt=now),
        Q(resting_until__isnull=True) | Q(resting_until__lte=now),
        is_on=True,
        paused_at__isnull=True,
    )


def deliver(endpoint_id: int) -> int:
    """Sends an endpoint what is due, one after the other, for a turn; returns how many were taken.

    A message is noted as delivered after it was: a worker that dies in between has it sent once more. Where
    another worker is busy with the endpoint, that one goes on alone.
    """
    now = timezone.now()
    if not _free(now).filter(pk=endpoint_id).update(busy_until=now + CLAIM):
        return 0
    delivered, ends = 0, time.monotonic() + TURN
    try:
        while time.monotonic() < ends and (delivery := _next(endpoint_id)):
            answer = _send(delivery)
            delivered += answer.taken
            if not answer.taken and not _refuses_this_alone(answer):
                break
    finally:
        WebhookEndpoint.objects.filter(pk=endpoint_id).update(busy_until=None)
    if delivered and _next(endpoint_id):
        send_task(DELIVER, endpoint_id)
    return delivered


def _next(endpoint_id: int) -> WebhookDelivery | None:
    due = WebhookDelivery.objects.filter(
        endpoint=endpoint_id,
        state=DeliveryState.WAITING,
        due_at__lte=timezone.now(),
        endpoint__is_on=True,
        endpoint__paused_at__isnull=True,
    )
    return due.select_related("endpoint").order_by("due_at", "id").first()


def _send(delivery: WebhookDelivery) -> posting.Answer:
    now = timezone.now()
    answer = posting.post(
        delivery.endpoint.url,
        secret=posting.secret_of(delivery.endpoint.secret_salt),
        message_id=f"msg_{delivery.pk}",
        timestamp=int(now.timestamp()),
        events=delivery.events,
    )
    if answer.taken:
        _note_taken(delivery, answer)
    else:
        _note_failed(delivery, answer, now)
    return answer


def _note_taken(delivery: WebhookDelivery, answer: posting.Answer) -> None:
    now = timezone.now()
    WebhookDelivery.objects.filter(pk=delivery.pk).update(
        state=DeliveryState.DELIVERED,
        delivered_at=now,
        first_tried_at=Coalesce("first_tried_at", now),
        attempts=F("attempts") + 1,
        status=answer.status,
        error="",
    )
    WebhookEndpoint.objects.filter(pk=delivery.endpoint_id, failing_since__isnull=False).update(
        failing_since=None, resting_until=None, told=""
    )


def _note_failed(delivery: WebhookDelivery, answer: posting.Answer, now: dt.datetime) -> None:
    """The message waits longer each time, and is given up a day after its first try. An endpoint that does
    not answer at all rests with it."""
    first = delivery.first_tried_at or now
    due = now + WAITS[min(delivery.attempts, len(WAITS) - 1)]
    over = due - first > GIVEN_UP_AFTER
    WebhookDelivery.objects.filter(pk=delivery.pk).update(
        state=DeliveryState.GIVEN_UP if over else DeliveryState.WAITING,
        first_tried_at=first,
        due_at=due,
        attempts=F("attempts") + 1,
        status=answer.status,
        error=answer.error[:200],
    )
    endpoint = WebhookEndpoint.objects.filter(pk=delivery.endpoint_id)
    endpoint.update(failing_since=Coalesce("failing_since", now))
    if not _refuses_this_alone(answer):
        endpoint.update(resting_until=min(due, now + LONGEST_REST))
    _tell_of_trouble(endpoint.get(), now)


def _refuses_this_alone(answer: posting.Answer) -> bool:
    """Whether somebody is there who does not want this message; others may be welcome."""
    return answer.status is not None and 300 <= answer.status < 500 and answer.status not in (408, 429)


def _tell_of_trouble(endpoint: WebhookEndpoint, now: dt.datetime) -> None:
    """Tells administrators once when nothing got through for a day, and pauses the endpoint after five."""
    failing = now - endpoint.failing_since if endpoint.failing_since else dt.timedelta(0)
    if failing >= PAUSED_AFTER:
        endpoint.paused_at, endpoint.told = now, PAUSING
        endpoint.save(update_fields=["paused_at", "told"])
        _tell(endpoint, _("The webhook “%(name)s” was paused: nothing got through for five days."), PAUSING)
    elif failing >= FAILING_AFTER and not endpoint.told:
        endpoint.told = FAILING
        endpoint.save(update_fields=["told"])
        _tell(endpoint, _("The webhook “%(name)s” fails: nothing got through for a day."), FAILING)


def _tell(endpoint: WebhookEndpoint, text: str, what: str) -> None:
    administrators = User.objects.filter(is_active=True).filter(
        Q(groups__name=Group.ADMINISTRATOR) | Q(is_superuser=True)
    )
    url = reverse("servicing:webhook", args=[endpoint.pk])
    key = f"webhook:{endpoint.pk}:{what}"
    people = administrators.distinct().values_list("pk", flat=True)
    tell([Tell(pk, text % {"name": endpoint.name}, url, key) for pk in people], again=True)
