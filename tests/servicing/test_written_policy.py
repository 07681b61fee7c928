"""The written policy: what is in force, in words; kept by version, and never changed afterwards."""

from __future__ import annotations

import json

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.commands import Refused
from clients.firm import firm_today
from servicing.models import ServiceItem, StandingPromise, WrittenPolicy
from servicing.templatetags.written import beside, figures
from servicing.written import services
from servicing.written.content import changes, content, lines_of
from tests.factories import ClientFactory, UserFactory
from tests.tiers.test_fees import schedule

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def olga(client):
    person = UserFactory(groups=["operations"])
    client.force_login(person, backend=BACKEND)
    return person


def text_of(found) -> dict[str, str]:
    return {section["code"]: "\n".join(lines_of(section)) for section in found}


def test_it_says_all_that_is_in_force_and_names_no_client():
    ClientFactory(name="Okafor household", lead=UserFactory(first_name="Ann"))
    schedule(least=1500)
    said = text_of(content(firm_today()))
    assert "not every client in the same way" in said["purpose"]
    assert "remaining clients" in said["tiers"]
    assert "50 % of the weights" in said["tiers"]
    assert "Revenue · Revenue of the last twelve months · 30 %" in said["factors"]
    assert "Review meeting · every 3 months" in said["standards"]
    assert "At least $1,500 a year" in said["fees"]
    assert "Lighter digital service" in said["transitions"]
    assert "only with the client's permission" in said["register"]
    assert "Okafor" not in json.dumps(content(firm_today()))
    item = ServiceItem.objects.filter(steps__isnull=False).first()
    assert item is None or item.steps.all()[0].text in said["standards"]


def test_a_kept_version_reads_the_same_whatever_changes_and_the_next_says_what_changed(client, olga):
    first = services.keep_version(by=olga, reason="Signed off")
    with pytest.raises(Refused, match="Nothing has changed since version 1"):
        services.keep_version(by=olga, reason="Again")
    promise = StandingPromise.objects.order_by("pk")[0]
    old, promise.text = promise.text, "We answer within one business day."
    promise.save()
    (found,) = changes(first.content, content(firm_today()))
    assert (found["gone"], found["new"]) == ([old], ["We answer within one business day."])
    kept = client.get(reverse("servicing:policy_version", args=[1])).content.decode()
    assert "We answer within one business day." not in kept
    assert "Signed off" in kept

    page = reverse("servicing:keep_policy")
    assert client.post(page, {"reason": " "}).status_code == 422
    answer = client.post(page, {"reason": "Faster answers"}, follow=True).content.decode()
    assert "version 2" in answer
    assert "Why: Faster answers" in answer
    assert old in answer
    today = client.get(reverse("servicing:written_policy")).content.decode()
    assert "Nothing has changed." in today
    assert client.get(reverse("servicing:policy_version", args=[3])).status_code == 404


def test_the_database_refuses_to_change_or_delete_a_version(olga):
    kept = services.keep_version(by=olga, reason="Signed off")
    for change in (lambda: WrittenPolicy.objects.update(reason="Other"), kept.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    with connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():
        cursor.execute("UPDATE servicing_writtenpolicy SET number = 7")
    assert WrittenPolicy.objects.get().reason == "Signed off"


def test_the_purpose_is_the_firms_own_and_the_page_takes_few_queries(client, olga):
    client.post(reverse("servicing:policy_purpose"), {"text": "We choose.\n\nAnd we say why."})
    page = reverse("servicing:written_policy")
    with CaptureQueriesContext(connection) as queries:
        shown = client.get(page).content.decode()
    assert "<p>We choose.</p>" in shown
    assert len(queries) <= 40
    empty = client.post(reverse("servicing:policy_purpose"), {"text": ""})
    assert empty.status_code == 422


def test_columns_of_numbers_are_told_from_words():
    rows = [
        ["Revenue", "40 %", "30 + 10", "$1,250.00"],
        ["Growth", "–", "45", "$0"],
        ["2 of 5", "5 %", "", "–"],
    ]
    assert figures(rows) == [False, True, True, True]
    assert figures([["–"], [""]]) == [False]
    assert beside(["Revenue", "40 %"], [False, True]) == [("Revenue", False), ("40 %", True)]
