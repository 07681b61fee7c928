"""The client list shows whom one may see, filtered, in order, page by page, in few queries."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from clients import listing
from clients.models import (
    AttentionConstraint,
    BehavioralTag,
    BehavioralTrigger,
    Client,
    ClientScore,
    ClientSummary,
    ComplexityDriver,
    Persona,
    Tier,
)
from clients.models.people import Group
from tests.factories import ClientFactory, UserFactory

# session, user, groups, firm, words with saved filters, page, count
QUERIES = 7


def names(response: Any) -> list[str]:
    return re.findall(r'<a class="row-link" href="/clients/\d+/">([^<]+)</a>', response.content.decode())


def test_it_shows_an_advisor_the_clients_of_their_teams_alone(signed_in, okafor, advisor, teammate, outsider):
    for person, expected in (
        (advisor, ["Okafor household"]),
        (teammate, ["Okafor household"]),
        (outsider, []),
    ):
        assert names(signed_in(person).get("/clients/")) == expected


@pytest.mark.parametrize("group", [Group.OPERATIONS, Group.COMPLIANCE, Group.ADMINISTRATOR])
def test_it_shows_everyone_to_those_who_see_the_firm(signed_in, okafor, group):
    assert names(signed_in(UserFactory(groups=[group])).get("/clients/")) == ["Okafor household"]


def test_it_shows_active_clients_until_another_status_is_asked_for(signed_in, operations):
    ClientFactory(name="Stays")
    ClientFactory(name="Left", status="former")
    browser = signed_in(operations)
    assert names(browser.get("/clients/")) == ["Stays"]
    assert names(browser.get("/clients/?status=former")) == ["Left"]
    assert names(browser.get("/clients/?status=any")) == ["Left", "Stays"]


def test_it_combines_filters_and_offers_to_remove_each(signed_in, operations):
    physician = Persona.objects.get(code="physician")
    match = ClientFactory(name="Match", persona=physician, permission="granted")
    ClientFactory(name="Other", persona=physician)
    BehavioralTag.objects.create(client=match, trigger=BehavioralTrigger.objects.get(code="avoidance"))
    response = signed_in(operations).get("/clients/?persona=physician&behavioral=avoidance&sort=-score")
    assert names(response) == ["Match"]
    chips = dict(response.context["chips"])
    assert chips["Persona: Physician"] == "behavioral=avoidance&sort=-score"
    assert chips["Behavioral trigger: Avoidance"] == "persona=physician&sort=-score"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("tier=A", ["In A"]),
        ("tier=none", ["Late", "Tagged"]),
        ("tier=A&tier=none", ["In A", "Late", "Tagged"]),
        ("late=1", ["Late"]),
        ("untagged=1", ["In A", "Late"]),
        ("complexity=variable_income", ["Tagged"]),
        ("attention=time_poverty", ["Tagged"]),
        ("attention=none", ["In A", "Late"]),
        ("permission=granted", ["Tagged"]),
        ("q=tAgG", ["Tagged"]),
        ("q=X-77", ["Tagged"]),
        ("q=100%25", []),
        ("advisor=none", ["In A", "Late", "Tagged"]),
        ("advisor=nobody", []),
        ("persona=unheard_of", ["In A", "Late", "Tagged"]),
    ],
)
def test_it_filters(signed_in, operations, query, expected):
    yesterday = localdate() - dt.timedelta(days=2)
    in_a, late = ClientFactory(name="In A"), ClientFactory(name="Late")
    ClientFactory(
        name="Tagged",
        external_id="X-77",
        permission="granted",
        complexity_driver=ComplexityDriver.objects.get(code="variable_income"),
        attention_constraint=AttentionConstraint.objects.get(code="time_poverty"),
    )
    ClientSummary.objects.filter(client=in_a).update(tier=Tier.objects.get(code="A"), tier_position=1)
    ClientSummary.objects.filter(client=late).update(late_after=yesterday)
    assert names(signed_in(operations).get(f"/clients/?{query}")) == expected


@pytest.fixture
def many(db: Any) -> list[Client]:
    """123 clients, a third of them without score, tier, touch or due date; many values tie."""
    clients = Client.objects.bulk_create(
        ClientFactory.build(name=f"N{n % 40:02d}", external_id=f"E{n}") for n in range(123)
    )
    tiers = list(Tier.objects.all())
    for n, summary in enumerate(ClientSummary.objects.order_by("client_id")):
        if n % 3:
            ClientScore.objects.filter(client=summary.client_id).update(score=(n * 37) % 50)
            summary.tier = tiers[n % 3]
            summary.tier_position = n % 3 + 1
            summary.last_touch_on = summary.next_due_on = dt.date(2026, 1, 1) + dt.timedelta(days=n % 17)
            summary.save()
    return clients


@pytest.mark.parametrize("column", ["name", "tier", "score", "touch", "due"])
@pytest.mark.parametrize("direction", ["", "-"])
def test_it_pages_forward_and_back_through_everyone_once_with_empty_values_last(
    signed_in, operations, many, column, direction
):
    browser = signed_in(operations)
    pages, url = [], f"/clients/?sort={direction}{column}"
    response = browser.get(url)
    while True:
        pages.append([row["id"] for row in response.context["rows"]])
        after = response.context["page"].next
        if not after:
            break
        response = browser.get(f"{url}&after={after}")
    seen = [id for page in pages for id in page]
    assert [len(page) for page in pages] == [50, 50, 23]
    assert sorted(seen) == sorted(client.pk for client in many)
    if column == "score":
        scores = dict(ClientScore.objects.values_list("client_id", "score"))
        filled = [scores[id] for id in seen if scores[id] is not None]
        assert [scores[id] for id in seen[len(filled) :]] == [None] * 41
        assert filled == sorted(filled, reverse=direction == "-")
    back = []
    while response.context["page"].previous:
        response = browser.get(f"{url}&before={response.context['page'].previous}")
        back.insert(0, [row["id"] for row in response.context["rows"]])
    assert back == pages[:-1]


def test_in_a_large_firm_it_counts_less_far_and_shows_the_same(signed_in, operations, many, monkeypatch):
    """By whether the match is found first or the order's index is walked the rows do not differ."""
    browser = signed_in(operations)
    addresses = [f"/clients/?sort={way}{column}" for way in ("", "-") for column in listing.ORDERS]
    found_first = [[row["id"] for row in browser.get(url).context["rows"]] for url in addresses]
    monkeypatch.setattr(listing, "LARGE", -1)
    monkeypatch.setattr(listing, "CAP_OF_LARGE", 60)
    pages = [browser.get(url) for url in addresses]
    assert [[row["id"] for row in page.context["rows"]] for page in pages] == found_first
    assert "60+ clients" in pages[0].content.decode()
    assert "60+ clients" not in browser.get("/clients/?q=N01").content.decode()


@pytest.mark.parametrize("sort", ["name", "-score", "due"])
def test_a_search_shows_the_same_whether_it_finds_few_or_many(signed_in, operations, many, sort, monkeypatch):
    """Few are found once for their count and the page; many are searched for once more, in order."""
    browser = signed_in(operations)

    def pages(way="next", of="after", place=""):
        shown = []
        while True:
            page = browser.get(f"/clients/?q=n&sort={sort}{place}").context["page"]
            shown.append([row["id"] for row in page.rows])
            if not getattr(page, way):
                return shown if way == "previous" else shown + pages("previous", "before", place)
            place = f"&{of}={getattr(page, way)}"

    there_and_back = pages()
    found = there_and_back[: len(there_and_back) // 2]
    assert there_and_back == found + found[::-1]
    assert sorted(id for page in found for id in page) == sorted(client.pk for client in many)
    assert len(found) > 1
    monkeypatch.setattr(listing, "COUNT_CAP", 60)
    assert pages() == there_and_back
    text = browser.get("/clients/?q=n").content.decode()
    assert "60+ clients" in text


def test_it_keeps_filters_and_order_from_page_to_page(signed_in, operations, many):
    response = signed_in(operations).get("/clients/?sort=-score&q=N")
    text = response.content.decode()
    assert "?sort=-score&amp;q=N&amp;after=" in text
    assert response.context["columns"]["name"]["query"] == "q=N&sort=name"
    assert response.context["columns"]["score"]["query"] == "q=N&sort=score"


@pytest.mark.parametrize(
    "query",
    [
        "after=rubbish",
        "before=%00",
        "sort=password",
        "after=WzEsMl0",
        "sort=score&after=WyJ4IiwgMV0",
        "q=%00",
    ],
)
def test_it_shows_the_first_page_for_an_address_that_makes_no_sense(signed_in, operations, many, query):
    assert signed_in(operations).get(f"/clients/?{query}").status_code == 200


@pytest.mark.parametrize(
    "query", ["", "?sort=-score", "?sort=due&tier=A&late=1&persona=physician&q=N", "?status=any&untagged=1"]
)
def test_it_takes_few_queries_however_many_clients(signed_in, operations, many, query):
    browser = signed_in(operations)
    browser.get("/clients/")
    with CaptureQueriesContext(connection) as queries:
        browser.get(f"/clients/{query}")
    expected = QUERIES - 1 if "q=" in query or "untagged" in query else QUERIES  # found and counted at once
    assert len(queries) == expected, "\n".join(each["sql"] for each in queries)


def test_it_saves_a_filter_under_a_name_for_its_person(signed_in, operations, advisor, okafor):
    browser = signed_in(operations)
    response = browser.post("/clients/saved/", {"name": "Physicians", "query": "persona=physician"})
    assert response.url == "/clients/?persona=physician"
    assert ("Physicians", "persona=physician") in [
        each[:2] for each in browser.get("/clients/").context["saved"]
    ]
    assert signed_in(advisor).get("/clients/").context["saved"] == []
    saved = operations.saved_filters.get()
    assert signed_in(advisor).post(f"/clients/saved/{saved.pk}/delete/").status_code == 404
    browser.post(f"/clients/saved/{saved.pk}/delete/")
    assert not operations.saved_filters.exists()


def test_it_shows_the_columns_that_its_person_chose_until_they_choose_others(
    signed_in, operations, advisor, okafor
):
    everything = ["Complexity", "Persona", "Advisor", "Last touch", "Next due"]

    def headings(person):
        page = signed_in(person).get("/clients/").content.decode()
        heads = page.split("<thead>")[1].split("</thead>")[0]
        found = [name for name in everything if name in heads]
        row = page.split("<tbody>")[1].split("</tbody>")[0]
        assert row.count("<td") + row.count("<th") == heads.count("<th")
        return found

    assert headings(operations) == everything
    chosen = {"column": ["persona", "next_due", "name", "password"], "back": "/clients/?tier=A"}
    assert signed_in(operations).post("/clients/columns/", chosen).url == "/clients/?tier=A"
    assert headings(operations) == ["Persona", "Next due"]
    assert headings(advisor) == [name for name in everything if name != "Advisor"]
    signed_in(operations).post("/clients/columns/", {})
    assert headings(operations) == []
    chosen = {"column": ["complexity_driver", "persona", "advisor", "last_touch", "next_due"]}
    signed_in(operations).post("/clients/columns/", chosen)
    assert headings(operations) == everything
    chosen["column"] += ["behavioral_trigger", "attention_constraint", "income_structure"]
    signed_in(advisor).post("/clients/columns/", chosen)
    assert headings(advisor) == everything
