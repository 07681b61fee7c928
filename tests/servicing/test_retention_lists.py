"""From the night's list to a number: who is on it, who decides, what a worker that dies leaves behind."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser
from django.urls import reverse

from clients.commands import Refused
from clients.firm import firm_today
from clients.jobs import untold
from clients.models import (
    Anonymised,
    Client,
    ClientStatus,
    Departure,
    FieldEntry,
    Job,
    Member,
    Notice,
    Touch,
    TouchKind,
)
from servicing.models import AnonymisingBatch, AnonymisingRow, RetentionPeriod, RetentionSettings
from servicing.retention import periods, services
from servicing.tasks import anonymise, keep_data
from tests.factories import ClientFactory, UserFactory

pytestmark = pytest.mark.django_db
LEFT = dt.date(2015, 6, 1)


def gone(left_on=LEFT, **facts):
    client = ClientFactory(status=ClientStatus.FORMER, **facts)
    Departure.objects.filter(client=client).update(left_on=left_on)
    return client


def touched(client, on):
    return Touch.objects.create(
        client=client,
        kind=TouchKind.objects.get(code="call"),
        occurred_at=dt.datetime.combine(on, dt.time(15), tzinfo=dt.UTC),
        occurred_on=on,
        outcome="reached",
        role_id=1,
        note="Talked about the move.",
    )


@pytest.fixture
def keepers(db):
    return UserFactory(groups=["compliance"]), UserFactory(groups=["administrator"])


def test_a_period_ends_with_the_fiscal_year_and_never_before_the_register_says_so(keepers):
    RetentionSettings.objects.filter(pk=1).update(fiscal_year_ends=3)
    FieldEntry.objects.update(retention_months=12)
    client = gone(dt.date(2016, 4, 1))  # in the fiscal year that ends in March 2017
    assert periods.due_of(client.pk).due_on == dt.date(2022, 4, 1)
    FieldEntry.objects.filter(field="name").update(retention_months=96)
    assert periods.due_of(client.pk).due_on == dt.date(2024, 4, 1)
    touched(client, dt.date(2019, 3, 31))
    assert periods.due_of(client.pk).due_on == dt.date(2024, 4, 1)
    touched(client, dt.date(2019, 4, 1))
    assert periods.due_of(client.pk).due_on == dt.date(2025, 4, 1)
    assert periods.due_of(ClientFactory().pk) is None


def test_nobody_sets_a_period_below_what_the_law_asks(keepers):
    period = RetentionPeriod.objects.get(kind="messages")
    with pytest.raises(IntegrityError), transaction.atomic():
        RetentionPeriod.objects.filter(pk=period.pk).update(years=4)
    period.years = 4
    with pytest.raises(ValidationError, match="law asks"):
        period.full_clean()
    browser = Browser()
    browser.force_login(keepers[1])
    values = {each.kind: each.years for each in RetentionPeriod.objects.all()}
    values |= {"fiscal_year_ends": 12, "second_person": "on", "answer_within_days": 30}
    address = reverse("servicing:change_periods")
    response = browser.post(address, values | {"messages": 4})
    assert response.status_code == 422
    assert "at least 5 years" in response.content.decode()
    assert browser.post(address, values | {"messages": 7}).status_code == 302
    assert "5 → 7" in browser.get(reverse("servicing:retention_periods")).content.decode()


def test_the_night_lists_who_is_due_once_and_leaves_out_whom_it_must(keepers):
    assert services.propose() == 0
    due, held, asked, excluded = gone(), gone(), gone(), gone()
    gone(firm_today() - dt.timedelta(days=400))
    touched(gone(), firm_today() - dt.timedelta(days=400))
    back = gone()
    Client.objects.filter(pk=back.pk).update(status="active")
    services.place_hold(client=held, reason="A complaint", by=keepers[0])
    assert services.propose() == 3
    batch = AnonymisingBatch.objects.get()
    assert set(batch.rows.values_list("client", flat=True)) == {due.pk, asked.pk, excluded.pk}
    assert Notice.objects.filter(user=keepers[0], key=f"anonymising-{batch.pk}").exists()
    services.exclude(row=batch.rows.get(client=excluded), by=keepers[0], why="Talks about coming back")
    services.drop(batch=batch)
    assert services.propose() == 2  # not the one that was kept for a year
    late = gone()
    assert services.propose() == 1  # joins the list that nobody looked through yet
    assert AnonymisingRow.objects.get(client=late).batch_id == AnonymisingBatch.objects.latest("pk").pk
    keep_data()
    assert AnonymisingBatch.objects.count() == 2


def test_looking_for_nobody_costs_an_index(db):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT client_id FROM clients_departure WHERE left_on <= '2020-01-01' ORDER BY left_on"
        )
        assert "clients_departure_by_day" in str(cursor.fetchall())


def test_two_people_decide_and_a_worker_that_dies_loses_nothing(keepers, monkeypatch):
    one, two = keepers
    clients = [gone(name=f"Okafor {number}") for number in range(5)]
    Member.objects.create(client=clients[0], name="Ada Okafor")
    services.propose()
    batch = AnonymisingBatch.objects.get()
    with pytest.raises(Refused, match="look through"):
        services.approve(batch=batch, by=two)
    services.review(batch=batch, by=one)
    with pytest.raises(Refused, match="second person"):
        services.approve(batch=batch, by=one)
    job = services.approve(batch=batch, by=two)
    with pytest.raises(Refused, match="closed"):
        services.exclude(row=batch.rows.first(), by=one, why="Too late")
    # between the approval and the work one comes back, one is held
    Client.objects.filter(pk=clients[3].pk).update(status="active")
    services.place_hold(client=clients[4], reason="A complaint", by=one)
    monkeypatch.setattr(services, "STEP", 2)
    steps = iter([None, RuntimeError("killed")])
    real = services.anonymise

    def dying(ids):
        if error := next(steps, None):
            raise error
        return real(ids)

    monkeypatch.setattr(services, "anonymise", dying)
    batch.refresh_from_db()
    with pytest.raises(RuntimeError):
        services.run(batch=batch, report=untold)
    assert Anonymised.objects.count() == 2  # the first step is kept
    assert AnonymisingBatch.objects.get().state == "approved"
    anonymise(job.pk, batch.pk)
    anonymise(job.pk, batch.pk)  # the message comes twice
    batch.refresh_from_db()
    assert (batch.state, batch.counts) == ("done", {"anonymised": 3, "held": 1, "not_due": 1})
    assert Job.objects.get(pk=job.pk).state == "done"
    assert not Member.objects.filter(client=clients[0]).exists()
    assert Client.objects.get(pk=clients[4].pk).name == "Okafor 4"
    assert services.carry_on_all() == 0


def test_the_pages_lead_through_it_and_advisors_see_nothing_of_holds(signed_in, people, keepers):
    client = gone(name="Okafor household", lead=people["ann"])
    browser = signed_in("carl")
    services.propose()
    batch = AnonymisingBatch.objects.get()
    page = reverse("servicing:anonymising", args=[batch.pk])
    row = batch.rows.get()
    keep = reverse("servicing:anonymising_exclude", args=[batch.pk, row.pk])
    assert browser.post(keep, {"why": ""}).status_code == 422
    browser.post(keep, {"why": "Talks about coming back"})
    assert "Talks about coming back" in browser.get(page).content.decode()
    browser.post(reverse("servicing:anonymising_include", args=[batch.pk, row.pk]))
    browser.post(reverse("servicing:anonymising_reviewed", args=[batch.pk]))
    browser.post(reverse("servicing:anonymising_approve", args=[batch.pk]), follow=True)
    batch.refresh_from_db()
    assert batch.state == "reviewed"  # it was the same person
    assert browser.get(f"{page}?after=2020-99-99~1").status_code == 200
    browser.post(
        reverse("servicing:new_hold"), {"client": client.external_id, "reason": "Letter of a lawyer"}
    )
    detail, history = client.get_absolute_url(), reverse("clients:tab", args=[client.pk, "history"])
    assert "Letter of a lawyer" in browser.get(detail).content.decode()
    ann = signed_in("ann")
    for address in (detail, history):
        text = ann.get(address).content.decode()
        assert "Letter of a lawyer" not in text
        assert "Keeping data" not in text
    touch = touched(client, dt.date(2015, 5, 1))
    refused = ann.post(reverse("servicing:remove_touch", args=[client.pk, touch.pk]))
    assert refused.status_code == 409
    assert "legal hold" in refused.content.decode()
    assert Touch.objects.filter(pk=touch.pk).exists()
    hold, browser = client.holds.get(), signed_in("carl")
    browser.post(reverse("servicing:release_hold", args=[hold.pk]), {"why": "Settled"})
    assert "Settled" in browser.get(reverse("servicing:holds")).content.decode()
    browser.post(reverse("servicing:departure", args=[client.pk]), {"left_on": "2014-01-02"})
    assert Departure.objects.get(client=client).left_on == dt.date(2014, 1, 2)
    assert not batch.rows.exists()  # it is listed anew by the right day
