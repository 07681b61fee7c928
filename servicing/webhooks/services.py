"""Endpoints: made, changed, switched, their secrets; and messages sent again."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from clients.models import User
from servicing.models import DeliveryState, WebhookDelivery, WebhookEndpoint
from servicing.webhooks.posting import secret_of
from servicing.webhooks.reading import start_listening

KEPT = dt.timedelta(days=30)


@transaction.atomic
def make_endpoint(*, name: str, url: str, topics: Collection[str], by: User) -> tuple[WebhookEndpoint, str]:
    """A new endpoint and its signing secret, which is shown once. `url`: checked by the form."""
    salt = secrets.token_hex(16)
    endpoint = WebhookEndpoint.objects.create(
        name=name, url=url, topics=sorted(topics), secret_salt=salt, made_by=by
    )
    start_listening()
    return endpoint, secret_of(salt)


@transaction.atomic
def change_endpoint(
    *, endpoint: WebhookEndpoint, name: str, url: str, topics: Collection[str], is_on: bool
) -> None:
    """Changes an endpoint. Another address begins with a clean record."""
    fields = ["name", "topics", "is_on"]
    if url != endpoint.url:
        endpoint.url = url
        fields += ["url", *_clean(endpoint)]
    endpoint.name, endpoint.topics, endpoint.is_on = name, sorted(topics), is_on
    endpoint.save(update_fields=fields)
    if endpoint.listens:
        start_listening()


@transaction.atomic
def switch(*, endpoint: WebhookEndpoint, on: bool) -> None:
    """Switches an endpoint on, to be told of what happens from now on, or off at once."""
    endpoint.is_on = on
    endpoint.save(update_fields=["is_on"])
    if endpoint.listens:
        start_listening()


def with_last_message() -> QuerySet[WebhookEndpoint]:
    """Every endpoint with whoever added it, and when its newest message was taken (`last_taken_at`)."""
    taken = WebhookDelivery.objects.filter(endpoint=OuterRef("pk"), state=DeliveryState.DELIVERED)
    newest = taken.order_by("-pk").values("delivered_at")[:1]
    return WebhookEndpoint.objects.select_related("made_by").annotate(last_taken_at=Subquery(newest))


@transaction.atomic
def resume(*, endpoint: WebhookEndpoint) -> None:
    """Lets a paused endpoint listen again, from now on."""
    endpoint.save(update_fields=_clean(endpoint))
    start_listening()


def _clean(endpoint: WebhookEndpoint) -> list[str]:
    endpoint.paused_at = endpoint.failing_since = endpoint.resting_until = None
    endpoint.told = ""
    return ["paused_at", "failing_since", "resting_until", "told"]


def new_secret(*, endpoint: WebhookEndpoint) -> str:
    """Another secret in place of the one before, which signs nothing from now on."""
    endpoint.secret_salt = secrets.token_hex(16)
    endpoint.save(update_fields=["secret_salt"])
    return secret_of(endpoint.secret_salt)


def try_out(*, endpoint: WebhookEndpoint) -> WebhookDelivery:
    """Queues a message that says nothing, to see that the endpoint takes it."""
    now = timezone.now()
    event = {"id": f"ping:{now.timestamp():.0f}", "type": "ping", "at": now.isoformat(), "data": {}}
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(resting_until=None)
    return WebhookDelivery.objects.create(endpoint=endpoint, events=[event])


def send_again(*, delivery: WebhookDelivery) -> None:
    """Queues a message once more, with the same events under the same names."""
    now = timezone.now()
    WebhookDelivery.objects.filter(pk=delivery.pk).update(
        state=DeliveryState.WAITING, due_at=now, first_tried_at=None, attempts=0, error="", status=None
    )
    WebhookEndpoint.objects.filter(pk=delivery.endpoint_id).update(resting_until=None)


def forget_old() -> int:
    """Removes messages older than thirty days; returns how many."""
    return WebhookDelivery.objects.filter(made_at__lt=timezone.now() - KEPT).delete()[0]
