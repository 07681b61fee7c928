"""What the pages of the life of data show."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse

from clients.firm import firm_today
from clients.models import LegalHold
from servicing.models import AccessRequest, AccessState, AnonymisingBatch, AnonymisingRow, BatchState
from servicing.retention import short_lived

PAGE = 50
CLOSED_SHOWN = 50


def batches() -> QuerySet[AnonymisingBatch]:
    people = AnonymisingBatch.objects.select_related("reviewed_by", "approved_by", "job")
    return people.order_by("-id")


def rows_of(batch: AnonymisingBatch, after: str) -> list[AnonymisingRow]:
    """A page of a list and one row more, the longest over first; `after`: due date and id of the last one."""
    rows = batch.rows.select_related("client", "excluded_by").order_by("due_on", "id")
    day, _between, number = after.partition("~")
    if number.isdecimal() and len(number) < 19 and len(day) == 10:
        with suppress(ValidationError):
            rows = rows.filter(Q(due_on__gt=day) | Q(due_on=day, id__gt=int(number)))
    return list(rows[: PAGE + 1])


def numbers_of(batch: AnonymisingBatch) -> dict[str, int]:
    """How many of a list are anonymised (`total`), lose fields alone (`of_fields`), stay (`left_out`)."""
    stays, alone = Q(excluded_at__isnull=False), ~Q(fields=[])
    return batch.rows.aggregate(
        total=Count("pk", filter=~stays & ~alone),
        of_fields=Count("pk", filter=~stays & alone),
        left_out=Count("pk", filter=stays),
    )


def going_alone() -> list[tuple[int, str]]:
    """The fields that go before the client does: after how many months, and which."""
    found: dict[int, list[str]] = {}
    for field in short_lived.short_lived():
        found.setdefault(field.months, []).append(str(field.field.label))
    return [(months, "; ".join(labels)) for months, labels in sorted(found.items())]


def place_of(row: AnonymisingRow) -> str:
    return f"{row.due_on.isoformat()}~{row.pk}"


def holds(*, standing: bool) -> QuerySet[LegalHold]:
    found = LegalHold.objects.filter(released_at__isnull=standing)
    return found.select_related("client", "placed_by", "released_by").order_by(
        F("client").asc(nulls_first=True) if standing else "-released_at", "-id"
    )


def open_requests() -> list[AccessRequest]:
    """The open ones, the most urgent first; `late` and `days` say how they stand."""
    today = firm_today()
    found = list(
        AccessRequest.objects.filter(state=AccessState.OPEN).select_related("client").order_by("due_on", "id")
    )
    for request in found:
        request.late = (today - request.due_on).days  # type: ignore[attr-defined]
    return found


def closed_requests() -> list[AccessRequest]:
    closed = AccessRequest.objects.exclude(state=AccessState.OPEN).select_related("client", "closed_by")
    return list(closed.order_by("-closed_on", "-id")[:CLOSED_SHOWN])


def address(batch: int) -> str:
    return reverse("servicing:anonymising", args=[batch])


def address_of(name: str) -> str:
    return reverse(f"servicing:{name}")


def waiting() -> dict[str, Any]:
    """What waits for somebody: numbers for the head of the pages."""
    today = firm_today()
    open_ones = AccessRequest.objects.filter(state=AccessState.OPEN)
    return {
        "lists": AnonymisingBatch.objects.filter(
            state__in=[BatchState.PROPOSED, BatchState.REVIEWED]
        ).count(),
        "holds": LegalHold.objects.filter(released_at=None).count(),
        "requests": open_ones.count(),
        "late": open_ones.filter(due_on__lt=today).count(),
    }
