"""Topics of bulk messages: who is spared a message because its topic is noise to them."""

from __future__ import annotations

from django.db.models import Count

from clients.querysets import ClientQuerySet
from personas.models.mapping import Topic


def interested(clients: ClientQuerySet, topic: Topic | None) -> ClientQuerySet:
    """Of `clients` those whose persona wants to hear of `topic`; all of them where there is no topic.

    A client without a persona hears of everything. To be spared a message needs no permission.
    """
    if topic is None:
        return clients
    noise = topic.noise_for.through.objects.filter(topic=topic).values("persona")
    return clients.exclude(persona__isnull=False, persona__in=noise)


def spared(clients: ClientQuerySet, topic: Topic) -> dict[str, int]:
    """How many of `clients` are spared the topic, by the label of their persona."""
    kept = clients.filter(persona__in=topic.noise_for.all()).order_by()
    rows = kept.values_list("persona__label").annotate(number=Count("pk")).order_by("persona__position")
    return dict(rows)
