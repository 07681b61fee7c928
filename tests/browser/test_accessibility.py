"""axe-core finds nothing on any page, in light and in dark, and no page is wider than a phone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.tokens import default_token_generator
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from playwright.sync_api import expect

from clients.models import Client, Job, Member, User
from servicing.models import CadenceOverride, ServiceTask
from servicing.models.tasks import OPEN_STATUSES
from tests.browser.conftest import PASSWORD, SeededFirm, sign_in
from tests.browser.test_work import GOOD, HEADER, WRONG, upload
from tests.factories import UserFactory
from tests.test_permissions import NAMES
from tiers.models import Policy, ScoringRun
from tiers.policies import clone_policy

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

PHONE = {"width": 360, "height": 740}
UNKNOWN = 9_999_999
AXE = Axe()
COLOUR_RULES = ["color-contrast", "link-in-text-block"]


@dataclass
class View:
    """A page of `role`: its address with names of places in it, what to do there, the status meant.

    `refused`: the page's own status; `then_refused`: that of what is done there.
    """

    role: str | None
    address: str
    do: Callable[[Any], None] | None = None
    refused: int = 0
    then_refused: int = 0


def click(selector: str) -> Callable[[Any], None]:
    return lambda page: page.locator(selector).first.click()


def open_filter(page: Any) -> None:
    page.keyboard.press("f")
    expect(page.locator("#filter-panel form")).to_be_visible()


def open_cell(page: Any) -> None:
    page.locator("[data-cell=persona] .cell-open").first.click()
    expect(page.locator("[data-cell-select]")).to_be_visible()


def save_cell(page: Any) -> None:
    open_cell(page)
    page.locator("[data-cell-select]").select_option(index=1)
    expect(page.locator(".saved")).to_be_visible()


def fail_to_sign_in(page: Any) -> None:
    page.locator("[name=login]").fill("nobody")
    page.locator("[name=password]").fill("nothing")
    page.keyboard.press("Enter")
    expect(page.locator(".error-summary")).to_be_visible()


def reach_second_step(page: Any) -> None:
    page.locator("[name=login]").fill("careful")
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("[name=code]")).to_be_visible()


def undo_import(page: Any) -> None:
    upload(page, HEADER + "SEEN-1,Seen once,physician,4\n")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator(".toast-note")).to_be_visible()


def in_panel(key: str) -> Callable[[Any], None]:
    def do(page: Any) -> None:
        page.keyboard.press(key)
        expect(page.locator("#task-panel form")).to_be_visible()

    return do


def type_nonsense(page: Any) -> None:
    page.locator("#id_stability_margin").fill("-1")
    expect(page.locator("#studio-state")).to_contain_text("Not saved")


VIEWS = {
    # before signing in
    "sign-in": View(None, "{account_login}"),
    "sign-in refused": View(None, "{account_login}", fail_to_sign_in),
    "second step": View(None, "{account_login}", reach_second_step),
    "sign-up": View(None, "{account_signup}"),
    "password reset": View(None, "{account_reset_password}"),
    "password reset sent": View(None, "{account_reset_password_done}"),
    "password reset link": View(None, "{reset}"),
    "password reset link used": View(None, "{account_reset_password}key/1-unknown/"),
    "password changed": View(None, "{account_reset_password_from_key_done}"),
    "sign-in switched off": View(None, "{account_inactive}"),
    "address confirmation": View(None, "{account_email_verification_sent}"),
    "invitation": View(None, "{invitation}"),
    "invitation used": View(None, "/invitation/MQ/used/", refused=410),
    "not found, signed out": View(None, "/nowhere/", refused=404),
    # one's own sign-in
    "sign-out": View("advisor", "{account_logout}"),
    "own address": View("advisor", "{account_email}"),
    "password": View("advisor", "{account_change_password}"),
    "password again": View("advisor", "{account_reauthenticate}"),
    "two-step": View("advisor", "{mfa_index}"),
    "two-step app": View("advisor", "{mfa_activate_totp}"),
    "two-step on": View("careful", "{mfa_index}"),
    "two-step off": View("careful", "{mfa_deactivate_totp}"),
    "recovery codes": View("careful", "{mfa_view_recovery_codes}"),
    "new recovery codes": View("careful", "{mfa_generate_recovery_codes}"),
    # the day's work
    "today": View("advisor", "/"),
    "today: done": View("advisor", "/", in_panel("d")),
    "today: attempt": View("advisor", "/", in_panel("a")),
    "today: book": View("advisor", "/", in_panel("b")),
    "today: later": View("advisor", "/", in_panel("s")),
    "today: log a touch": View("advisor", "/", in_panel("t")),
    "today: new task": View("advisor", "/", in_panel("n")),
    "log a touch": View("advisor", "{servicing:new_touch}"),
    "new task": View("advisor", "{servicing:new_task}"),
    "today: keys": View("advisor", "/", click("[data-opens=keys]")),
    "today: person's menu": View("advisor", "/", click(".person summary")),
    "today, nothing": View("newcomer", "/"),
    "tasks": View("operations", "{servicing:tasks}"),
    "client promise": View("operations", "/service/promise/B/"),
    "client: promise": View("operations", "{client}service/promise/"),
    "exceptions": View("operations", "{servicing:exceptions}"),
    "tasks, nothing": View("newcomer", "{servicing:tasks}"),
    "task": View("operations", "{task}"),
    "task: done": View("operations", "{task}done/"),
    "task: hand over": View("operations", "{task}reassign/"),
    # clients
    "clients": View("operations", "{clients:list}"),
    "clients: filter": View("operations", "{clients:list}?tier=A", open_filter),
    "clients: a cell open": View("operations", "{clients:list}?tier=A", open_cell),
    "clients: a cell saved": View("operations", "{clients:list}?tier=A", save_cell),
    "clients: selection": View("operations", "{clients:list}?tier=A", click("[data-check-page]")),
    "clients: filtered": View("operations", "{clients:list}?tier=A&late=1&sort=-score"),
    "clients, none found": View("operations", "{clients:list}?q=nobodyiscalledthis"),
    "clients, nothing": View("newcomer", "{clients:list}"),
    "clients, reading": View("compliance", "{clients:list}?tier=B"),
    "filters": View("operations", "{clients:filters}"),
    "new client": View("operations", "{clients:new}"),
    "client": View("operations", "{client}"),
    "client: people": View("operations", "{client}people/"),
    "client: tier": View("operations", "{client}tier/"),
    "client: service": View("operations", "{client}service/"),
    "client: history": View("operations", "{client}history/"),
    "client, reading": View("compliance", "{client}"),
    "client: edit": View("operations", "{client}edit/"),
    "client: edit refused": View("operations", "{client}edit/", click("main form [type=submit]")),
    "client: permission": View("operations", "{client}permission/"),
    "client: team": View("operations", "{client}team/"),
    "client: new member": View("operations", "{client}people/new/"),
    "client: member": View("operations", "{member}"),
    "client: log a touch": View("operations", "{client}service/log/"),
    "client: another interval": View("operations", "{client}service/interval/"),
    "client: waive": View("operations", "{client}service/waive/"),
    # tiers
    "tiers": View("operations", "{servicing:tiers}"),
    "runs": View("operations", "{tiers:runs}"),
    "run": View("operations", "{run}"),
    "run: rejecting": View("operations", "{run}reject/"),
    "overrides": View("operations", "{tiers:overrides}"),
    "overrides, nothing": View("newcomer", "{tiers:overrides}?state=ended"),
    "graduation": View("operations", "{tiers:graduation}"),
    "watch": View("advisor", "{tiers:graduation}?list=watch"),
    "client: next tier": View("operations", "{client}tier/route/"),
    "client: pin a tier": View("operations", "{client}tier/pin/"),
    "client: pin refused": View(
        "operations", "{client}tier/pin/", click("main form [type=submit]"), then_refused=422
    ),
    "job": View("operations", "{job}"),
    "policies": View("operations", "{tiers:policies}"),
    "policy": View("operations", "{policy}"),
    "policy: draft": View("operations", "{draft}"),
    "policy: compared": View("operations", "{draft}compare/"),
    "policy: publish": View("administrator", "{draft}publish/"),
    "policy: publish, by the same person": View("operations", "{draft}publish/"),
    "policy: discard": View("operations", "{draft}discard/"),
    "studio": View("operations", "{draft}edit/"),
    "studio: with something wrong": View("operations", "{draft}edit/", type_nonsense),
    # the firm
    "set-up": View("operations", "{clients:welcome}"),
    "import": View("operations", "{clients:imports}"),
    "import: preview": View("operations", "{clients:imports}", lambda page: upload(page, GOOD)),
    "import: errors": View("operations", "{clients:imports}", lambda page: upload(page, WRONG)),
    "import: result": View("operations", "{clients:imports}", undo_import),
    "people": View("administrator", "{clients:people}"),
    "invite": View("administrator", "{clients:invite}"),
    "person": View("administrator", "{person}"),
    "no right": View("advisor", "{clients:people}", refused=403),
    "not found": View("advisor", f"/clients/{UNKNOWN}/", refused=404),
}


@pytest.fixture(scope="module")
def places(firm: SeededFirm, django_db_blocker: Any) -> dict[str, str]:
    """Addresses of single things, and the people and links that a few pages need."""
    with django_db_blocker.unblock():
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
        task = ServiceTask.objects.filter(status__in=OPEN_STATUSES, client=client).first()
        task = task or ServiceTask.objects.filter(status__in=OPEN_STATUSES).order_by("pk")[0]
        CadenceOverride.objects.create(
            client=client,
            kind=task.kind,
            interval_months=1,
            reason="A busy year",
            starts_on=dt.date(2020, 1, 1),
        )
        found = {
            "client": reverse("clients:detail", args=[client.pk]),
            "member": reverse("clients:edit_member", args=[client.pk, member.pk]),
            "task": reverse("servicing:task", args=[task.pk]),
            "run": reverse("tiers:run", args=[ScoringRun.objects.latest("pk").pk]),
            "job": reverse("clients:job", args=[a_job(firm.people["operations"]).pk]),
            "policy": reverse("tiers:policy", args=[Policy.objects.earliest("pk").pk]),
            "draft": reverse("tiers:policy", args=[a_draft(firm).pk]),
            "person": reverse("clients:edit_person", args=[firm.people["advisor"].pk]),
            "invitation": link("clients:invitation", invited),
            "reset": reset_link(firm.people["newcomer"]),
        }
    return found


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


def complaints(page: Any, rules: list[str] | None = None) -> list[str]:
    """What axe-core finds wrong: the rule, what it means, and where. `rules`: only these."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.axe_script)
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = rules
    found = page.evaluate("options => axe.run(options)", options)["violations"]
    return [
        f"{rule['id']} ({rule['help']}): {node['html'][:160]} {node['failureSummary'][:200]}"
        for rule in found
        for node in rule["nodes"][:3]
    ]


@pytest.mark.parametrize("name", VIEWS)
def test_it_can_be_used_by_everyone_in_light_in_dark_and_on_a_phone(name, looks, places):
    view = VIEWS[name]
    with looks.as_(view.role, refused=view.refused or view.then_refused) as page:
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        answer = page.goto(address(view.address, places))
        assert answer.status == (view.refused or 200), answer.status
        if view.do:
            view.do(page)
        found = {"light": complaints(page)}
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
        found["dark"] = complaints(page, COLOUR_RULES)  # the same page in other colours
        page.set_viewport_size(PHONE)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert found == {"light": [], "dark": []}
        assert width <= PHONE["width"], f"{width} pixels wide"


# Addresses that answer a form, send a file, draw a part of a page or lead on; and Django's own admin.
NO_PAGE = {
    "account_confirm_email",
    "account_confirm_login_code",
    "account_set_password",
    "clients:bulk",
    "clients:bulk_export",
    "clients:bulk_undo",
    "clients:client_options",
    "clients:delete_filter",
    "clients:export",
    "clients:import_apply",
    "clients:import_columns",
    "clients:import_discard",
    "clients:import_errors",
    "clients:import_undo",
    "clients:people_options",
    "clients:remove_member",
    "clients:resend",
    "clients:save_filter",
    "clients:set_active",
    "clients:tag_cell",
    "healthz",
    "mfa_download_recovery_codes",
    "mfa_reauthenticate",
    "readyz",
    "servicing:back_to_standard",
    "servicing:promises",
    "servicing:end_waiver",
    "servicing:remove_touch",
    "servicing:undo",
    "client_tier:end_pin",
    "client_tier:reopen_pin",
    "tiers:apply",
    "tiers:copy_policy",
    "tiers:graduation_file",
    "tiers:propose",
    "tiers:restore",
    "tiers:simulate",
    "tiers:undo",
    "tiers:withdraw",
}


def test_no_page_is_left_out(places):
    """Fails for a new address until it is looked at above, or named as no page."""
    shown = {"clients:import", "servicing:work", "mfa_authenticate"}  # reached by what is done on a page
    for view in VIEWS.values():
        with suppress(Resolver404):
            shown.add(resolve(address(view.address, places).partition("?")[0]).view_name)
    missing = {name for name in NAMES if not name.startswith("admin:")} - shown - NO_PAGE
    assert not missing, f"Look at these pages too: {', '.join(sorted(missing))}"
