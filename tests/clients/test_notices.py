"""Notices: told once, to those who want them, until they have seen them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients import notices
from clients.access import standing_of
from clients.models import Firm, Notice, User
from clients.notices import Tell
from tests.factories import UserFactory

DAY = dt.timedelta(days=1)


@pytest.fixture
def ann(db: None) -> User:
    return UserFactory(username="ann", groups=["advisor"])


@pytest.fixture
def browser(ann: User) -> Browser:
    browser = Browser()
    browser.force_login(ann, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def told(person: User, key: str, *, text: str = "Something happened.", url: str = "/tasks/") -> Tell:
    return Tell(person.pk, text, url, key)


def test_the_same_is_told_once_unless_it_happened_again(ann):
    assert notices.tell([told(ann, "a"), told(ann, "a"), told(ann, "b")]) == 2
    assert notices.tell([told(ann, "a")]) == 0
    notices.mark_seen(notices=Notice.objects.filter(key="a"))
    assert notices.tell([told(ann, "a", text="It happened again.")], again=True) == 1
    again = Notice.objects.get(key="a")
    assert (again.text, again.seen_at) == ("It happened again.", None)


def test_none_is_made_for_who_does_not_want_them_or_has_left(ann):
    quiet, gone = UserFactory(wants_notices=False), UserFactory(is_active=False)
    assert notices.tell([told(quiet, "a"), told(gone, "a"), told(ann, "a")]) == 1
    assert list(Notice.objects.values_list("user", flat=True)) == [ann.pk]


def test_a_text_that_is_too_long_is_cut_and_not_refused(ann):
    notices.tell([told(ann, "a", text="x" * 900)])
    assert Notice.objects.get().text == "x" * 299 + "…"


def test_what_is_no_longer_so_is_taken_back_from_those_who_have_not_seen_it(ann):
    bob = UserFactory()
    notices.tell([told(ann, "a"), told(bob, "a"), told(bob, "b")])
    notices.mark_seen(notices=Notice.objects.filter(user=ann))
    assert notices.take_back("a", "of nobody") == 1
    assert set(Notice.objects.values_list("user", "key")) == {(ann.pk, "a"), (bob.pk, "b")}


def test_the_bell_counts_what_is_new_in_one_light_query(ann, browser):
    notices.tell(told(ann, str(number)) for number in range(3))
    notices.tell([told(UserFactory(), "of somebody else")])
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page = browser.get(reverse("clients:list")).content.decode()
    asked = [query["sql"] for query in queries if "clients_notice" in query["sql"]]
    assert len(asked) == 1
    assert '<span class="nav-count">3<' in page
    browser.post(reverse("clients:see_notices"))
    assert "nav-count" not in browser.get(reverse("clients:list")).content.decode()


def test_above_ninety_nine_it_stops_counting(ann, browser):
    notices.tell(told(ann, str(number)) for number in range(120))
    assert standing_of(ann).unseen_notices == 100
    assert "99+" in browser.get(reverse("clients:notices")).content.decode()


def test_each_leads_to_its_page_and_was_seen_with_that(ann, browser):
    notices.tell([told(ann, "a", url="/tasks/?status=late"), told(ann, "b")])
    one = Notice.objects.get(key="a")
    answer = browser.get(reverse("clients:open_notice", args=[one.pk]))
    assert (answer.status_code, answer.url) == (302, "/tasks/?status=late")
    assert set(Notice.objects.filter(seen_at=None).values_list("key", flat=True)) == {"b"}


def test_it_leads_nowhere_outside(ann, browser):
    notices.tell([told(ann, "a", url="https://elsewhere.example/")])
    answer = browser.get(reverse("clients:open_notice", args=[Notice.objects.get().pk]))
    assert answer.url == reverse("clients:notices")


def test_one_or_all_are_marked_and_nobody_elses(ann, browser):
    bob = UserFactory()
    notices.tell([told(ann, "a"), told(ann, "b"), told(bob, "a")])
    url = reverse("clients:see_notices")
    theirs = Notice.objects.get(user=bob)
    browser.post(url, {"notice": theirs.pk})
    browser.post(url, {"notice": "all of them"})
    assert Notice.objects.filter(seen_at=None).count() == 3
    browser.post(url, {"notice": Notice.objects.get(user=ann, key="a").pk})
    assert set(Notice.objects.filter(seen_at=None).values_list("user", "key")) == {
        (ann.pk, "b"),
        (bob.pk, "a"),
    }
    browser.post(url)
    assert list(Notice.objects.filter(seen_at=None)) == [theirs]
    assert browser.get(reverse("clients:open_notice", args=[theirs.pk])).status_code == 404


def test_what_was_seen_long_ago_goes_and_what_nobody_saw_stays_a_year(ann):
    notices.tell([told(ann, "old"), told(ann, "recent"), told(ann, "unseen"), told(ann, "never")])
    now = timezone.now()
    Notice.objects.update(created_at=now - 364 * DAY)
    Notice.objects.filter(key="never").update(created_at=now - 366 * DAY)
    Notice.objects.filter(key="old").update(seen_at=now - 91 * DAY)
    Notice.objects.filter(key="recent").update(seen_at=now - 89 * DAY)
    assert notices.forget_old() == 2
    assert set(Notice.objects.values_list("key", flat=True)) == {"recent", "unseen"}


def test_the_firms_troubles_are_told_operations_or_administrators_where_there_are_none(db):
    admin = UserFactory(groups=["administrator"])
    assert notices.operations() == [admin.pk]
    olga = UserFactory(groups=["operations"])
    UserFactory(groups=["operations"], is_active=False)
    assert notices.operations() == [olga.pk]


def test_an_office_that_closes_before_it_opens_is_refused_in_admin(db):
    browser = Browser()
    browser.force_login(
        UserFactory(groups=["administrator"]), backend="django.contrib.auth.backends.ModelBackend"
    )
    url = reverse("admin:clients_firm_change", args=[Firm.objects.get_or_create(pk=1)[0].pk])
    sent = {
        "time_zone": "America/New_York",
        "country": "US",
        "currency": "USD",
        "opens_at": "09:00",
        "closes_at": "08:00",
        "digest_hour": "6",
        "escalate_after_days": "3",
    }
    assert "must open before it closes" in browser.post(url, sent).content.decode()
    assert browser.post(url, sent | {"digest_hour": "24", "closes_at": "18:00"}).status_code == 200
    assert browser.post(url, sent | {"closes_at": "18:00"}).status_code == 302
    firm = Firm.objects.get()
    assert (firm.closes_at, firm.digest_hour, firm.escalate_after_days) == (dt.time(18), 6, 3)
