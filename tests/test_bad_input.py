"""Whatever a person or a script sends, the answer says what is wrong; none is a server error."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.handlers.wsgi import WSGIRequest
from django.http import QueryDict
from django.test import Client as Browser
from django.urls import NoReverseMatch, reverse

from clients.forms import ClientForm
from clients.models import BulkChange, Client, Job, Member, SavedFilter, ServiceRole, TeamMember
from personas.models import MapRow
from servicing.models import ClientRequest, ServiceKind, ServiceTask, Transition
from tests.factories import ClientFactory, UserFactory
from tests.servicing.reviews import begun_review
from tests.test_permissions import DAY, NAMES, TABLE
from tiers.models import Policy
from tiers.policies import clone_policy

pytestmark = pytest.mark.thorough

NUL = "a\x00b"
HUGE = "9" * 25
LONG = "ü" * 20_000
GARBAGE = ["", "zzz", "-1", HUGE, "1e400", "NaN", NUL, "'\"><script>", "٣", "1_0", "2026-02-30", "0001-01-01"]
# Names that some address reads, from the query or the form.
QUERY = [
    "sort",
    "after",
    "before",
    "q",
    "tier",
    "status",
    "persona",
    "advisor",
    "untagged",
    "late",
    "page",
    "kind",
    "from",
    "to",
    "task",
    "step",
    "back",
    "state",
    "reason",
    "list",
    "shown",
    "client",
    "filters",
    "at",
    "on",
    "with",
    "do",
    "rule",
    "touch",
    "new_touch",
    "rows",
    "made_by",
    "seen",
]
POSITIONS = ["WzEsMV0", "!!!", "bnVsbA", "W10", "WyJhIiwgMV0", "2026-01-01_x", "9999-12-31_-1", "_", HUGE]
PLACE_VALUES = [None, "", "-1", HUGE, "nan", "1_0", "1e999", "2026-W01-1", "٣", NUL, [], {}, True, 1.5]
PLACE_IDS = [-1, 10**30, "1", None, 1.5, "1_0", float("inf")]
SORTS = ["name", "-tier", "score", "touch", "-due", "evil"]
WORDS = ("code", "field", "tab", "step", "uid", "token")  # parts of an address that are no number
OWN_PAGES = [name for name in NAMES if ":" in name and not name.startswith("admin:")]


@pytest.fixture
def subjects(db: Any) -> dict[str, Any]:
    """Things with numbers that the addresses are about."""
    me = UserFactory(username="ops", groups=["operations", "administrator"])
    client = ClientFactory(lead=me, permission="granted")
    ClientFactory.create_batch(2)
    TeamMember.objects.create(client=client, role=ServiceRole.objects.get(code="associate"), user=me)
    task = ServiceTask.objects.create(
        client=client, title="Call", due_on=DAY, window_start=DAY, window_end=DAY, assigned_to=me
    )
    pks = {
        "client": client.pk,
        "member": Member.objects.create(client=client, name="Ada").pk,
        "saved_filter": SavedFilter.objects.create(user=me, name="Mine", query="").pk,
        "bulk_change": BulkChange.objects.create(field="persona", created_by=me).pk,
        "person": UserFactory().pk,
        "task": task.pk,
        "rated": ServiceTask.objects.create(
            client=client,
            kind=ServiceKind.objects.order_by("pk")[0],
            status="done",
            due_on=DAY,
            window_start=DAY,
            window_end=DAY,
        ).pk,
        "request": ClientRequest.objects.create(client=client, text="May we call?", task=task).pk,
        "transition": Transition.objects.create(client=client, opened_on=DAY, due_on=DAY).pk,
        "review": begun_review(me).pk,
        "map_row": MapRow.objects.earliest("pk").pk,
        "job": Job.objects.create(task="t", title="A job", requested_by=me).pk,
        "invitation_uid": "MQ",
        "invitation_token": "unknown",
    }
    return {"me": me, **pks}


@pytest.fixture
def browser(subjects: dict[str, Any]) -> Browser:
    browser = Browser(raise_request_exception=False)
    browser.force_login(subjects["me"], backend="django.contrib.auth.backends.ModelBackend")
    return browser


ABOUT_A_DRAFT = {
    f"tiers:{name}"
    for name in ("policy", "compare", "studio", "simulate", "publish", "withdraw", "discard", "copy_policy")
}


def address(name: str, subjects: dict[str, Any]) -> str:
    _method, kwargs, _statuses = TABLE[name]
    if name in ABOUT_A_DRAFT:
        shipped = Policy.objects.order_by("version")[0]
        kwargs = {"pk": (Policy.objects.filter(status="draft").first() or clone_policy(policy=shipped)).pk}
    return reverse(name, kwargs={key: subjects.get(value, value) for key, value in kwargs.items()})


def assert_answered(response: Any, sent: Any) -> None:
    assert response.status_code < 500, (response.status_code, sent)
    if hasattr(response, "streaming_content"):
        b"".join(response.streaming_content)


class ReadQuery(QueryDict):
    """A query that knows whether anybody looked into it."""

    looked_into = False

    def __getitem__(self, key: str) -> Any:
        ReadQuery.looked_into = True
        return super().__getitem__(key)

    def getlist(self, key: str, default: Any = None) -> Any:
        ReadQuery.looked_into = True
        return super().getlist(key, default)

    def lists(self) -> Any:
        ReadQuery.looked_into = True
        return super().lists()

    def urlencode(self, safe: str | None = None) -> str:
        ReadQuery.looked_into = True
        return super().urlencode(safe)


@pytest.fixture
def looked_into(monkeypatch):
    """Says whether the page that was asked for last looked into its query."""
    query = property(lambda request: ReadQuery(request.environ.get("QUERY_STRING", ""), encoding="utf-8"))
    monkeypatch.setattr(WSGIRequest, "GET", query)

    def last_one() -> bool:
        looked, ReadQuery.looked_into = ReadQuery.looked_into, False
        return looked

    last_one()
    return last_one


@pytest.mark.parametrize("name", OWN_PAGES)
def test_it_answers_any_query(name, browser, subjects, looked_into):
    url = address(name, subjects)
    for value in GARBAGE:
        query = dict.fromkeys(QUERY, value)
        assert_answered(browser.get(url, query), (url, query))
        if not looked_into():
            return  # whatever the query says, the answer is the same
    for key in ("before", "after"):
        assert_answered(browser.get(url, {key: LONG}), (url, key))


@pytest.mark.parametrize("name", OWN_PAGES)
def test_it_answers_any_form(name, browser, subjects):
    """Every other value comes by htmx: of one page these, of the next those."""
    url = address(name, subjects)
    page = browser.get(url)
    form = page.context.get("form") if page.context else None
    fields = {
        *(form.fields if form is not None else ()),
        *QUERY,
        "value",
        "change",
        "client",
        "all",
        "filter",
    }
    fields |= {"sure", "advisor", "name", "query", "format", "column-0", "partial", "file", "minutes", "note"}
    for number, value in enumerate([*GARBAGE, LONG], start=OWN_PAGES.index(name)):
        headers = {"HX-Request": "true"} if number % 2 else {}
        sent = (url, value[:30], headers)
        assert_answered(browser.post(url, dict.fromkeys(fields, value), headers=headers), sent)
    for headers in ({}, {"HX-Request": "true"}):
        assert_answered(browser.post(url, {}, headers=headers), (url, "nothing"))
        undecodable = browser.post(url, b"\xff\xfe\x00{", content_type="application/json", headers=headers)
        assert_answered(undecodable, (url, "json"))


@pytest.mark.parametrize("name", [name for name in OWN_PAGES if TABLE[name][1]])
def test_it_answers_any_number(name, browser):
    words = {key: value for key, value in TABLE[name][1].items() if key in WORDS}
    for number in (0, 2**31, 2**63, int("9" * 30)):
        kwargs = {key: words.get(key, number) for key in TABLE[name][1]}
        try:
            url = reverse(name, kwargs=kwargs)
        except NoReverseMatch:
            continue
        for method in (browser.get, browser.post):
            response = method(url)
            assert_answered(response, url)


@pytest.mark.parametrize("sort", SORTS)
def test_it_answers_any_place_in_the_list(sort, browser, subjects):
    places = [[value, 1] for value in PLACE_VALUES] + [
        [value, id] for value in (None, "1") for id in PLACE_IDS
    ]
    encoded = [base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=") for place in places]
    for place in [*encoded, *POSITIONS]:
        for key in ("after", "before"):
            query = {"sort": sort, key: place}
            assert_answered(browser.get("/clients/", query), query)


@pytest.mark.parametrize("name", ["x.csv", "x.xlsx"])
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00",
        b"PK\x03\x04 no archive",
        b"\xff\xfe\x00",
        b"external_id,name\n\x00,a\n",
        b"external_id\x00,name\nA,a\n",
    ],
)
def test_it_answers_any_file(name, data, browser):
    for kind in ("clients", "revenue", "touches", "zzz"):
        upload = SimpleUploadedFile(name, data)
        response = browser.post("/clients/import/", {"kind": kind, "file": upload}, follow=True)
        assert_answered(response, (name, data, kind))


def test_it_says_in_words_that_a_form_is_stale(subjects):
    response = Browser(enforce_csrf_checks=True).post("/accounts/login/", {"login": "ops"})
    assert response.status_code == 403
    assert "This page was open too long" in response.content.decode()


def test_it_says_in_words_that_a_host_is_unknown(db, client, settings):
    settings.ALLOWED_HOSTS = ["firm.example"]
    response = client.get("/", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert "This cannot be understood" in response.content.decode()


def test_it_keeps_a_forged_selection_to_the_own_clients(browser, subjects):
    theirs = ClientFactory()
    advisor = UserFactory(groups=["advisor"])
    mine = ClientFactory(lead=advisor)
    door = Browser()
    door.force_login(advisor, backend="django.contrib.auth.backends.ModelBackend")
    persona = Client._meta.get_field("persona").related_model.objects.get(code="physician")
    for data in ({"all": "1", "filter": ""}, {"client": [str(theirs.pk), str(mine.pk)]}):
        door.post(reverse("clients:bulk"), {"change": f"persona:{persona.pk}", **data})
    theirs.refresh_from_db()
    mine.refresh_from_db()
    assert (theirs.persona, mine.persona) == (None, persona)


def test_it_says_that_a_client_number_was_taken_since(browser, subjects, monkeypatch):
    """As a double click finds it: both forms are checked before either is stored."""
    monkeypatch.setattr(ClientForm, "validate_unique", lambda form: None)
    here = ClientFactory()
    sent = {"name": "Twin", "external_id": here.external_id, "status": "active"}
    for url in ("/clients/new/", f"/clients/{subjects['client']}/edit/"):
        response = browser.post(url, sent)
        assert response.status_code == 422
        assert "added a moment ago" in response.content.decode()
    assert not Client.objects.filter(name="Twin").exists()


@pytest.mark.parametrize(
    ("country", "part", "status"), [("ZZ", "", 422), ("US", "QQ", 422), ("us", "NY", 302)]
)
def test_it_takes_a_country_whose_holidays_are_known(country, part, status, browser):
    sent = {"name": "Harbor", "time_zone": "America/New_York", "country": country, "currency": "USD"}
    assert browser.post("/welcome/", {**sent, "subdivision": part}).status_code == status
