"""Signing in: a code from the phone, attempts that are counted, links that came by mail."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import mail
from django.test import Client as Browser

from clients.models import Firm, User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "harbor-and-pine-7"
NEW = "another-long-word-9"
LOGIN, CODE, RESET = "/accounts/login/", "/accounts/2fa/authenticate/", "/accounts/password/reset/"
APP = "/accounts/2fa/totp/activate/"
NOON = 1_772_000_010  # ten seconds into a code's half minute


@pytest.fixture
def ada() -> User:
    person = UserFactory(username="ada", email="ada@firm.example", groups=["advisor"])
    person.set_password(PASSWORD)
    person.save(update_fields=["password"])
    return person


def code(secret: str, after: int = 0) -> str:
    """What the app on the phone shows (RFC 6238, as RFC 4226 computes it)."""
    counter = struct.pack(">Q", (int(time.time()) + after) // 30)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    start = digest[-1] & 0x0F
    return f"{(int.from_bytes(digest[start : start + 4]) & 0x7FFFFFFF) % 1_000_000:06}"


def is_in(browser: Browser) -> bool:
    return browser.get("/").status_code == 200


def with_password(password: str = PASSWORD) -> Browser:
    browser = Browser()
    browser.post(LOGIN, {"login": "ada", "password": password})
    return browser


def switch_on(browser: Browser) -> str:
    """Sets up the app as its page says; returns the secret that the phone keeps."""
    page = browser.get(APP, follow=True)
    assert page.redirect_chain[0][0].startswith("/accounts/reauthenticate/")  # whoever sits there knows it
    page = browser.post(page.redirect_chain[0][0], {"password": PASSWORD}, follow=True)
    body = page.content.decode()
    assert 'src="data:image/svg+xml' in body
    secret = page.context["form"].secret
    assert secret in body
    assert browser.post(APP, {"code": "000000"}).status_code == 200
    assert browser.post(APP, {"code": code(secret)}).status_code == 302
    return str(secret)


# --- A code from the phone ------------------------------------------------------------------------------


def test_it_asks_for_a_code_once_the_app_is_set_up(ada):
    with time_machine.travel(NOON) as clock:
        secret = switch_on(with_password())
        clock.shift(60)
        browser = with_password()
        assert not is_in(browser)
        wrong = browser.post(CODE, {"code": "000000"})
        assert "Incorrect code" in wrong.content.decode()
        assert not is_in(browser)
        browser.post(CODE, {"code": code(secret)})
        assert is_in(browser)


def test_it_takes_no_code_twice_and_none_that_is_old(ada):
    with time_machine.travel(NOON) as clock:
        secret = switch_on(with_password())
        clock.shift(60)
        used = code(secret)
        with_password().post(CODE, {"code": used})
        again = with_password()
        again.post(CODE, {"code": used})
        assert not is_in(again)
        clock.shift(30)
        again.post(CODE, {"code": used})
        assert not is_in(again)


def test_a_recovery_code_opens_once(ada):
    with time_machine.travel(NOON):
        browser = with_password()
        switch_on(browser)
        shown = browser.get("/accounts/2fa/recovery-codes/").content.decode()
        one = re.search(r"<textarea[^>]*>\s*(\w+)", shown).group(1)
        first, second = with_password(), with_password()
        first.post(CODE, {"code": one})
        second.post(CODE, {"code": one})
        assert is_in(first)
        assert not is_in(second)


def test_guessing_codes_ends_after_five(ada):
    with time_machine.travel(NOON) as clock:
        secret = switch_on(with_password())
        clock.shift(60)
        browser = with_password()
        for guess in range(5):
            browser.post(CODE, {"code": f"00000{guess}"})
        refused = browser.post(CODE, {"code": code(secret)})
        assert "Too many" in refused.content.decode()
        assert not is_in(browser)
        clock.shift(301)
        browser = with_password()
        browser.post(CODE, {"code": code(secret)})
        assert is_in(browser)


# --- Attempts are counted -------------------------------------------------------------------------------


def test_guessing_passwords_ends_after_five(ada):
    for _attempt in range(5):
        with_password("wrong")
    assert not is_in(with_password())
    with time_machine.travel(time.time() + 301):
        assert is_in(with_password())


def test_it_counts_attempts_without_the_queue(ada, valkey):
    """A queue that is down keeps nobody from signing in."""
    with_password("wrong")
    assert is_in(with_password())
    assert valkey.dbsize() == 0


# --- A new password by mail -----------------------------------------------------------------------------


def words_of(page: Any) -> str:
    """The page without the token that protects its forms, which is another each time."""
    return re.sub(r'X-CSRFToken": "\w+"', "", page.content.decode())


def link_in(message: mail.EmailMessage) -> str:
    return re.search(r"https?://\S+/key/\S+", message.body).group(0)


def ask_for_link(address: str = "ada@firm.example") -> str:
    Browser().post(RESET, {"email": address})
    return urlsplit(link_in(mail.outbox[-1])).path


def choose(link: str) -> str:
    """The answer to somebody who opens the link and chooses a password."""
    browser = Browser()
    page = browser.get(link, follow=True)
    if page.context.get("token_fail"):
        return page.content.decode()
    where = page.redirect_chain[-1][0]
    browser.post(where, {"password1": NEW, "password2": NEW})
    return ""


def test_a_link_gives_a_new_password_once(ada):
    link = ask_for_link()
    assert choose(link) == ""
    assert is_in(with_password(NEW))
    assert not is_in(with_password())
    assert "no longer valid" in choose(link)


def test_a_link_ends_with_its_three_days(ada):
    link = ask_for_link()
    with time_machine.travel(time.time() + 3 * 86400 + 60):
        assert "no longer valid" in choose(link)


@pytest.mark.parametrize("link", [RESET + "key/1-unknown/", RESET + "key/zz-c0ffee-set/"])
def test_a_link_that_was_never_ours_gives_a_page_that_says_so(link):
    assert "no longer valid" in choose(link)


def test_it_does_not_tell_whose_address_is_known(ada):
    known, unknown = (
        Browser().post(RESET, {"email": address}, follow=True)
        for address in ("ada@firm.example", "stranger@firm.example")
    )
    assert known.redirect_chain == unknown.redirect_chain
    assert words_of(known) == words_of(unknown)
    told = mail.outbox[1]
    assert told.to == ["stranger@firm.example"]
    assert "nobody signs in with this address" in told.body
    assert "signup" not in told.body


def test_it_does_not_tell_either_when_the_mail_server_is_down(ada, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    for address in ("ada@firm.example", "stranger@firm.example"):
        assert Browser().post(RESET, {"email": address}).status_code == 302


def test_mails_speak_for_the_firm_and_lead_to_its_own_address(ada, settings):
    settings.PUBLIC_URL = "https://crm.firm.example"
    Firm.objects.update_or_create(pk=1, defaults={"name": "Harbor & Pine"})
    Browser().post(RESET, {"email": "ada@firm.example"})
    (message,) = mail.outbox
    assert message.subject == "A new password for Harbor & Pine"
    assert link_in(message).startswith("https://crm.firm.example/accounts/password/reset/key/")
    assert message.body.strip().endswith("Harbor & Pine")
    assert "username is ada" in message.body


def test_somebody_who_left_gets_no_link(ada):
    ada.is_active = False
    ada.save(update_fields=["is_active"])
    Browser().post(RESET, {"email": "ada@firm.example"})
    assert "/key/" not in mail.outbox[0].body


# --- Invitations ----------------------------------------------------------------------------------------


@pytest.fixture
def administrator(ada) -> Browser:
    browser = Browser()
    browser.force_login(
        UserFactory(groups=["administrator"]), backend="django.contrib.auth.backends.ModelBackend"
    )
    return browser


def invite(administrator: Browser) -> User:
    form = {"first_name": "Bo", "last_name": "Lind", "email": "bo@firm.example", "groups": ["advisor"]}
    administrator.post("/people/invite/", form)
    return User.objects.get(email="bo@firm.example")


def invitations() -> list[str]:
    return [re.search(r"//[^/]+(/invitation/\S+)", message.body).group(1) for message in mail.outbox]


@pytest.mark.django_db(transaction=True)
def test_an_invitation_ends_with_its_three_days(administrator):
    invite(administrator)
    (link,) = invitations()
    assert Browser().get(link).status_code == 200
    with time_machine.travel(time.time() + 3 * 86400 + 60):
        gone = Browser().get(link)
    assert gone.status_code == 410
    assert "no longer valid" in gone.content.decode()


@pytest.mark.django_db(transaction=True)
def test_of_two_invitations_the_first_used_ends_both(administrator):
    bo = invite(administrator)
    administrator.post(f"/people/{bo.pk}/resend/")
    for link in invitations():
        Browser().post(link, {"new_password1": NEW, "new_password2": NEW})
    assert [Browser().get(link).status_code for link in invitations()] == [410, 410]


@pytest.mark.django_db(transaction=True)
def test_an_invitation_to_another_address_is_void(administrator):
    bo = invite(administrator)
    form = {"first_name": "Bo", "last_name": "Lind", "email": "bo.lind@firm.example", "groups": ["advisor"]}
    administrator.post(f"/people/{bo.pk}/", form)
    assert [Browser().get(link).status_code for link in invitations()] == [410]


@pytest.mark.django_db(transaction=True)
def test_it_says_that_the_mail_server_did_not_take_an_invitation(administrator, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    bo = invite(administrator)
    assert "did not take the mail to bo@firm.example" in administrator.get("/people/").content.decode()
    again = administrator.post(f"/people/{bo.pk}/resend/", follow=True)
    assert "did not take the mail to bo@firm.example" in again.content.decode()
