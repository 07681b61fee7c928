"""What cannot be kept is refused with its reason: by form, file and command, and by the database too."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from clients.commands import Refused
from clients.models import Client, Firm, Touch, TouchKind
from clients.services_facts import log_touch
from servicing.models import Absence, ServiceItem
from tests.clients.files import run, write
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


def test_a_holiday_calendar_that_does_not_exist(client, db):
    boss = UserFactory(groups=["administrator"], is_staff=True)
    client.force_login(boss)
    address = reverse("admin:clients_firm_change", args=[1])
    form = client.get(address).context["adminform"].form
    sent = {name: form.initial.get(name) or "" for name in form.fields}
    for wrong, field in (({"country": "ZZ"}, "country"), ({"subdivision": "QQ"}, "subdivision")):
        page = client.post(address, sent | wrong)
        assert page.context["adminform"].form.errors[field]
    Firm.objects.update(country="ZZ")  # by a script
    with pytest.raises(Refused, match="Public holidays of this country are not known"):
        call_command("plan_service", as_of=dt.date(2026, 3, 2))


def test_a_touch_of_tomorrow(client, db, tmp_path):
    boss = UserFactory(groups=["operations"])
    record = Client.objects.create(external_id="N1", name="Okafor")
    tomorrow = (timezone.now() + dt.timedelta(days=2)).date().isoformat()
    sent = {"client": record.external_id, "kind": TouchKind.objects.get(code="call").pk, "on": tomorrow}
    client.force_login(boss)
    for address in (reverse("servicing:new_touch"), reverse("servicing:log_touch", args=[record.pk])):
        page = client.post(address, sent)
        assert (page.status_code, "future" in page.content.decode()) == (422, True), address
    code, result = run("touches", write(tmp_path, f"external_id,occurred_at,kind\nN1,{tomorrow},call\n"))
    assert (code, result["errors"][0]["message"]) == (1, "A touch cannot lie in the future.")
    assert not Touch.objects.exists()
    with pytest.raises(ValidationError, match="future"):
        log_touch(
            client=record,
            kind=TouchKind.objects.get(code="call"),
            occurred_at=timezone.now() + dt.timedelta(days=1),
            by=None,
        )
