"""The client promise: the standard in the client's words, with exceptions, and without what is ours alone."""

import datetime as dt

import pytest
from django.urls import reverse

from clients.firm import firm_today
from clients.models import Client, Firm
from servicing.models import CadenceOverride, ServiceItem, ServiceStandard, Waiver
from servicing.standards import promise, services

DAY = dt.timedelta(days=1)


@pytest.fixture
def client_id(firm):
    return firm.ref.clients[0]


def read(browser, client_id):
    return browser.get(reverse("servicing:client_promise", args=[client_id])).content.decode()


def sheet(page):
    """What is printed: the sheet without the page around it."""
    return page.partition('<article class="promise">')[2].partition("</article>")[0]


def test_a_tiers_promise_says_what_how_often_how_long_over_which_channel_and_with_whom(firm, signed_in):
    Firm.objects.update(name="Harbor & Pine")
    text = sheet(signed_in("ann").get(reverse("servicing:promise", args=["A"])).content.decode())
    assert "Harbor &amp; Pine" in text
    assert str(firm_today().year) in text
    assert "Every 3 months</strong>, about 60 minutes, in person, with your lead advisor." in text
    assert "Once a year, in October or November</strong>, about 45 minutes, by video" in text
    assert "an answer within 4 business hours" in text
    assert "Keep the dates that we agree" in text


def test_what_goes_out_by_itself_has_no_minutes(firm, signed_in):
    text = sheet(signed_in("ann").get(reverse("servicing:promise", args=["C"])).content.decode())
    assert "Every 3 months</strong>, sent to you by e-mail." in text


@pytest.mark.parametrize("tier", ["A", "B", "C"])
def test_nothing_of_ours_alone_is_on_it(firm, signed_in, tier):
    text = sheet(signed_in("ann").get(reverse("servicing:promise", args=[tier])).content.decode())
    item = ServiceItem.objects.filter(standard__tier__code=tier).first()
    assert "tier" not in text.lower()
    assert f"{item.standard.tier}" not in text
    for ours in [*item.to_prepare, *item.steps.values_list("text", flat=True)]:
        assert ours not in text


def test_a_clients_promise_names_its_people_and_the_next_months(firm, client_id, review, signed_in):
    text = sheet(read(signed_in("ann"), client_id))
    assert "with ann, your lead advisor" in text
    assert f"Next in {review.due_on:%B %Y}" in text
    assert "Whom to call" in text


def test_a_role_that_nobody_holds_falls_to_the_lead_advisor(firm, client_id):
    told = promise.of_client(Client.objects.get(pk=client_id), firm_today())
    tax = next(line for line in told.lines if line.service == "Tax coordination")
    assert "with ann, your lead advisor" in tax.how


def test_exceptions_are_said_as_agreed_and_their_reasons_stay_inside(firm, client_id, people, signed_in):
    today = firm_today()
    services.give_own_interval(
        cadence=CadenceOverride(
            client_id=client_id,
            kind=firm.kinds["review_meeting"],
            interval_months=6,
            reason="Hard to reach",
            starts_on=today,
        ),
        by=people["ann"],
    )
    Waiver.objects.create(
        client_id=client_id,
        kind=firm.kinds["estate_coordination"],
        reason="Quarrels with our attorney",
        starts_on=today,
        ends_on=today + 30 * DAY,
    )
    text = sheet(read(signed_in("ann"), client_id))
    assert "Every 6 months" in text
    assert "As agreed with you, in place of every 3 months." in text
    assert "What we leave out, as agreed with you" in text
    assert "<h3>Estate coordination" not in text
    assert "Hard to reach" not in text
    assert "Quarrels" not in text


def test_what_is_promised_no_longer_or_not_yet_is_left_out(firm, client_id, signed_in):
    today = firm_today()
    items = ServiceItem.objects.filter(standard__tier__code="A")
    items.filter(kind__code="tax_coordination").update(ended_on=today)
    items.filter(kind__code="estate_coordination").update(starts_on=today + DAY)
    text = sheet(read(signed_in("ann"), client_id))
    assert "Review meeting" in text
    assert "Tax coordination" not in text
    assert "Estate coordination" not in text


def test_a_client_without_a_tier_says_so(world, people, signed_in):
    world.users.update(people)
    client_id = world.client(team={"lead_advisor": "ann"})
    assert "Nothing is promised yet" in read(signed_in("ann"), client_id)


def test_the_first_tier_leads_and_unknown_tiers_are_not_found(firm, signed_in):
    browser = signed_in("ann")
    assert browser.get(reverse("servicing:promises")).url == reverse("servicing:promise", args=["A"])
    assert browser.get(reverse("servicing:promise", args=["Z"])).status_code == 404


def test_a_firm_without_standards_says_who_writes_them(db, people, signed_in):
    ServiceItem.objects.all().delete()
    ServiceStandard.objects.all().delete()
    page = signed_in("olga").get(reverse("servicing:promises")).content.decode()
    assert "An administrator writes what each tier is promised" in page
