"""What no form, import or script can store: the database refuses it whatever path it takes."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from clients.models import Client, TouchKind
from clients.services_facts import log_touch
from servicing.models import Absence, ServiceItem
from tests.factories import UserFactory

DAY = dt.date(2026, 3, 2)


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"duration_minutes": 0}, "servicing_item_takes_time"),
        ({"interval_months": 5}, "servicing_item_interval"),
        ({"interval_months": 12, "allowed_months": [0]}, "servicing_item_months"),
        ({"interval_months": 12, "allowed_months": [10, 13]}, "servicing_item_months"),
        ({"interval_months": 1, "allowed_months": [10, 11]}, "servicing_item_months_hold_interval"),
        ({"interval_months": 3, "allowed_months": [1, 4, 7]}, "servicing_item_months_hold_interval"),
        ({"interval_months": 6, "allowed_months": [10, 11]}, "servicing_item_months_hold_interval"),
    ],
)
def test_an_item_that_cannot_be_kept(db, values, rule):
    item = ServiceItem.objects.filter(standard__tier__code="A", kind__code="review_meeting")
    with pytest.raises(IntegrityError, match=rf'"{rule}"'), transaction.atomic():
        item.update(**values)


@pytest.mark.parametrize(
    ("interval", "months"), [(3, [1, 4, 7, 10]), (6, [4, 5, 10, 11]), (12, [10]), (24, [2, 3]), (1, [])]
)
def test_an_item_that_can(db, interval, months):
    item = ServiceItem.objects.filter(standard__tier__code="A", kind__code="review_meeting")
    assert item.update(interval_months=interval, allowed_months=months) == 1


def test_an_absence_that_ends_before_it_starts_or_overlaps_or_has_its_own_person_as_stand_in(db):
    ann = UserFactory()
    Absence.objects.create(user=ann, first_on=DAY, last_on=DAY)
    for more in (
        {"first_on": DAY.replace(day=9), "last_on": DAY.replace(day=8)},
        {"first_on": DAY.replace(day=1), "last_on": DAY},
        {"first_on": DAY.replace(day=20), "last_on": DAY.replace(day=21), "stand_in": ann},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Absence.objects.create(user=ann, **more)


def test_a_touch_of_tomorrow(db):
    client = Client.objects.create(external_id="N1", name="Okafor")
    with pytest.raises(ValidationError, match="future"):
        log_touch(
            client=client,
            kind=TouchKind.objects.get(code="call"),
            occurred_at=timezone.now() + dt.timedelta(days=1),
            by=None,
        )
