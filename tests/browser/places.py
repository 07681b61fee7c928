"""Addresses of single things in the firm that is looked at, and what a few of its pages need."""

from __future__ import annotations

import datetime as dt
from typing import Any

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django_celery_beat.models import PeriodicTask

from clients.contact import opt_out
from clients.firm import firm_today
from clients.models import Client, Departure, Job, LegalHold, Member, ServiceRole, TimeEntry, User
from personas.models import (
    BulkMessage,
    EquityCompany,
    EquityGrant,
    EquityProfile,
    EquityWindow,
    GoalKind,
    GrantKind,
    Holding,
    HouseholdDuty,
    Loan,
    MapImport,
    MapRow,
    Message,
    MessageState,
    OwnerOption,
    Reserve,
    ScriptVersion,
    SoloPlan,
    WinCondition,
)
from personas.sending.writing import token_of
from personas.tools.equity.services import save_grant
from personas.tools.equity.vesting import schedule
from personas.tools.goals.services import Goal, answer_together, begin_round, make_link
from personas.tools.owner.services import save_option
from personas.tools.owner.steps import add_step, agree
from servicing.api.tokens import make_token
from servicing.book import merging
from servicing.book import transfer as book
from servicing.meetings.services import choose
from servicing.models import (
    Absence,
    AccessRequest,
    AnnualReview,
    AnonymisingRow,
    CadenceOverride,
    ClientRequest,
    ConfidenceAnswer,
    MeetingDecision,
    ServiceTask,
    WebhookDelivery,
    WebhookEndpoint,
)
from servicing.models.tasks import OPEN_STATUSES
from servicing.ratings import services as ratings
from servicing.requests.services import log_request
from servicing.transitions import services as transitions
from servicing.webhooks.services import make_endpoint
from tests.browser.firm import PASSWORD, SeededFirm, sign_in
from tests.factories import ClientFactory, UserFactory
from tiers.models import Policy, ScoringRun
from tiers.policies import clone_policy


def find_places(firm: SeededFirm) -> dict[str, str]:
    """Addresses by the names that the views use; makes the people and links that a few pages need."""
    careful = UserFactory(username="careful", groups=["advisor"])
    careful.set_password(PASSWORD)
    careful.save()
    TOTP.activate(careful, generate_totp_secret())
    RecoveryCodes.activate(careful)
    firm.people["careful"] = careful
    firm.cookies["careful"] = sign_in(careful, firm.url)
    invited = UserFactory(username="invited")
    invited.set_unusable_password()
    invited.save()
    client = Client.objects.filter(summary__tier__code="A", persona__isnull=False).order_by("pk")[0]
    member = client.members.first() or Member.objects.create(client=client, name="Ada")
    promised = ServiceTask.objects.filter(status__in=OPEN_STATUSES, item__isnull=False).order_by("pk")
    task = promised.filter(client=client).first() or promised[0]
    CadenceOverride.objects.create(
        client=client,
        kind=task.kind,
        interval_months=1,
        reason="A busy year",
        starts_on=dt.date(2020, 1, 1),
    )
    entry = TimeEntry.objects.create(
        client=firm.people["advisor"].team_memberships.earliest("client_id").client,
        spent_on=firm_today(),
        minutes=90,
        role=ServiceRole.objects.get(code="lead_advisor"),
        by=firm.people["advisor"],
        activity="Rebuilt the cash plan",
    )
    absence = Absence.objects.create(
        user=firm.people["advisor"], first_on=dt.date(2099, 3, 1), last_on=dt.date(2099, 3, 9)
    )
    (closed,) = opt_out(client=client, channels=["post"], how="letter", by=None)
    return {
        **equity_places(client),
        **debt_and_owner_places(),
        **keeping_places(),
        "opt_out": reverse("clients:lift_opt_out", args=[client.pk, closed.pk]),
        "absence": reverse("servicing:absence", args=[absence.pk]),
        "time": reverse("servicing:edit_time", args=[entry.pk]),
        "client": reverse("clients:detail", args=[client.pk]),
        "member": reverse("clients:edit_member", args=[client.pk, member.pk]),
        "task": reverse("servicing:task", args=[task.pk]),
        "request": reverse("servicing:request", args=[a_request(client, firm.people["operations"]).pk]),
        **transition_places(firm.people["operations"]),
        "run": reverse("tiers:run", args=[ScoringRun.objects.latest("pk").pk]),
        "job": reverse("clients:job", args=[a_job(firm.people["operations"]).pk]),
        "schedule": reverse("servicing:job_run_history", args=[PeriodicTask.objects.latest("pk").pk]),
        "policy": reverse("tiers:policy", args=[Policy.objects.earliest("pk").pk]),
        "draft": reverse("tiers:policy", args=[a_draft(firm).pk]),
        "person": reverse("clients:edit_person", args=[firm.people["advisor"].pk]),
        **book_places(firm, client),
        "capacity week": reverse("servicing:capacity_week", args=[firm_today() + dt.timedelta(days=14)]),
        "capacity person": reverse("servicing:person_capacity", args=[firm.people["advisor"].pk]),
        **conversation_places(client),
        **meeting_places(firm),
        **connection_places(firm.people["administrator"]),
        **household_places(client, firm.people["operations"]),
        "invitation": link("clients:invitation", invited),
        "reset": reset_link(firm.people["newcomer"]),
    }


def keeping_places() -> dict[str, str]:
    """What the demo firm has of keeping data: a list with a former client, a hold, an access request."""
    row = AnonymisingRow.objects.earliest("pk")
    return {
        "anonymising": reverse("servicing:anonymising", args=[row.batch_id]),
        "anonymising keep": reverse("servicing:anonymising_exclude", args=[row.batch_id, row.pk]),
        "release hold": reverse("servicing:release_hold", args=[LegalHold.objects.earliest("pk").pk]),
        "access request": reverse("servicing:access_request", args=[AccessRequest.objects.earliest("pk").pk]),
        "departure": reverse("servicing:departure", args=[Departure.objects.earliest("pk").pk]),
    }


def transition_places(person: User) -> dict[str, str]:
    """A case that is a referral, and a client without one."""
    client, other = Client.objects.filter(transitions=None).order_by("pk")[:2]
    case = transitions.start(client=client, by=person, reason="wish", reason_text="Asked for fewer meetings.")
    transitions.choose(case=case, by=person, route="referral", referred_to="Hill & Co")
    return {
        "transition": reverse("servicing:transition", args=[case.pk]),
        "transition start": reverse("servicing:start_transition", args=[other.pk]),
    }


def a_request(client: Client, person: User) -> ClientRequest:
    """One that waits."""
    asked, _worked = log_request(client=client, text="Which form does the mortgage bank want?", by=person)
    return asked


def book_places(firm: SeededFirm, client: Client) -> dict[str, str]:
    """A transfer that was done and one that is not, two records to merge, one that was merged."""
    by, giver = firm.people["operations"], firm.people["advisor"]
    chosen: dict[str, Any] = {
        "by": by,
        "from_user": giver,
        "role_ids": book.roles_of(["lead_advisor"]),
        "receiver_ids": [UserFactory(username="receiver", groups=["advisor"]).pk],
        "reason": "Parental leave",
    }
    one = list(Client.objects.filter(team__user=giver).exclude(pk=client.pk).values_list("pk", flat=True)[:1])
    done = book.hand_over(transfer=book.make_draft(**chosen, selection={"clients": one}), by=by)
    draft = book.make_draft(**chosen, selection={"all": True})
    twin, gone = (ClientFactory(external_id=number, name="Twice") for number in ("TWICE-1", "TWICE-2"))
    merged = merging.merge(kept=twin.pk, gone=gone.pk, take=(), by=by)
    return {
        "book_done": reverse("servicing:book", args=[done.pk]),
        "book_draft": reverse("servicing:book", args=[draft.pk]),
        "leave": reverse("servicing:leave", args=[giver.pk]),
        "merge": reverse("servicing:merge", args=[client.pk, twin.pk]),
        "part": reverse("servicing:part", args=[merged.pk]),
        "split": reverse("servicing:split", args=[client.pk]),
    }


def conversation_places(client: Client) -> dict[str, str]:
    """A shipped script, what is offered for a client, and a message whose sending nobody is sure of."""
    mail = ScriptVersion.objects.get(script__code="update-everyone")
    name = "0" * 32
    operations = User.objects.filter(groups__name="operations").order_by("pk")[0]
    map_file = MapImport.objects.create(
        file_name="map.csv",
        records=[{"persona": "physician", "framing": "One thing at a time"}, {"persona": "astronaut"}],
        read_by=operations,
    )
    bulk = BulkMessage.objects.create(version=mail, by=operations, clients=1)
    message = Message.objects.create(
        client=client,
        version=mail,
        once="looked at",
        bulk=bulk,
        state=MessageState.UNCLEAR,
        message_id=f"<{name}@firm.example>",
        recipient="ada@example.com",
        sender="The firm <post@firm.example>",
        subject="A short word",
        text="Dear Ada,\n\nthis is your regular word from us.",
        unsubscribe_url="https://crm.example/",
        claimed_at=timezone.now(),
        attempts=1,
        error="SMTPServerDisconnected",
    )
    return {
        "script": reverse("personas:script", args=["review-everyone-advisor"]),
        "map_row": reverse("personas:map_row", args=[MapRow.objects.order_by("pk")[0].pk]),
        "map_import": reverse("personas:map_import", args=[map_file.pk]),
        "scripts_for": reverse("personas:scripts_for", args=[client.pk]),
        "message": reverse("personas:message", args=[message.pk]),
        "unsubscribe": reverse("personas:unsubscribe", args=[token_of(name)]),
        "bulk": reverse("personas:bulk", args=[bulk.pk]),
        "sending_preview": reverse("servicing:sending_preview", args=[0, 0]),
    }


def household_places(client: Client, by: User) -> dict[str, str]:
    """A household whose runway is computed, a ranking that both answered, and one that waits for them."""
    SoloPlan.objects.update_or_create(client=client, defaults={"needed": 5_000, "wished": 1_000})
    Reserve.objects.create(client=client, name="Savings", amount=40_000, as_of=firm_today())
    duty = HouseholdDuty.objects.create(client=client, title="Pay the bills")
    goals = [Goal(kind.label, kind) for kind in GoalKind.objects.active()[:5]]
    both: dict[str, Any] = {
        "client": client,
        "goals": goals,
        "partners": ("Ada", "Ben"),
        "days": 14,
        "by": by,
    }
    done = begin_round(**both)
    answer_together(round=done, places={1: [1, 2, 3, 4, 5], 2: [5, 2, 3, 4, 1]})
    running = begin_round(**both)
    token = make_link(partner=running.partners.get(number=2))
    return {
        "runway": reverse("personas:runway", args=[client.pk]),
        "duty": reverse("personas:runway_line", args=[client.pk, "duty", duty.pk]),
        "goals": reverse("personas:goals", args=[client.pk]),
        "together": reverse("personas:goals_together", args=[client.pk, running.pk]),
        "goal_answer": reverse("personas:goal_answer", args=[token]),
    }


def debt_and_owner_places() -> dict[str, str]:
    """A client with a loan, a balance sheet, an option that is rated, and a step under way."""
    client, today = ClientFactory(), firm_today()
    loan = Loan.objects.create(
        client=client,
        name="School loan",
        kind="federal_student",
        balance=60_000,
        as_of=today,
        yearly_rate=6,
        monthly_payment=900,
    )
    business = Holding.objects.create(
        client=client, name="Mill", kind="business", value=900_000, as_of=today - dt.timedelta(days=500)
    )
    Holding.objects.create(
        client=client, name="Hall", kind="real_estate", value=200_000, as_of=today, hangs_on=business
    )
    win = WinCondition.objects.create(client=client, title="Fridays off", importance=4)
    option = save_option(option=OwnerOption(client=client, title="Sell"), ratings={win.pk: (4, "From 58")})
    save_option(option=OwnerOption(client=client, title="Keep"), ratings={})
    first, _second = (add_step(client=client, title=title) for title in ("List what is owned", "Value it"))
    agree(step=first, on=today, by="Ada", due_on=today + dt.timedelta(days=20))
    tools = reverse("personas:owner_steps", args=[client.pk]).removesuffix("steps/")
    return {
        "debt": reverse("personas:debt", args=[client.pk]),
        "loan": reverse("personas:edit_loan", args=[client.pk, loan.pk]),
        "owner": tools,
        "holding": reverse("personas:edit_holding", args=[client.pk, business.pk]),
        "win": reverse("personas:edit_win", args=[client.pk, win.pk]),
        "option": reverse("personas:edit_option", args=[client.pk, option.pk]),
        "step": reverse("personas:edit_step", args=[client.pk, first.pk]),
    }


def equity_places(client: Client) -> dict[str, str]:
    """A client paid in equity, with all kinds of it."""
    company = EquityCompany.objects.create(name="Northwind", ticker="NW", price=90, priced_on=firm_today())
    EquityWindow.objects.create(
        company=company, state="closed", first_on=firm_today(), last_on=firm_today() + dt.timedelta(days=9)
    )
    start = firm_today() - dt.timedelta(days=500)
    for kind in GrantKind.values:
        grant = EquityGrant(
            client=client,
            company=company,
            kind=kind,
            granted_on=start,
            vest_from=start,
            shares=4_000,
            exercise_price=None if kind == GrantKind.RSU else 20,
        )
        save_grant(grant=grant, parts=schedule(start=start, shares=4_000, cliff=12, period=3, total=48))
    EquityProfile.objects.create(client=client, marginal_rate=40, income=200_000, wealth=900_000)
    return {
        "equity": reverse("personas:equity", args=[client.pk]),
        "equity_grant": reverse("personas:equity_grant", args=[client.pk, grant.pk]),
        "equity_plan": reverse("personas:equity_plan", args=[client.pk, company.pk]),
        "equity_company": reverse("personas:equity_company", args=[company.pk]),
    }


def meeting_places(firm: SeededFirm) -> dict[str, str]:
    """A meeting without its decision, one with it, one that was held, and a client's confidence."""
    open_ones = ServiceTask.objects.filter(
        status__in=OPEN_STATUSES, channel__in=("in_person", "video"), item__isnull=False, decisions=None
    ).order_by("pk")[:2]
    bare, chosen = open_ones
    choose(task=chosen, by=firm.people["operations"], text="Which loan is paid off first")
    held = MeetingDecision.objects.exclude(result="").order_by("pk")[0]
    answer = ConfidenceAnswer.objects.order_by("pk")[0]
    delivered = ServiceTask.objects.filter(status="done", kind__isnull=False).order_by("pk")
    unrated, asked = delivered.filter(ratings=None)[:2]
    token = ratings.make_link(task=asked, by=firm.people["operations"])
    return {
        "policy version": reverse("servicing:policy_version", args=[1]),
        "review": reverse("servicing:review", args=[AnnualReview.objects.get(state="open").pk]),
        "rate": reverse("servicing:rate", args=[unrated.pk]),
        "rated": reverse("servicing:rate", args=[delivered.exclude(ratings=None)[0].pk]),
        "rating answer": reverse("servicing:rating_answer", args=[token]),
        "meeting": reverse("servicing:meeting", args=[bare.pk]),
        "meeting chosen": reverse("servicing:meeting", args=[chosen.pk]),
        "meeting held": reverse("servicing:meeting", args=[held.task_id]),
        "brief": reverse("servicing:brief", args=[chosen.pk]),
        "confidence": reverse("servicing:confidence", args=[answer.client_id]),
        "confidence answer": reverse("servicing:correct_confidence", args=[answer.client_id, answer.pk]),
    }


def connection_places(administrator: User) -> dict[str, str]:
    """A token, and a webhook with a message that was taken and one that was not."""
    ends = timezone.now() + dt.timedelta(days=90)
    make_token(
        name="Portfolio", scopes=["clients:read"], acting_as=administrator, expires_at=ends, by=administrator
    )
    endpoint, _secret = make_endpoint(
        name="Planner", url="https://example.com/", topics=["client.updated"], by=administrator
    )
    event = {"id": "ping:1", "type": "ping", "at": "2026-03-03", "data": {}}
    for state, error in (("delivered", ""), ("given_up", "No answer in time")):
        WebhookDelivery.objects.create(
            endpoint=endpoint, events=[event], state=state, error=error, due_at=ends, attempts=1
        )
    WebhookEndpoint.objects.update(is_on=False)
    return {
        "webhook": reverse("servicing:webhook", args=[endpoint.pk]),
        "edit webhook": reverse("servicing:edit_webhook", args=[endpoint.pk]),
    }


def a_job(person: User) -> Job:
    """One that waits for a worker since long ago."""
    return Job.objects.create(
        task="tiers.propose_run",
        title="Ranking every client",
        requested_by=person,
        queued_at=timezone.now() - dt.timedelta(hours=1),
    )


def a_draft(firm: SeededFirm) -> Policy:
    """A draft under which clients would move."""
    draft = clone_policy(policy=Policy.objects.earliest("pk"), by=firm.people["operations"])
    draft.factors.filter(factor="growth").update(weight=90)
    return draft


def link(name: str, person: User) -> str:
    uid = urlsafe_base64_encode(force_bytes(person.pk))
    return reverse(name, args=[uid, default_token_generator.make_token(person)])


def reset_link(person: User) -> str:
    from allauth.account.forms import default_token_generator as reset_tokens
    from allauth.account.utils import user_pk_to_url_str

    return reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(person), "key": reset_tokens.make_token(person)},
    )


def address(text: str, places: dict[str, str]) -> str:
    """`text` with each {name} replaced by its place, or by the address of that name."""
    start, end = text.find("{"), text.find("}")
    if start < 0:
        return text
    name = text[start + 1 : end]
    return f"{text[:start]}{places.get(name) or reverse(name)}{text[end + 1 :]}"
