"""An opt-out holds at once, in every record of the address, for one client and for many, for everyone."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib import admin
from django.utils import timezone

from clients.contact import OptOutRefused, closed_channels, lift, may_contact, may_contact_sql, opt_out
from clients.models import ChannelOptOut, Client, ContactChannel, Member, ServiceRole
from clients.models.client import ClientStatus
from servicing.book import merging, parting, splitting
from servicing.models import ServiceTask
from servicing.retention.anonymising import anonymise
from tests.factories import ClientFactory

pytestmark = pytest.mark.django_db
EMAIL, PHONE, SMS, POST = (ContactChannel(each) for each in ("email", "phone", "sms", "post"))


@pytest.fixture
def ada(okafor: Client) -> Member:
    okafor.email, okafor.phone = "Both@Example.com ", "+1 (212) 555-0100"
    okafor.save(update_fields=["email", "phone"])
    return Member.objects.create(client=okafor, name="Ada", email="ada@example.com", phone="212 555 0199")


def reachable(channel: ContactChannel) -> set[int]:
    return set(Client.objects.may_be_contacted(channel).values_list("pk", flat=True))


def test_an_opt_out_of_the_household_holds_for_everyone_in_it_and_that_channel_alone(okafor, ada, advisor):
    opt_out(client=okafor, channels=[EMAIL], how="phone", by=advisor)
    assert not may_contact(okafor, EMAIL)
    assert not may_contact(okafor, EMAIL, member=ada)
    assert may_contact(okafor, PHONE)
    assert closed_channels(okafor.pk) == [EMAIL]
    assert okafor.pk not in reachable(EMAIL)
    assert okafor.pk in reachable(POST)


def test_one_of_a_person_holds_for_that_person(okafor, ada, advisor):
    ben = Member.objects.create(client=okafor, name="Ben", email="ben@example.com")
    opt_out(client=okafor, member=ada, channels=[EMAIL, PHONE, POST], how="letter", by=advisor)
    assert [may_contact(okafor, each, member=ada) for each in (EMAIL, PHONE, POST, SMS)] == [
        False,
        False,
        False,
        True,
    ]
    assert all(may_contact(okafor, each, member=ben) for each in ContactChannel)
    assert closed_channels(okafor.pk) == []


@pytest.mark.parametrize(
    ("channel", "same", "others"),
    [
        (EMAIL, {"email": "both@example.COM"}, {"email": "other@example.com"}),
        (PHONE, {"phone": "2125550100"}, {"phone": "212-555-0101"}),
    ],
)
def test_it_holds_for_the_same_address_in_another_record(okafor, ada, advisor, channel, same, others):
    twin, other, bare = ClientFactory(**same), ClientFactory(**others), ClientFactory()
    opt_out(client=okafor, channels=[channel], how="reply", by=None)
    assert not may_contact(twin, channel)
    assert may_contact(other, channel)
    assert may_contact(bare, channel)  # an empty address is not the same as another empty one
    assert reachable(channel) == {other.pk, bare.pk}


def test_nobody_sets_it_aside_and_only_the_client_ends_it(signed_in, okafor, ada, administrator, advisor):
    (held,) = opt_out(client=okafor, channels=[EMAIL], how="link", by=None)
    assert ChannelOptOut not in admin.site._registry
    browser = signed_in(administrator)
    url = f"/clients/{okafor.pk}/contact/{held.pk}/lift/"
    assert browser.post(url, {"how": "phone", "note": ""}).status_code == 422  # what did the client say?
    assert not may_contact(okafor, EMAIL)
    browser.post(url, {"how": "phone", "note": "Asked for the newsletter again"})
    assert may_contact(okafor, EMAIL)
    held.refresh_from_db()
    assert (held.lifted_by, held.lifted_note) == (administrator, "Asked for the newsletter again")
    with pytest.raises(OptOutRefused):
        lift(opt_out=held, how="phone", by=administrator)
    opt_out(client=okafor, channels=[EMAIL], how="reply", by=None)
    assert not may_contact(okafor, EMAIL)
    assert ChannelOptOut.objects.count() == 2


def test_it_is_recorded_on_the_page_with_the_moment_it_was_said(signed_in, okafor, ada, advisor):
    browser = signed_in(advisor)
    url = f"/clients/{okafor.pk}/contact/"
    form = {"channels": ["email", "sms"], "since": "2026-01-05T09:30", "how": "phone", "note": "To Ann"}
    assert browser.post(url, {**form, "since": "2999-01-01T00:00"}).status_code == 422
    assert browser.post(url, {**form, "channels": []}).status_code == 422
    assert not ChannelOptOut.objects.exists()
    browser.post(url, form)
    browser.post(url, {**form, "since": "2026-01-04T09:30", "channels": ["email"]})  # said even earlier
    rows = {row.channel: row for row in ChannelOptOut.objects.all()}
    assert timezone.localtime(rows["email"].since).day == 4
    assert rows["sms"].recorded_by == advisor
    page = browser.get(f"/clients/{okafor.pk}/").content.decode()
    assert 'href="mailto:' not in page
    assert 'href="tel:' in page
    assert "opted out of e-mail" in page.lower()
    assert "no e-mail" in browser.get(f"/clients/{okafor.pk}/people/").content.decode()
    assert "Channel opt-out" in browser.get(f"/clients/{okafor.pk}/history/").content.decode()


def test_bad_moments_people_and_channels_are_refused(okafor, ada, advisor):
    ahead = timezone.now() + dt.timedelta(hours=1)
    with pytest.raises(OptOutRefused):
        opt_out(client=okafor, channels=[EMAIL], how="phone", by=advisor, since=ahead)
    with pytest.raises(OptOutRefused):
        opt_out(client=ClientFactory(), member=ada, channels=[EMAIL], how="phone", by=advisor)
    for wrong in ("pigeon", "email' OR 1=1 --"):
        with pytest.raises(ValueError, match="is not a valid"):
            may_contact_sql(wrong)
    assert not may_contact(9_999_999, EMAIL)


def test_it_outlasts_a_merge_its_parting_and_a_split(okafor, ada, advisor, operations):
    twin = ClientFactory(status=ClientStatus.ACTIVE)
    same = Member.objects.create(client=twin, name="ada", email="ada@work.example")
    opt_out(client=twin, channels=[SMS], how="phone", by=advisor)
    opt_out(client=okafor, channels=[SMS, POST], how="phone", by=advisor)
    opt_out(client=twin, member=same, channels=[PHONE], how="phone", by=advisor)
    merged = merging.merge(kept=okafor.pk, gone=twin.pk, take=(), by=operations)
    assert closed_channels(okafor.pk) == [SMS, POST]
    assert not may_contact(okafor, PHONE, member=ada)  # ada is one person now
    parting.part(merge=merged, by=operations)
    assert closed_channels(twin.pk) == [SMS]
    assert not may_contact(twin, PHONE, member=same)
    assert may_contact(okafor, PHONE, member=ada)
    Member.objects.create(client=okafor, name="Ben")
    parts = splitting.Parts(name="Ada alone", external_id="NEW-1", members=[ada.pk])
    made = splitting.split(client=okafor.pk, parts=parts, by=operations, reason="moved out")
    assert closed_channels(made.pk) == [SMS, POST]


def test_it_outlasts_the_person_who_leaves_the_household(signed_in, okafor, ada, advisor):
    """It was said of an address: of the one then and of the one now, wherever it is on record."""
    opt_out(client=okafor, member=ada, channels=[EMAIL, PHONE], how="phone", by=advisor)
    Member.objects.filter(pk=ada.pk).update(email="ada@new.example")
    then, now = ClientFactory(email="ada@example.com"), ClientFactory(email="Ada@new.example")
    assert may_contact(now, EMAIL)
    browser = signed_in(advisor)
    said = browser.post(f"/clients/{okafor.pk}/people/{ada.pk}/remove/", follow=True).content.decode()
    assert "still holds" in said
    back = Member.objects.create(client=okafor, name="Ada", phone="(212) 555-0199")
    assert [may_contact(each, EMAIL) for each in (then, now, okafor)] == [False, False, True]
    assert not may_contact(okafor, PHONE, member=back)
    page = browser.get(f"/clients/{okafor.pk}/contact/").content.decode()
    assert page.count("a person no longer of the household") == 3
    held = ChannelOptOut.objects.filter(channel=EMAIL).first()
    browser.post(f"/clients/{okafor.pk}/contact/{held.pk}/lift/", {"how": "phone", "note": "Asked to"})
    assert [may_contact(each, EMAIL) for each in (then, now)] == [True, True]
    assert not may_contact(okafor, PHONE, member=back)


def test_of_two_records_that_become_one_both_addresses_stay_closed(okafor, ada, advisor, operations):
    twin = ClientFactory(status=ClientStatus.ACTIVE, email="other@example.com")
    third = ClientFactory(email="other@example.com")
    for each in (okafor, twin):
        opt_out(client=each, channels=[EMAIL], how="phone", by=advisor)
    merged = merging.merge(kept=okafor.pk, gone=twin.pk, take=(), by=operations)
    assert [may_contact(each, EMAIL) for each in (okafor, third)] == [False, False]
    parting.part(merge=merged, by=operations)
    assert [may_contact(each, EMAIL) for each in (okafor, twin, third)] == [False, False, False]


def test_of_an_anonymised_client_it_holds_on_for_addresses_that_other_records_have(
    signed_in, okafor, ada, advisor, operations
):
    opt_out(client=okafor, channels=[EMAIL, SMS, POST], how="phone", by=advisor, note="Ring Okafor no more")
    opt_out(client=okafor, member=ada, channels=[EMAIL], how="phone", by=advisor)
    shop = ClientFactory(email="both@example.com")
    Member.objects.create(client=shop, name="Ben", email="ben@example.com")
    sister = Member.objects.create(client=ClientFactory(), name="Eve", email="ADA@example.com")
    anonymise([okafor.pk])
    assert set(ChannelOptOut.objects.values_list("client", "channel", "address", "note")) == {
        (shop.pk, "email", "both@example.com", ""),
        (sister.client_id, "email", "ada@example.com", ""),
    }
    assert not may_contact(shop, EMAIL)
    assert may_contact(shop, EMAIL, member=shop.members.get())
    assert not may_contact(sister.client, EMAIL, member=sister)
    page = signed_in(operations).get(f"/clients/{shop.pk}/contact/").content.decode()
    assert "somebody with this address · both@example.com" in page


def test_the_task_panel_and_today_say_what_is_closed(signed_in, okafor, ada, advisor):
    today = timezone.localdate()
    window = {"due_on": today, "window_start": today, "window_end": today}
    role = ServiceRole.objects.get(code="lead_advisor")
    task = ServiceTask.objects.create(
        client=okafor, title="Ring them", channel="phone", assigned_to=advisor, role=role, **window
    )
    browser = signed_in(advisor)
    pages = ("/", f"/tasks/{task.pk}/")
    assert all("no phone" not in browser.get(page, follow=True).content.decode() for page in pages)
    opt_out(client=okafor, channels=[PHONE], how="phone", by=advisor)
    for page in pages:
        assert "no phone" in browser.get(page, follow=True).content.decode(), page
