"""The pages that are looked at: who opens which, and what is done there. A new page is a line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import expect

from tests.browser.firm import PASSWORD
from tests.browser.test_work import GOOD, HEADER, WRONG, upload

UNKNOWN = 9_999_999


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


def start_many(page: Any) -> None:
    page.locator("[data-check-page]").click()
    page.locator("[formaction='/operations/transitions/start/']").click()
    expect(page.get_by_role("button", name="Open the cases")).to_be_visible()


def close_many(page: Any) -> None:
    page.locator("[data-check-page]").click()
    page.locator("[formaction='/operations/transitions/close/']").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("case")


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


def refuse_next_action(page: Any) -> None:
    page.locator("[data-next-action] input").first.fill("Send the plan")
    page.locator(".task-form [type=submit]").click()
    expect(page.locator("#task-panel .is-invalid")).to_be_visible()


def refuse_goals(page: Any) -> None:
    page.locator("[name=revenue]").fill("very much")
    page.locator("main form [type=submit]").click()


def in_panel(key: str) -> Callable[[Any], None]:
    def do(page: Any) -> None:
        page.keyboard.press(key)
        expect(page.locator("#task-panel form:not(#task-points *, #task-points)")).to_be_visible()

    return do


def type_nonsense(page: Any) -> None:
    page.locator("#id_stability_margin").fill("-1")
    expect(page.locator("#studio-state")).to_contain_text("Not saved")


# before signing in
SIGN_IN = {
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
}
# one's own sign-in
OWN = {
    "own settings": View("operations", "{clients:own_settings}"),
    "calendar address": View("advisor", "{clients:own_settings}", click("#calendar form [type=submit]")),
    "notices": View("operations", "{clients:notices}"),
    "notices, nothing": View("newcomer", "{clients:notices}"),
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
}
# the day's work
WORK = {
    "today": View("advisor", "/"),
    "today: done": View("advisor", "/", in_panel("d")),
    "today: attempt": View("advisor", "/", in_panel("a")),
    "today: book": View("advisor", "/", in_panel("b")),
    "today: later": View("advisor", "/", in_panel("s")),
    "today: move the date": View("advisor", "/", in_panel("r")),
    "today: hand over": View("advisor", "/", in_panel("h")),
    "today: log a touch": View("advisor", "/", in_panel("t")),
    "today: log time": View("advisor", "/", in_panel("m")),
    "today: log a request": View("advisor", "/", in_panel("q")),
    "today: new task": View("advisor", "/", in_panel("n")),
    "log a touch": View("advisor", "{servicing:new_touch}"),
    "new task": View("advisor", "{servicing:new_task}"),
    "today: keys": View("advisor", "/", click("[data-opens=keys]")),
    "today: person's menu": View("advisor", "/", click(".person summary")),
    "today, nothing": View("newcomer", "/"),
    "meeting: choosing": View("operations", "{meeting}"),
    "meeting": View("operations", "{meeting chosen}"),
    "meeting: another in its place": View("operations", "{meeting chosen}change/"),
    "meeting: refused": View(
        "operations", "{meeting chosen}", click("[action$='/hold/'] [type=submit]"), then_refused=422
    ),
    "meeting: held": View("operations", "{meeting held}"),
    "brief": View("operations", "{brief}"),
    "briefs": View("advisor", "{servicing:briefs}"),
    "briefs, nothing": View("newcomer", "{servicing:briefs}"),
    "tasks": View("operations", "{servicing:tasks}"),
    "client promise": View("operations", "/service/promise/B/"),
    "client: promise": View("operations", "{client}service/promise/"),
    "exceptions": View("operations", "{servicing:exceptions}"),
    "absences": View("operations", "{servicing:absences}"),
    "absences, nothing": View("newcomer", "{servicing:absences}"),
    "absences: over": View("operations", "{servicing:absences}?state=over"),
    "new absence": View("operations", "{servicing:new_absence}"),
    "absence": View("operations", "{absence}"),
    "requests": View("operations", "{servicing:requests}"),
    "requests, nothing": View("newcomer", "{servicing:requests}"),
    "requests: answered": View("operations", "{servicing:requests}?state=answered"),
    "requests: answer times": View("operations", "{servicing:answer_times}"),
    "transitions": View("operations", "{servicing:transitions}"),
    "transitions, nothing": View("newcomer", "{servicing:transitions}"),
    "transitions: one stage": View("operations", "{servicing:transitions}?step=prepare"),
    "transitions: a case": View("operations", "{transition}"),
    "transitions: the way": View("operations", "{transition}way/"),
    "transitions: closing without an outcome": View(
        "operations", "{transition}close/", click("main [type=submit]"), then_refused=422
    ),
    "transitions: whose": View("operations", "{servicing:new_transition}"),
    "transitions: nobody of that name": View(
        "operations", "{servicing:new_transition}?client=nobody+like+this", refused=422
    ),
    "transitions: cards chosen": View("operations", "{servicing:transitions}", click("[data-check-page]")),
    "transitions: close many": View("operations", "{servicing:transitions}", close_many),
    "transitions: start": View("operations", "{transition start}"),
    "transitions: start many": View("operations", "{clients:list}?tier=B", start_many),
    "request": View("operations", "{request}"),
    "new request": View("operations", "{servicing:new_request}"),
    "delivery": View("operations", "{servicing:delivery}"),
    "delivery, months": View("operations", "{servicing:delivery}?period=months&from=2020-01&to=2099-12"),
    "delivery, nothing": View("operations", "{servicing:delivery}?kind=unknown"),
    "delivery, own": View("advisor", "{servicing:own_delivery}"),
    "delivery: tasks": View("operations", "{servicing:delivery_tasks}"),
    "delivery: beyond": View("compliance", "{servicing:delivery_beyond}"),
    "delivery: clients": View("operations", "{servicing:delivery_clients}"),
    "time": View("advisor", "{servicing:time}"),
    "time, refused": View("advisor", "{servicing:time}", click(".time-line [type=submit]"), then_refused=422),
    "time, nothing": View("newcomer", "{servicing:time}"),
    "log time": View("advisor", "{servicing:new_time}"),
    "change time": View("advisor", "{time}"),
    "operations": View("operations", "{servicing:operations}"),
    "operations: filtered": View("compliance", "{servicing:operations}?period=quarter&tier=A&advisor=none"),
    "operations: a part": View("operations", "{servicing:operations}?part=workload"),
    "operations: worklists": View("operations", "{servicing:worklists}"),
    "operations: tasks": View("operations", "{servicing:dashboard_tasks}?what=done"),
    "operations: clients": View("operations", "{servicing:dashboard_clients}"),
    "operations: revenue": View("operations", "{servicing:pareto}"),
    "operations: movement": View("operations", "{servicing:movement}"),
    "operations: movement, clients": View("operations", "{servicing:movement_clients}"),
    "operations: goals": View("operations", "{servicing:goals}"),
    "operations: goals refused": View("operations", "{servicing:goals}", refuse_goals, then_refused=422),
    "confidence": View("operations", "{servicing:confidence_spread}"),
    "confidence: clients": View("operations", "{servicing:confidence_clients}?low=1"),
    "confidence: no clients": View("operations", "{servicing:confidence_clients}?persona=unknown"),
    "reviews": View("operations", "{servicing:reviews}"),
    "reviews of others": View("advisor", "{servicing:reviews}"),
    "review: begin": View("administrator", "{servicing:begin_review}"),
    "review": View("compliance", "{review}"),
    "review: results": View("operations", "{review}results/"),
    "review: what was valued": View("operations", "{review}valued/"),
    "review: graduation": View("operations", "{review}graduation/"),
    "review: capacity refused": View(
        "operations", "{review}capacity/", click("main [name=finish]"), then_refused=422
    ),
    "review: policy": View("operations", "{review}policy/"),
    "review: standards": View("operations", "{review}standards/"),
    "review: sign-off": View("compliance", "{review}sign/"),
    "review: carrying out": View("operations", "{review}carry_out/"),
    "review: change": View("operations", "{review}change/"),
    "review: abandon refused": View(
        "operations", "{review}abandon/", click("main [type=submit]"), then_refused=422
    ),
    "review: give a step": View("operations", "{review}policy/give/"),
    "review: record": View("compliance", "{review}record/"),
    "review: who signs": View("administrator", "{servicing:review_signers}"),
    "written policy": View("operations", "{servicing:written_policy}"),
    "written policy: a version": View("operations", "{policy version}"),
    "written policy: keep it": View("operations", "{servicing:keep_policy}"),
    "written policy: purpose": View("operations", "{servicing:policy_purpose}"),
    "keeping data": View("administrator", "{servicing:data_life}"),
    "keeping data: a list": View("administrator", "{anonymising}"),
    "keeping data: keep a client": View("administrator", "{anonymising keep}"),
    "keeping data: holds": View("administrator", "{servicing:holds}"),
    "keeping data: place a hold": View("administrator", "{servicing:new_hold}"),
    "keeping data: hold everybody": View("administrator", "{servicing:hold_everybody}"),
    "keeping data: release a hold": View("administrator", "{release hold}"),
    "keeping data: access requests": View("administrator", "{servicing:access_requests}"),
    "keeping data: record a request": View("administrator", "{servicing:new_access_request}"),
    "keeping data: a request": View("administrator", "{access request}"),
    "keeping data: periods": View("administrator", "{servicing:retention_periods}"),
    "keeping data: change periods": View("administrator", "{servicing:change_periods}"),
    "keeping data: when a client left": View("administrator", "{departure}"),
    "exports": View("administrator", "{servicing:exports}"),
    "API reference": View("administrator", "{api_reference}"),
    "connections": View("administrator", "{servicing:connections}"),
    "new token": View("administrator", "{servicing:new_token}"),
    "new token refused": View(
        "administrator", "{servicing:new_token}", click("main form [type=submit]"), then_refused=422
    ),
    "new webhook": View("administrator", "{servicing:new_webhook}"),
    "webhook": View("administrator", "{webhook}"),
    "edit webhook": View("administrator", "{edit webhook}"),
    "signing secret": View("administrator", "{webhook}", click("form[action$='/secret/'] button")),
    "ratings": View("operations", "{servicing:ratings}"),
    "ratings: one by one": View("operations", "{servicing:ratings_list}?low=1"),
    "ratings: none": View("operations", "{servicing:ratings_list}?service=unknown"),
    "rating": View("operations", "{rate}"),
    "rating: noted": View("operations", "{rated}"),
    "rating: a link": View("operations", "{rate}", click("form[action$='/link/'] button")),
    "rating: the question": View(None, "{rating answer}"),
    "client: confidence": View("operations", "{confidence}"),
    "client: confidence, corrected": View("operations", "{confidence answer}"),
    "capacity": View("operations", "{servicing:capacity}"),
    "capacity: what if": View("operations", "{servicing:capacity}?clients_1=20&people_3=1"),
    "capacity: what if, refused": View("operations", "{servicing:capacity}?clients_1=-99999", refused=422),
    "capacity: a week": View("operations", "{capacity week}"),
    "capacity: a person": View("operations", "{capacity person}"),
    "capacity: hours": View("operations", "{capacity person}hours/"),
    "own load": View("advisor", "{servicing:own_load}"),
    "own load, nothing": View("newcomer", "{servicing:own_load}"),
    "scheduled work": View("administrator", "{servicing:job_runs}"),
    "scheduled work: one": View("operations", "{schedule}"),
    "work in the background": View("operations", "{clients:jobs}"),
    "search": View("operations", "{servicing:search}?q=re"),
    "search, nothing": View("newcomer", "{servicing:search}?q=nobodyiscalledthis"),
    "tasks, nothing": View("newcomer", "{servicing:tasks}"),
    "task": View("operations", "{task}"),
    "task: done": View("operations", "{task}done/"),
    "task: hand over": View("operations", "{task}reassign/"),
    "task: done refused": View("operations", "{task}done/", refuse_next_action, then_refused=422),
    "tasks: selection": View("operations", "{servicing:tasks}", click("[data-check-page]")),
}
# clients
CLIENTS = {
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
    "client: permission refused": View(
        "operations", "{client}permission/", click("main form [type=submit]"), then_refused=422
    ),
    "client: permission, reading": View("compliance", "{client}permission/"),
    "client: channels": View("operations", "{client}contact/"),
    "client: channels refused": View(
        "operations", "{client}contact/", click("main form [type=submit]"), then_refused=422
    ),
    "client: channel again": View("operations", "{opt_out}"),
    "client: statement": View("operations", "{client}statement/"),
    "client: edit, a why open": View("operations", "{client}edit/", click("details.why summary")),
    "field register": View("advisor", "{clients:register}"),
    "field register: its editor": View("administrator", "{clients:register}"),
    "field register: one": View("administrator", "{clients:register}persona/"),
    "field register: import": View(
        "administrator", "{clients:import_register}", click("main form [type=submit]"), then_refused=422
    ),
    "field register: check": View("administrator", "{clients:register_check}"),
    "field register: an outcome": View(
        "administrator", "{clients:register_check}", click("details.why summary")
    ),
    "client: team": View("operations", "{client}team/"),
    "client: new member": View("operations", "{client}people/new/"),
    "client: member": View("operations", "{member}"),
    "client: log a touch": View("operations", "{client}service/log/"),
    "client: log time": View("operations", "{client}service/time/"),
    "client: another interval": View("operations", "{client}service/interval/"),
    "client: waive": View("operations", "{client}service/waive/"),
}
# tiers
TIERS = {
    "tiers": View("operations", "{servicing:tiers}"),
    "runs": View("operations", "{tiers:runs}"),
    "run": View("operations", "{run}"),
    "run: rejecting": View("operations", "{run}reject/"),
    "overrides": View("operations", "{tiers:overrides}"),
    "overrides, nothing": View("newcomer", "{tiers:overrides}?state=ended"),
    "fees": View("operations", "{tiers:fees}"),
    "fees: a schedule": View("operations", "{tiers:new_fees}?tier=A"),
    "fees: a schedule, refused": View(
        "operations", "{tiers:new_fees}", click(".narrow [type=submit]"), then_refused=422
    ),
    "fees: differences": View("operations", "{tiers:fee_differences}"),
    "fees: nobody": View("operations", "{tiers:fee_differences}?advisor=nobody-of-that-name"),
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
}
# the firm
FIRM = {
    "set-up": View("operations", "{clients:welcome}"),
    "import": View("operations", "{clients:imports}"),
    "import: preview": View("operations", "{clients:imports}", lambda page: upload(page, GOOD)),
    "import: errors": View("operations", "{clients:imports}", lambda page: upload(page, WRONG)),
    "import: result": View("operations", "{clients:imports}", undo_import),
    "book transfers": View("operations", "{servicing:books}"),
    "book transfer: choosing": View("operations", "{servicing:new_book}"),
    "book transfer: refused": View(
        "operations", "{servicing:new_book}", click("main form [type=submit]"), then_refused=422
    ),
    "book transfer: what would move": View("operations", "{book_draft}"),
    "book transfer: changed": View("operations", "{book_draft}change/"),
    "book transfer: done": View("operations", "{book_done}"),
    "person leaves": View("administrator", "{leave}"),
    "map": View("operations", "{personas:map}"),
    "map: edited in place": View("operations", "{personas:map}", click(".map-row-actions a")),
    "map: a row": View("operations", "{map_row}"),
    "map: new row": View("operations", "{personas:new_map_row}"),
    "map: worksheet": View("advisor", "{personas:print_map}"),
    "map: import": View("operations", "{personas:import_map}"),
    "map: preview": View("operations", "{map_import}"),
    "scripts": View("advisor", "{personas:scripts}?persona=physician"),
    "script": View("compliance", "{script}"),
    "script: new": View("advisor", "{personas:new_script}", click("form .btn-primary"), then_refused=422),
    "script: new version": View("advisor", "{script}edit/"),
    "scripts: compliance": View("compliance", "{personas:script_queue}"),
    "scripts: sheet": View("advisor", "{personas:script_sheet}?situation=vest"),
    "scripts: import": View("operations", "{personas:import_scripts}"),
    "scripts: for a client": View("operations", "{scripts_for}?role=any"),
    "client: conversation": View("operations", "{client}conversation/"),
    "messages": View("operations", "{personas:messages}"),
    "message": View("operations", "{message}"),
    "message to many": View("operations", "{personas:write_many}?script=update-everyone"),
    "message to many: sent": View("operations", "{bulk}"),
    "runway": View("operations", "{runway}"),
    "runway: living costs": View("operations", "{runway}costs/"),
    "runway: refused": View(
        "operations", "{runway}reserve/new/", click("main form [type=submit]"), then_refused=422
    ),
    "runway: checklist": View("operations", "{runway}checklist/"),
    "runway: who does it": View("operations", "{duty}"),
    "goals": View("operations", "{goals}"),
    "goals: new": View("operations", "{goals}new/", click("main form [type=submit]"), then_refused=422),
    "goals: a link": View("operations", "{goals}", click("form[action*='/link/'] button")),
    "goals: together": View("operations", "{together}"),
    "goals: a partner": View(None, "{goal_answer}"),
    "equity": View("operations", "{equity}"),
    "equity: flow": View("operations", "{equity}flow/"),
    "equity: an exercise": View(
        "operations", "{equity}what-if/", click("main form [type=submit]"), then_refused=422
    ),
    "equity: basis": View("operations", "{equity}basis/"),
    "equity: new grant": View(
        "operations", "{equity}grants/new/", click("main form [type=submit]"), then_refused=422
    ),
    "equity: a grant": View("operations", "{equity_grant}"),
    "equity: sell rule": View("operations", "{equity_plan}"),
    "equity: companies": View("operations", "{personas:equity_companies}"),
    "equity: new company": View("operations", "{personas:equity_company_new}"),
    "equity: a company": View("operations", "{equity_company}"),
    "debt": View("operations", "{debt}"),
    "debt: an amount refused": View("operations", "{debt}?extra=-1", refused=422),
    "debt: new loan": View(
        "operations", "{debt}loans/new/", click("main form [type=submit]"), then_refused=422
    ),
    "debt: a loan": View("operations", "{loan}"),
    "debt: payments": View("operations", "{loan}payments/"),
    "owner: balance sheet": View("operations", "{owner}balance/"),
    "owner: new holding": View("operations", "{owner}balance/new/"),
    "owner: a holding": View("operations", "{holding}"),
    "owner: options": View("operations", "{owner}options/"),
    "owner: new option": View("operations", "{owner}options/new/"),
    "owner: an option": View("operations", "{option}"),
    "owner: new win condition": View("operations", "{owner}wins/new/"),
    "owner: a win condition": View("operations", "{win}"),
    "owner: steps": View("operations", "{owner}steps/"),
    "owner: new step": View("operations", "{owner}steps/new/"),
    "owner: a step": View("operations", "{step}"),
    "owner: a step refused": View(
        "operations", "{step}agree/", click("main form [type=submit]"), then_refused=422
    ),
    "owner: a step's end": View("operations", "{step}end/"),
    "what tags change": View("advisor", "{servicing:tag_changes}"),
    "unsubscribe": View(None, "{unsubscribe}"),
    "sending": View("operations", "{servicing:sending}"),
    "sending: preview": View("operations", "{sending_preview}", refused=404),
    "sending: decisions": View("operations", "{servicing:sending_trouble}"),
    "merge: choosing": View("operations", "{servicing:choose_records}"),
    "merge": View("operations", "{merge}"),
    "merge: parted": View("operations", "{part}"),
    "client: split": View("operations", "{split}"),
    "people": View("administrator", "{clients:people}"),
    "invite": View("administrator", "{clients:invite}"),
    "person": View("administrator", "{person}"),
    "no right": View("advisor", "{clients:people}", refused=403),
    "not found": View("advisor", f"/clients/{UNKNOWN}/", refused=404),
}

# Each group is a test file of its own, so that two processes share the work.
ALL = SIGN_IN | OWN | WORK | CLIENTS | TIERS | FIRM
