"""The client's statement lists what the working tools hold, in words; notes, work and fees are counted."""

from __future__ import annotations

import datetime as dt

import pghistory.models
import pytest
from django.apps import apps
from django.utils.html import escape

from clients.models import Client, Member, User
from clients.register.fields import tracked_fields
from clients.register.records import recorded, records_of
from personas.models import (
    CommitmentStep,
    EquityCompany,
    EquityGrant,
    EquityPlan,
    EquityProfile,
    EquityTransaction,
    ForgivenessPlan,
    GoalKind,
    Holding,
    HouseholdDuty,
    Loan,
    OptionRating,
    OtherIncome,
    OwnerOption,
    RedundancyCheck,
    RedundancyItem,
    Reserve,
    ScriptUse,
    SoloPlan,
    WinCondition,
)
from personas.tools.equity.services import save_grant
from personas.tools.equity.vesting import Part
from personas.tools.goals.services import Goal, answer_together, begin_round
from servicing.models import ConfidenceAnswer, MeetingDecision, ServiceTask
from servicing.requests.services import log_request
from tests.factories import ClientFactory, UserFactory

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 1, 5)


def test_only_notes_touches_work_and_payments_are_counted():
    counted = {code for code, field in tracked_fields().items() if not field.on_paper}
    assert counted == {"touches", "touch_notes", "revenue", "time_spent"}


# Tables with a client's number that the statement need not name, and why.
BESIDE = {
    # worked out from what it lists, and made again from it
    "servicing.ServiceClock", "servicing.BeyondStandard", "servicing.ClientResult", "servicing.TaskTailoring",
    "tiers.FeeComparison", "tiers.Explanation", "tiers.RejectedMove", "tiers.ClientFacts",
    "tiers.SimulatedMove", "tiers.FoundRoutes", "clients.ClientScore", "clients.ClientSummary",
    # parts of its own, or of a record that it lists
    "clients.PermissionAnswer", "clients.Erasure", "personas.OptionRating",
    # how the record came, went or was put together
    "clients.BulkChangeRow", "clients.ClientMerge", "clients.ClientSplit", "clients.FormerNumber",
    "clients.Departure", "clients.LegalHold", "clients.Anonymised", "servicing.AnonymisingRow",
}  # fmt: skip


def test_no_table_with_a_client_is_passed_over():
    told = {field.model for field in tracked_fields().values()} | {each.model for each in recorded()}
    of_clients = {
        model._meta.label
        for model in apps.get_models()
        if not issubclass(model, pghistory.models.Event)
        and any(
            field.concrete and field.is_relation and field.related_model is Client
            for field in model._meta.get_fields()
        )
    }
    assert of_clients - told == BESIDE


def test_it_counts_what_was_done_said_and_decided(client, django_assert_num_queries):
    lead = UserFactory(groups=["advisor"])
    ada, other = ClientFactory(lead=lead), ClientFactory(lead=lead)
    late = dt.datetime(2026, 1, 7, 3, tzinfo=dt.UTC)  # the evening before, where the firm is
    for of in (ada, other):
        log_request(client=of, text="Zelda's loan", by=lead, received_at=late)
        ScriptUse.objects.create(client=of, by=lead, text="As we said", used_at=late)
    assert {each.label: (each.records, each.first) for each in records_of(ada)} == {
        "Services that we planned or gave": (1, ServiceTask.objects.get(client=ada).due_on),
        "What you asked of us": (1, dt.date(2026, 1, 6)),
        "Prepared words that we said or wrote to you": (1, dt.date(2026, 1, 6)),
    }
    with django_assert_num_queries(2):  # the firm's time zone
        records_of(ada)
    client.force_login(lead)
    page = client.get(f"/clients/{ada.pk}/statement/").content.decode()
    assert "Records of our work for you" in page
    assert "What you asked of us: <strong>1 record</strong>" in page
    assert "Zelda" not in page


def test_it_lists_what_the_tools_hold_in_full(client, django_assert_max_num_queries):
    lead: User = UserFactory(groups=["advisor"])
    ada = ClientFactory(lead=lead)
    who = Member.objects.create(client=ada, name="Ada Okafor")
    mill = Holding.objects.create(client=ada, name="Mill", kind="business", value=900_000, as_of=DAY)
    Holding.objects.create(client=ada, name="Hall", kind="real_estate", value=2, as_of=DAY, hangs_on=mill)
    win = WinCondition.objects.create(client=ada, title="Fridays off", importance=4)
    sell = OwnerOption.objects.create(client=ada, letter="A", title="Sell", leaves_open="The hall")
    OptionRating.objects.create(client=ada, option=sell, condition=win, rating=3, note="From 58")
    CommitmentStep.objects.create(
        client=ada, position=1, title="List it", state="active", agreed_on=DAY, agreed_by="Ada", due_on=DAY
    )
    pslf = ForgivenessPlan.objects.get(code="pslf")
    Loan.objects.create(
        client=ada, name="School", kind="federal_student", balance=60_000, as_of=DAY, yearly_rate=6,
        monthly_payment=900, plan=pslf, payments_made=46,
    )  # fmt: skip
    SoloPlan.objects.create(client=ada, needed=5_200, wished=1_900, earner=who)
    Reserve.objects.create(client=ada, name="Joint savings", amount=41_500, as_of=DAY, usable_after=5)
    OtherIncome.objects.create(client=ada, name="Rent", amount=900, until=DAY)
    item = RedundancyItem.objects.order_by("pk")[0]
    RedundancyCheck.objects.create(client=ada, item=item, state="open", note="Ask the bank", due_on=DAY)
    HouseholdDuty.objects.create(client=ada, title="Pay the bills", person=who, backup_outside="Aunt May")
    goals = [Goal(kind.label, kind) for kind in GoalKind.objects.active()[:4]]
    both = {"client": ada, "goals": goals, "partners": ("Ada", "Ben"), "days": 14, "by": lead}
    answer_together(round=begin_round(**both), places={1: [1, 2, 3, 4], 2: [3, 2, 1, 4]})
    company = EquityCompany.objects.create(name="Northwind")
    grant = EquityGrant(
        client=ada, company=company, kind="iso", granted_on=DAY, vest_from=DAY, shares=40, exercise_price=20
    )
    save_grant(grant=grant, parts=[Part(1, DAY, 40)])
    EquityTransaction.objects.create(
        client=ada, grant=grant, kind="exercise", happened_on=DAY, shares=10, price=31
    )
    EquityPlan.objects.create(client=ada, company=company, sell_percent=30, insider=True)
    EquityProfile.objects.create(client=ada, marginal_rate=40, income=200_000, wealth=900_000)
    meeting = ServiceTask.objects.create(
        client=ada, title="Review", due_on=DAY, window_start=DAY, window_end=DAY
    )
    MeetingDecision.objects.create(
        client=ada, task=meeting, text="Which loan first", result="decided", answer="The car"
    )
    ConfidenceAnswer.objects.create(client=ada, value=7, asked_on=DAY)
    client.force_login(lead)
    with django_assert_max_num_queries(60):
        page = client.get(f"/clients/{ada.pk}/statement/").content.decode()
    for said in (
        "Mill (business): $900,000.00 on January 5, 2026",
        "hangs on Mill",
        "Fridays off (importance 4 of 5)",
        "A · Sell; leaves open: The hall; Fridays off: 3 of 5 (From 58)",
        "List it; agreed, under way; agreed on January 5, 2026; to be done by January 5, 2026; by Ada",
        "46 qualifying payments made",
        "$5,200.00 a month needed; $1,900.00 a month wished on top; whose income would end: Ada Okafor",
        "Joint savings (savings and money market): $41,500.00 on January 5, 2026; usable after 5 days",
        "Rent: $900.00 a month, until January 5, 2026",
        f"{item}: open, until January 5, 2026 (Ask the bank)",
        "Pay the bills: Ada Okafor, then Aunt May",
        f"{goals[0].label} (1 / 3)",
        "at $20.00 a share; vests: 40 on January 5, 2026",
        "at $31.00 a share",
        "you are a director or officer of the company",
        "income $200,000",
        "Which loan first (decided): The car",
        "7, on January 5, 2026",
    ):
        assert escape(said) in page, said
