"""The why is one click from every field: each form about a client says in itself why what it asks is kept."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils.html import escape

from clients.contact import opt_out
from clients.models import FieldEntry, HowOptedOut, Member, ServiceRole, TeamMember
from clients.register.entries import end_entry
from personas.models import EquityCompany, EquityGrant
from personas.tools.equity.services import save_grant
from personas.tools.equity.vesting import schedule
from servicing.models import ClientRequest, ServiceKind, ServiceTask
from tests.factories import ClientFactory, UserFactory

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 1, 15)

# A form's address and the fields of the register that it asks for.
FORMS = [
    ("personas:new_loan", {}, ["loans"]),
    ("personas:begin_goals", {}, ["household_goals"]),
    ("personas:equity_grant_new", {}, ["equity_grants"]),
    ("personas:equity_grant", {"number": "grant"}, ["equity_grants", "equity_transactions"]),
    ("personas:equity_basis", {}, ["equity_basis"]),
    ("personas:equity_plan", {"company": "company"}, ["equity_sell_rules"]),
    ("personas:new_holding", {}, ["holdings"]),
    ("personas:new_win", {}, ["win_conditions"]),
    ("personas:new_option", {}, ["owner_options"]),
    ("personas:new_step", {}, ["owner_steps"]),
    ("personas:runway_costs", {}, ["household_costs"]),
    ("personas:runway_checklist", {}, ["household_redundancy"]),
    ("personas:new_runway_line", {"kind": "reserve"}, ["household_reserves"]),
    ("personas:new_runway_line", {"kind": "income"}, ["household_incomes"]),
    ("personas:new_runway_line", {"kind": "duty"}, ["household_duties"]),
    ("clients:edit", {}, ["persona", "behavioral_trigger", "email", "assets_under_management"]),
    ("clients:new_member", {}, ["member_name", "member_birth_date", "member_phone"]),
    ("clients:team", {}, ["service_team"]),
    ("clients:permission", {}, ["permission"]),
    ("clients:opt_outs", {}, ["channel_opt_outs"]),
    ("clients:lift_opt_out", {"opt_out": "opt_out"}, ["channel_opt_outs"]),
    ("servicing:log_touch", {}, ["touches", "touch_notes", "time_spent"]),
    ("servicing:log_time", {}, ["time_spent"]),
]


@pytest.fixture
def known() -> dict[str, Any]:
    me = UserFactory(groups=["operations", "administrator"])
    client = ClientFactory(lead=me, permission="granted")
    TeamMember.objects.create(client=client, role=ServiceRole.objects.get(code="associate"), user=me)
    Member.objects.create(client=client, name="Ada")
    company = EquityCompany.objects.create(name="Northwind", ticker="NW", price=100, priced_on=DAY)
    grant = EquityGrant(client=client, company=company, kind="rsu", granted_on=DAY, vest_from=DAY, shares=160)
    parts = schedule(start=DAY, shares=160, cliff=12, period=3, total=48)
    (closed,) = opt_out(client=client, channels=["sms"], how=HowOptedOut.PHONE, by=me)
    return {
        "me": me,
        "pk": client.pk,
        "company": company.pk,
        "grant": save_grant(grant=grant, parts=parts).pk,
        "opt_out": closed.pk,
    }


@pytest.fixture
def browser(known: dict[str, Any]) -> Browser:
    signed_in = Browser()
    signed_in.force_login(known["me"], backend="django.contrib.auth.backends.ModelBackend")
    return signed_in


def forms_of(page: str) -> str:
    """What stands in the page's forms that store something."""
    parts = page.split('<form method="post"')[1:]
    return "".join(part.split("</form>")[0] for part in parts)


@pytest.mark.parametrize(("name", "more", "codes"), FORMS)
def test_a_form_about_a_client_says_why_it_asks(name, more, codes, browser, known):
    kwargs = {"pk": known["pk"]} | {key: known.get(value, value) for key, value in more.items()}
    page = browser.get(reverse(name, kwargs=kwargs))
    assert page.status_code == 200
    reasons = dict(FieldEntry.objects.values_list("field", "reason"))
    forms = forms_of(page.content.decode())
    for code in codes:
        assert escape(reasons[code]) in forms, code
        assert f'/clients/register/#{code}"' in forms, code


def test_work_says_why_a_contact_is_kept(browser, known):
    task = ServiceTask.objects.create(
        client_id=known["pk"],
        kind=ServiceKind.objects.get(code="review_meeting"),
        due_on=DAY,
        window_start=DAY,
        window_end=DAY,
        assigned_to=known["me"],
    )
    asked = ClientRequest.objects.create(client_id=known["pk"], text="May we call?", task=task)
    reason = escape(FieldEntry.objects.get(field="touch_notes").reason)
    for url in (
        reverse("servicing:work", args=[task.pk, "done"]),
        reverse("servicing:work", args=[task.pk, "attempt"]),
        reverse("servicing:request", args=[asked.pk]),
        reverse("servicing:new_touch"),
    ):
        assert reason in forms_of(browser.get(url).content.decode()), url


def test_where_the_register_lets_a_grant_be_kept_but_no_exercise_none_is_asked_for(browser, known):
    url = reverse("personas:equity_grant", args=[known["pk"], known["grant"]])
    record = reverse("personas:equity_record", args=[known["pk"], known["grant"]])
    assert record in browser.get(url).content.decode()
    end_entry(code="equity_transactions")
    assert record not in browser.get(url).content.decode()
    assert browser.post(record, {}).status_code == 403
