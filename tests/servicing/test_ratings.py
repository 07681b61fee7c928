"""Ratings: one for each delivered service, noted by a person or given once by a link."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
import time_machine
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.firm import firm_today
from clients.models import Tier
from clients.register.entries import end_entry
from clients.register.statement import statement_of
from servicing.book import merging
from servicing.book.splitting import Parts, split
from servicing.models import Rating, RatingLink, ServiceKind, ServiceTask
from servicing.ratings import services
from servicing.ratings.reading import ratings_behind, valued
from servicing.ratings.services import Rated, RatingRefused
from tests.factories import ClientFactory

pytestmark = pytest.mark.django_db


def delivered(client, *, kind="review_meeting", tier="A", on=None, status="done", **more):
    on = on or firm_today()
    return ServiceTask.objects.create(
        client=client,
        kind=ServiceKind.objects.get(code=kind),
        tier=Tier.objects.get(code=tier) if tier else None,
        due_on=on,
        window_start=on,
        window_end=on,
        status=status,
        completed_on=on if status == "done" else None,
        closed_at=timezone.now() if status == "done" else None,
        **more,
    )


@pytest.fixture
def task(people):
    return delivered(ClientFactory(lead=people["ann"], name="Okafor household"))


def rate_page(task):
    return reverse("servicing:rate", args=[task.pk])


def answer_page(task, by):
    return reverse("servicing:rating_answer", args=[services.make_link(task=task, by=by)])


# --- By a person ------------------------------------------------------------------------------------------


def test_it_is_asked_with_what_closes_a_task_and_stays_when_that_is_undone(signed_in, people):
    task = delivered(ClientFactory(lead=people["ann"]), status="planned", assigned_to=people["ann"])
    ann, page = signed_in("ann"), reverse("servicing:work", args=[task.pk, "done"])
    assert "Client&#x27;s rating" in ann.get(page).content.decode()
    day = firm_today().isoformat()
    sent = {"outcome": "delivered", "kind": ServiceTask.objects.none(), "on": day, "minutes": 30}
    sent["kind"] = str(ann.get(page).context["form"].fields["kind"].queryset[0].pk)
    ann.post(page, sent | {"rating": "5"})
    rating = Rating.objects.get(task=task)
    assert (rating.value, rating.noted_by, rating.rated_on) == (5, people["ann"], firm_today())
    assert valued(first=firm_today(), last=firm_today()).all.rated == 1

    ServiceTask.objects.filter(pk=task.pk).update(status="planned", completed_on=None, closed_at=None)
    assert valued(first=firm_today(), last=firm_today()).all is None
    assert '<option value="5" selected>' in ann.get(page).content.decode()
    ann.post(page, sent | {"rating": "4"})
    assert Rating.objects.get(task=task).value == 4


def test_a_task_closes_without_a_rating_and_what_is_no_service_is_not_asked_about(signed_in, people):
    ann = signed_in("ann")
    plain = delivered(ClientFactory(lead=people["ann"]), status="planned", assigned_to=people["ann"])
    ServiceTask.objects.filter(pk=plain.pk).update(kind=None, title="Call the bank")
    page = ann.get(reverse("servicing:work", args=[plain.pk, "done"])).content.decode()
    assert 'name="rating"' not in page
    assert ann.get(rate_page(plain)).status_code == 404
    declined = delivered(ClientFactory(lead=people["ann"]), status="declined")
    assert "Only a service that was delivered" in ann.get(rate_page(declined)).content.decode()
    assert ann.post(rate_page(declined), {"rating": "3"}).status_code == 409
    assert not Rating.objects.exists()


def test_its_page_refuses_what_is_no_rating_and_keeps_the_comment(signed_in, task):
    ann = signed_in("ann")
    for wrong in ("", "0", "6", "4.5", "good"):
        answer = ann.post(rate_page(task), {"rating": wrong, "rating_comment": "Very clear"})
        assert answer.status_code == 422
        assert "Choose a number from 1 to 5." in answer.content.decode()
        assert "Very clear" in answer.content.decode()
    assert not Rating.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Rating.objects.create(client=task.client, task=task, value=6)
    ann.post(rate_page(task), {"rating": "4", "rating_comment": "Very clear"})
    ann.post(rate_page(task), {"rating": "2", "rating_comment": "Too long"})  # corrected
    rating = Rating.objects.get(task=task)
    assert (rating.value, rating.comment) == (2, "Too long")
    panel = ann.get(reverse("servicing:task", args=[task.pk])).content.decode()
    assert "2 of 5" in panel
    assert "Too long" in panel


# --- By a link --------------------------------------------------------------------------------------------


def test_a_link_takes_one_answer_and_tells_nothing_of_the_client(task, people):
    ServiceTask.objects.filter(pk=task.pk).update(title="Review with Mrs Okafor")  # as somebody called it
    page, browser = answer_page(task, people["ann"]), Browser()
    opened = browser.get(page)
    assert opened["X-Robots-Tag"] == "noindex, nofollow"
    assert "Review meeting" in opened.content.decode()
    assert "Okafor" not in opened.content.decode()
    assert browser.post(page, {"rating": ""}).status_code == 422
    assert browser.post(page, {"rating": "5", "rating_comment": "Thank you"}, follow=True).status_code == 200
    rating = Rating.objects.get(task=task)
    assert (rating.value, rating.comment, rating.noted_by) == (5, "Thank you", None)
    assert "Thank you" in browser.get(page).content.decode()
    browser.post(page, {"rating": "1"})
    rating.refresh_from_db()
    assert rating.value == 5
    with pytest.raises(RatingRefused, match="rated already"):
        services.make_link(task=task, by=people["ann"])


def test_a_link_ends_with_its_time_with_a_newer_one_and_with_the_task_that_is_opened_again(task, people):
    first, second = answer_page(task, people["ann"]), answer_page(task, people["ann"])
    assert Browser().get(first).status_code == 404
    assert Browser().get(second).status_code == 200
    with time_machine.travel(timezone.now() + dt.timedelta(days=services.DAYS, seconds=1), tick=False):
        assert Browser().get(second).status_code == 410
        assert Browser().post(second, {"rating": "3"}).status_code == 410
    ServiceTask.objects.filter(pk=task.pk).update(status="planned", completed_on=None, closed_at=None)
    assert Browser().get(second).status_code == 410
    assert Browser().post(second, {"rating": "3"}).status_code == 410
    assert not Rating.objects.exists()


def test_it_is_opened_so_often_a_minute_and_no_more(task, people, monkeypatch):
    cache.clear()
    monkeypatch.setattr("clients.limits.A_MINUTE", 3)
    page, browser = answer_page(task, people["ann"]), Browser()
    with time_machine.travel(timezone.now().replace(second=5), tick=False):
        assert [browser.get(page).status_code for _each in range(4)] == [200, 200, 200, 429]
        assert browser.post(page, {"rating": "5"}).status_code == 429
    assert not Rating.objects.exists()


def test_its_secret_is_stored_nowhere(task, people):
    token = services.make_link(task=task, by=people["ann"])
    assert token not in RatingLink.objects.get(task=task).token_hash
    assert services.link_of(token).task == task
    assert services.link_of(token[:-1] + ("a" if token[-1] != "a" else "b")) is None


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_is_stored(people):
    task = delivered(ClientFactory(lead=people["ann"]))
    link = services.link_of(services.make_link(task=task, by=people["ann"]))
    said = []

    def answer(value):
        try:
            services.rate_by_link(link=link, rated=Rated(value))
            said.append("stored")
        except RatingRefused:
            said.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=answer, args=[value]) for value in (1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["refused", "stored"]
    assert Rating.objects.count() == 1


# --- Across the firm --------------------------------------------------------------------------------------


def test_every_figure_of_the_firm_is_the_number_of_ratings_behind_it(signed_in, people):
    today = firm_today()
    told = [("review_meeting", "A", 5), ("review_meeting", "A", 2), ("review_meeting", "B", 4),
            ("check_in", "B", 1), ("check_in", None, 3), ("check_in", "B", None)]  # fmt: skip
    for kind, tier, value in told:
        task = delivered(ClientFactory(lead=people["ann"]), kind=kind, tier=tier)
        if value:
            services.rate(task=task, rated=Rated(value), by=people["ann"])
    old = delivered(ClientFactory(lead=people["ann"]), on=today - dt.timedelta(days=800))
    services.rate(task=old, rated=Rated(1), by=people["ann"])

    first = today - dt.timedelta(days=300)
    found = valued(first=first, last=today)
    assert (found.all.delivered, found.all.rated, found.all.low, found.all.mean) == (6, 5, 2, 3.0)
    for service, tiers in found.services:
        for line in [service, *tiers]:
            for value, count in zip(range(1, 6), line.counts, strict=True):
                chosen = {"service": line.service, "tier": line.tier, "value": str(value)}
                rows, number = ratings_behind(first=first, last=today, chosen=chosen, limit=50)
                assert len(rows) == number == count, chosen
    by_label = {service.label: [tier.tier for tier in tiers] for service, tiers in found.services}
    assert sorted(map(tuple, by_label.values())) == [("A", "B"), ("B", "none")]

    olga = signed_in("olga")
    page = olga.get(reverse("servicing:ratings")).content.decode()
    assert "3.0" in page
    assert "check_in,none,1,1,3.00" in olga.get(reverse("servicing:ratings_file")).content.decode()
    listed = olga.get(reverse("servicing:ratings_list") + "?low=1&tier=A").content.decode()
    assert "1 rating" in listed
    nothing = olga.get(reverse("servicing:ratings_list") + "?value=nine&service=%00")
    assert "No service was rated so." in nothing.content.decode()


# --- The record -------------------------------------------------------------------------------------------


def test_it_stands_on_the_clients_statement_and_goes_where_the_client_goes(task, people):
    services.rate(task=task, rated=Rated(4, "Clear"), by=people["ann"])
    said = [
        held.value
        for _group, fields in statement_of(task.client).groups
        for field in fields
        for held in field.values
        if field.field.code in ("rating", "rating_comment")
    ]
    assert [words.split(", on ")[0] for words in said] == ["4", "Clear"]
    kept = ClientFactory(lead=people["ann"])
    merging.merge(kept=kept.pk, gone=task.client_id, take=(), by=people["olga"])
    assert Rating.objects.get(task=task).client == kept
    parts = Parts(name="Apart", external_id="APART", tasks_since=task.due_on)
    made = split(client=kept.pk, parts=parts, by=people["olga"], reason="They parted")
    assert Rating.objects.get(task=task).client == made


def test_what_the_field_register_ended_is_neither_asked_for_nor_shown(signed_in, task, people):
    page = answer_page(task, people["ann"])
    services.rate(task=task, rated=Rated(4, "Clear"), by=people["ann"])
    for code in ("rating", "rating_comment"):
        end_entry(code=code)
    assert Browser().get(page).status_code == 410
    ann = signed_in("ann")
    assert ann.get(rate_page(task)).status_code == 404
    assert "4 of 5" not in ann.get(reverse("servicing:task", args=[task.pk])).content.decode()
    assert valued(first=firm_today(), last=firm_today()).all is None
    listed = ratings_behind(first=firm_today(), last=firm_today(), chosen={}, limit=5)
    assert listed == ([], 0)
