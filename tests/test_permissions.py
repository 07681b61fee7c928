"""Every address × role × expected status. An address that is not in the table fails the test."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, NamedTuple

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.test import Client as Browser
from django.urls import NoReverseMatch, get_resolver, reverse
from django.urls.resolvers import URLPattern, URLResolver
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from clients import people
from clients.models import BulkChange, Client, Job, Member, SavedFilter, ServiceRole, TeamMember, User
from personas.models import MapRow
from servicing.models import ClientRequest, ServiceKind, ServiceTask, Transition
from tests.factories import ClientFactory, UserFactory
from tests.servicing.reviews import begun_review

# One hash for all: making one takes a third of a second.
PASSWORD = make_password("long enough to sign in")
DAY = dt.date(2026, 3, 3)
ROLES = ("anonymous", "outsider", "teammate", "operations", "compliance", "administrator")

# Statuses in the order of ROLES. 302 of anonymous is the way to the sign-in page.
ALL = (302, 200, 200, 200, 200, 200)  # everyone who is signed in
CLIENT = (302, 404, 200, 200, 200, 200)  # who may see the client
EDIT = (302, 404, 200, 200, 403, 200)  # who may see and change the client
EDITORS = (302, 200, 200, 200, 403, 200)  # who may change clients at all
FIRM = (302, 403, 403, 200, 403, 200)  # who runs the firm
ADMINS = (302, 403, 403, 403, 403, 200)
READERS = (302, 403, 403, 200, 200, 200)  # who sees the whole firm
COMPLIANCE = (302, 403, 403, 403, 200, 403)  # who approves scripts
KEEPERS = (302, 403, 403, 403, 200, 200)  # who holds, anonymises and gives data
OPEN = (200,) * 6
SCRIPT = "review-everyone-advisor"


def after(statuses: tuple[int, ...], status: int) -> tuple[int, ...]:
    """The same rights, where success answers `status`: a form that leads on, say."""
    return tuple(status if each == 200 else each for each in statuses)


# name: (method, keyword arguments, statuses). "GET" of a form shows it; "POST" sends it empty.
Row = tuple[str, dict[str, Any], tuple[int, ...]]
TABLE: dict[str, Row] = {
    "healthz": ("GET", {}, OPEN),
    # sign-in
    "account_login": ("GET", {}, (200, 302, 302, 302, 302, 302)),
    "account_logout": ("GET", {}, ALL),
    "account_inactive": ("GET", {}, OPEN),
    "account_signup": ("GET", {}, (200, 302, 302, 302, 302, 302)),
    "account_reauthenticate": ("GET", {}, ALL),
    "account_email": ("GET", {}, ALL),
    "account_email_verification_sent": ("GET", {}, OPEN),
    "account_change_password": ("GET", {}, ALL),
    "account_set_password": ("GET", {}, after(ALL, 302)),
    "account_reset_password": ("GET", {}, OPEN),
    "account_confirm_login_code": ("GET", {}, (302,) * 6),
    "account_confirm_email": ("GET", {"key": "unknown"}, OPEN),
    "account_reset_password_from_key_done": ("GET", {}, OPEN),
    "account_reset_password_from_key": ("GET", {"uidb36": "1", "key": "unknown"}, OPEN),
    "account_reset_password_done": ("GET", {}, OPEN),
    "mfa_index": ("GET", {}, ALL),
    "mfa_authenticate": ("GET", {}, (302,) * 6),
    "mfa_reauthenticate": ("GET", {}, after(ALL, 302)),
    "mfa_activate_totp": ("GET", {}, after(ALL, 302)),
    "mfa_deactivate_totp": ("GET", {}, after(ALL, 404)),
    "mfa_view_recovery_codes": ("GET", {}, after(ALL, 404)),
    "mfa_generate_recovery_codes": ("GET", {}, after(ALL, 302)),
    "mfa_download_recovery_codes": ("GET", {}, after(ALL, 404)),
    # the record
    "clients:list": ("GET", {}, ALL),
    "clients:filters": ("GET", {}, ALL),
    "clients:choose_columns": ("POST", {}, after(ALL, 302)),
    "clients:save_filter": ("POST", {}, after(ALL, 302)),
    "clients:delete_filter": ("POST", {"pk": "saved_filter"}, (302, 404, 404, 404, 404, 404)),
    "clients:bulk": ("POST", {}, after(EDITORS, 302)),
    "clients:bulk_undo": ("POST", {"pk": "bulk_change"}, (302, 403, 403, 403, 403, 403)),
    "clients:client_options": ("GET", {}, ALL),
    "clients:bulk_export": ("POST", {}, EDITORS),
    "clients:new": ("GET", {}, EDITORS),
    "clients:detail": ("GET", {"pk": "client"}, CLIENT),
    "clients:tab": ("GET", {"pk": "client", "tab": "history"}, CLIENT),
    "clients:tag_cell": ("POST", {"pk": "client", "field": "persona"}, EDIT),
    "clients:edit": ("GET", {"pk": "client"}, EDIT),
    "clients:permission": ("GET", {"pk": "client"}, CLIENT),
    "clients:opt_outs": ("GET", {"pk": "client"}, CLIENT),
    "clients:lift_opt_out": ("GET", {"pk": "client", "opt_out": 0}, (302, 404, 404, 404, 403, 404)),
    "clients:statement": ("GET", {"pk": "client"}, CLIENT),
    "clients:register": ("GET", {}, ALL),
    "clients:register_check": ("GET", {}, READERS),
    "clients:export_register": ("GET", {"kind": "csv"}, ALL),
    "clients:import_register": ("GET", {}, ADMINS),
    "clients:review_field": ("POST", {}, after(ADMINS, 422)),
    "clients:edit_entry": ("GET", {"code": "persona"}, ADMINS),
    "clients:end_entry": ("POST", {"code": "persona"}, after(ADMINS, 302)),
    "clients:team": ("GET", {"pk": "client"}, EDIT),
    "clients:new_member": ("GET", {"pk": "client"}, EDIT),
    "clients:edit_member": ("GET", {"pk": "client", "member": "member"}, EDIT),
    "clients:remove_member": ("POST", {"pk": "client", "member": "member"}, after(EDIT, 302)),
    # imports and export; number 0 is no import, so the door alone answers
    "clients:imports": ("GET", {}, FIRM),
    "clients:import": ("GET", {"pk": 0}, after(FIRM, 404)),
    "clients:import_columns": ("POST", {"pk": 0}, after(FIRM, 404)),
    "clients:import_apply": ("POST", {"pk": 0}, after(FIRM, 404)),
    "clients:import_discard": ("POST", {"pk": 0}, after(FIRM, 404)),
    "clients:import_undo": ("POST", {"pk": 0}, after(FIRM, 404)),
    "clients:import_errors": ("GET", {"pk": 0}, after(FIRM, 404)),
    "clients:export": ("GET", {}, ALL),
    # tiers
    "tiers:runs": ("GET", {}, READERS),
    "tiers:run": ("GET", {"pk": 0}, after(READERS, 404)),
    "tiers:propose": ("POST", {}, after(FIRM, 302)),
    "tiers:apply": ("POST", {"pk": 0}, after(FIRM, 404)),
    "tiers:undo": ("POST", {"pk": 0}, after(FIRM, 404)),
    "tiers:reject": ("GET", {"pk": 0}, after(FIRM, 404)),
    "tiers:restore": ("POST", {"pk": 0}, after(FIRM, 404)),
    "tiers:overrides": ("GET", {}, ALL),
    "tiers:fees": ("GET", {}, ALL),
    "tiers:new_fees": ("GET", {}, FIRM),
    "tiers:withdraw_fees": ("POST", {"pk": 0}, after(FIRM, 404)),
    "tiers:fee_differences": ("GET", {}, READERS),
    "tiers:fee_differences_file": ("GET", {}, READERS),
    "tiers:compare_fees": ("POST", {}, after(FIRM, 302)),
    "tiers:graduation": ("GET", {}, ALL),
    "tiers:graduation_file": ("GET", {}, ALL),
    "client_tier:route": ("GET", {"pk": "client"}, CLIENT),
    "client_tier:pin": ("GET", {"pk": "client"}, FIRM),
    "client_tier:reopen_pin": ("POST", {"pk": "client", "override": 0}, after(FIRM, 404)),
    "client_tier:end_pin": ("POST", {"pk": "client", "override": 0}, after(FIRM, 404)),
    "tiers:policies": ("GET", {}, ALL),
    "tiers:policy": ("GET", {"pk": 0}, after(ALL, 404)),
    "tiers:compare": ("GET", {"pk": 0}, after(ALL, 404)),
    "tiers:copy_policy": ("POST", {"pk": 0}, after(FIRM, 404)),
    "tiers:studio": ("GET", {"pk": 0}, after(FIRM, 404)),
    "tiers:simulate": ("POST", {"pk": 0}, after(FIRM, 404)),
    "tiers:publish": ("GET", {"pk": 0}, after(FIRM, 404)),
    "tiers:withdraw": ("POST", {"pk": 0}, after(FIRM, 404)),
    "tiers:discard": ("GET", {"pk": 0}, after(FIRM, 404)),
    # the API: a session opens nothing there
    **{
        f"api:{name}": (method, kwargs, (401,) * 6)
        for method, name, kwargs in (
            ("GET", "me", {}),
            ("GET", "clients", {}),
            ("PUT", "put_clients", {}),
            ("GET", "client", {"id": "client"}),
            ("GET", "tags", {"id": "client"}),
            ("PATCH", "set_tags", {"id": "client"}),
            ("GET", "permission", {"id": "client"}),
            ("GET", "client_tier", {"id": "client"}),
            ("GET", "tiers", {}),
            ("PUT", "put_revenue", {}),
            ("PUT", "put_touches", {}),
            ("PUT", "put_time", {}),
            ("GET", "tasks", {}),
            ("GET", "task", {"id": "task"}),
            ("POST", "complete", {"id": "task"}),
            ("POST", "attempt", {"id": "task"}),
        )
    },
    "api:api-root": ("GET", {}, (404,) * 6),
    "api_unknown": ("GET", {}, (404,) * 6),
    "openapi": ("GET", {}, (401, 200, 200, 200, 200, 200)),
    "api_reference": ("GET", {}, ALL),
    # service
    "servicing:today": ("GET", {}, ALL),
    "servicing:search": ("GET", {}, ALL),
    "servicing:tasks": ("GET", {}, ALL),
    "servicing:tiers": ("GET", {}, READERS),
    "servicing:new_task": ("GET", {}, EDITORS),
    "servicing:new_touch": ("GET", {}, EDITORS),
    "servicing:task": ("GET", {"pk": "task"}, CLIENT),
    "servicing:work": ("GET", {"pk": "task", "step": "done"}, EDIT),
    "servicing:undo": ("POST", {"pk": "task"}, after(EDIT, 302)),
    "servicing:meeting": ("GET", {"pk": "task"}, CLIENT),
    "servicing:choose_decision": ("POST", {"pk": "task"}, after(EDIT, 422)),
    "servicing:change_decision": ("POST", {"pk": "task"}, after(EDIT, 302)),
    "servicing:note_decision": ("POST", {"pk": "task"}, after(EDIT, 422)),
    "servicing:drop_noted": ("POST", {"pk": "task", "noted": 0}, after(EDIT, 404)),
    "servicing:hold_meeting": ("POST", {"pk": "task"}, after(EDIT, 422)),
    "servicing:brief": ("GET", {"pk": "task"}, CLIENT),
    "servicing:briefs": ("GET", {}, ALL),
    "servicing:confidence": ("GET", {"pk": "client"}, CLIENT),
    "servicing:correct_confidence": ("POST", {"pk": "client", "answer": 0}, after(EDIT, 404)),
    "servicing:confidence_spread": ("GET", {}, READERS),
    "servicing:confidence_clients": ("GET", {}, READERS),
    "servicing:confidence_file": ("GET", {}, READERS),
    "servicing:reviews": ("GET", {}, ALL),
    "servicing:begin_review": ("GET", {}, FIRM),
    "servicing:review_signers": ("GET", {}, ADMINS),
    "servicing:review": ("GET", {"pk": "review"}, READERS),
    "servicing:change_review": ("GET", {"pk": "review"}, FIRM),
    "servicing:abandon_review": ("GET", {"pk": "review"}, FIRM),
    "servicing:review_record": ("GET", {"pk": "review"}, READERS),
    "servicing:review_file": ("GET", {"pk": "review"}, READERS),
    "servicing:review_step": ("GET", {"pk": "review", "code": "graduation"}, READERS),
    "servicing:give_review_step": ("GET", {"pk": "review", "code": "graduation"}, FIRM),
    "servicing:review_action": ("POST", {"pk": 0}, after(ALL, 404)),
    "servicing:written_policy": ("GET", {}, ALL),
    "servicing:policy_version": ("GET", {"number": 0}, after(ALL, 404)),
    "servicing:keep_policy": ("GET", {}, FIRM),
    "servicing:policy_purpose": ("GET", {}, FIRM),
    "servicing:data_life": ("GET", {}, KEEPERS),
    "servicing:anonymising": ("GET", {"pk": 0}, after(KEEPERS, 404)),
    "servicing:anonymising_reviewed": ("POST", {"pk": 0}, after(KEEPERS, 404)),
    "servicing:anonymising_again": ("POST", {"pk": 0}, after(KEEPERS, 404)),
    "servicing:anonymising_approve": ("POST", {"pk": 0}, after(KEEPERS, 404)),
    "servicing:anonymising_carry_on": ("POST", {"pk": 0}, after(KEEPERS, 404)),
    "servicing:anonymising_drop": ("POST", {"pk": 0}, after(KEEPERS, 404)),
    "servicing:anonymising_exclude": ("GET", {"pk": 0, "row": 0}, after(KEEPERS, 404)),
    "servicing:anonymising_include": ("POST", {"pk": 0, "row": 0}, after(KEEPERS, 404)),
    "servicing:retention_periods": ("GET", {}, KEEPERS),
    "servicing:change_periods": ("GET", {}, ADMINS),
    "servicing:holds": ("GET", {}, KEEPERS),
    "servicing:new_hold": ("GET", {}, KEEPERS),
    "servicing:hold_everybody": ("GET", {}, KEEPERS),
    "servicing:release_hold": ("GET", {"pk": 0}, after(KEEPERS, 404)),
    "servicing:departure": ("GET", {"pk": 0}, after(KEEPERS, 404)),
    "servicing:access_requests": ("GET", {}, KEEPERS),
    "servicing:new_access_request": ("GET", {}, KEEPERS),
    "servicing:access_request": ("GET", {"pk": 0}, after(KEEPERS, 404)),
    "servicing:make_access_answer": ("POST", {"pk": 0}, after(KEEPERS, 404)),
    "servicing:download_access_answer": ("POST", {"pk": 0}, after(KEEPERS, 404)),
    "servicing:close_access_request": ("POST", {"pk": 0}, after(KEEPERS, 404)),
    "servicing:reopen_access_request": ("POST", {"pk": 0}, after(KEEPERS, 404)),
    "servicing:connections": ("GET", {}, ADMINS),
    "servicing:new_token": ("GET", {}, ADMINS),
    "servicing:end_token": ("POST", {"pk": 0}, after(ADMINS, 404)),
    "servicing:new_webhook": ("GET", {}, ADMINS),
    "servicing:webhook": ("GET", {"pk": 0}, after(ADMINS, 404)),
    "servicing:edit_webhook": ("GET", {"pk": 0}, after(ADMINS, 404)),
    "servicing:webhook_step": ("POST", {"pk": 0, "step": "try"}, after(ADMINS, 404)),
    "servicing:send_again": ("POST", {"pk": 0, "message": 0}, after(ADMINS, 404)),
    "servicing:exports": ("GET", {}, READERS),
    "servicing:make_export": ("POST", {}, after(ADMINS, 302)),
    "servicing:download_export": ("POST", {"pk": 0}, after(READERS, 404)),
    "servicing:remove_export": ("POST", {"pk": 0}, after(READERS, 404)),
    "servicing:rate": ("GET", {"pk": "rated"}, CLIENT),
    "servicing:rating_link": ("POST", {"pk": "rated"}, after(EDIT, 200)),
    "servicing:rating_answer": ("GET", {"token": "x" * 43}, (404,) * 6),
    "servicing:ratings": ("GET", {}, READERS),
    "servicing:ratings_list": ("GET", {}, READERS),
    "servicing:ratings_file": ("GET", {}, READERS),
    "servicing:prepare": ("POST", {"pk": "task"}, after(EDIT, 302)),
    "servicing:bulk": ("POST", {}, after(FIRM, 302)),
    "servicing:bulk_undo": ("POST", {"pk": 0}, after(FIRM, 404)),
    "servicing:log_touch": ("GET", {"pk": "client"}, EDIT),
    "servicing:remove_touch": ("POST", {"pk": "client", "touch": 0}, after(EDIT, 404)),
    "servicing:waive": ("GET", {"pk": "client"}, EDIT),
    "servicing:own_interval": ("GET", {"pk": "client"}, EDIT),
    "servicing:back_to_standard": ("POST", {"pk": "client", "cadence": 0}, after(EDIT, 404)),
    "servicing:promises": ("GET", {}, after(ALL, 302)),
    "servicing:promise": ("GET", {"tier": "A"}, ALL),
    "servicing:client_promise": ("GET", {"pk": "client"}, CLIENT),
    "servicing:exceptions": ("GET", {}, ALL),
    "servicing:absences": ("GET", {}, ALL),
    "servicing:new_absence": ("GET", {}, ALL),
    "servicing:absence": ("GET", {"pk": 0}, after(ALL, 404)),
    "servicing:end_absence": ("POST", {"pk": 0}, after(ALL, 404)),
    "servicing:undo_absence": ("POST", {}, after(ALL, 302)),
    "servicing:requests": ("GET", {}, ALL),
    "servicing:new_request": ("GET", {}, EDITORS),
    "servicing:answer_times": ("GET", {}, READERS),
    "servicing:request": ("GET", {"pk": "request"}, CLIENT),
    "servicing:delivery": ("GET", {}, READERS),
    "servicing:own_delivery": ("GET", {}, (302, 200, 200, 302, 302, 302)),
    "servicing:delivery_tasks": ("GET", {}, ALL),
    "servicing:delivery_beyond": ("GET", {}, ALL),
    "servicing:delivery_clients": ("GET", {}, ALL),
    "servicing:delivery_file": ("GET", {}, ALL),
    "servicing:time": ("GET", {}, ALL),
    "servicing:new_time": ("GET", {}, EDITORS),
    "servicing:undo_time": ("POST", {}, after(EDITORS, 302)),
    "servicing:edit_time": ("GET", {"pk": 0}, after(EDITORS, 404)),
    "servicing:remove_time": ("POST", {"pk": 0}, after(EDITORS, 404)),
    "servicing:log_time": ("GET", {"pk": "client"}, EDIT),
    "servicing:calendar_feed": ("GET", {"secret": "x" * 43}, (404,) * 6),
    "servicing:calendar_make": ("POST", {}, ALL),
    "servicing:calendar_end": ("POST", {}, after(ALL, 302)),
    "servicing:calendar_names": ("POST", {}, after(ALL, 302)),
    "servicing:operations": ("GET", {}, READERS),
    "servicing:worklists": ("GET", {}, READERS),
    "servicing:dashboard_file": ("GET", {}, after(READERS, 404)),
    "servicing:dashboard_tasks": ("GET", {}, READERS),
    "servicing:dashboard_clients": ("GET", {}, READERS),
    "servicing:pareto": ("GET", {}, READERS),
    "servicing:movement": ("GET", {}, READERS),
    "servicing:movement_clients": ("GET", {}, READERS),
    "servicing:goals": ("GET", {}, FIRM),
    "servicing:capacity": ("GET", {}, READERS),
    "servicing:transitions": ("GET", {}, ALL),
    "servicing:new_transition": ("GET", {}, EDITORS),
    "servicing:give_transitions": ("POST", {}, after(FIRM, 302)),
    "servicing:close_transitions": ("POST", {}, after(FIRM, 302)),
    "servicing:start_transitions": ("POST", {}, after(EDITORS, 302)),
    "servicing:undo_start_transitions": ("POST", {}, after(EDITORS, 302)),
    "servicing:transition": ("GET", {"pk": "transition"}, CLIENT),
    "servicing:transition_step": ("GET", {"pk": "transition", "what": "way"}, EDIT),
    "servicing:reopen_transition": ("POST", {"pk": "transition"}, after(EDIT, 302)),
    "servicing:start_transition": ("GET", {"pk": "client"}, after(EDIT, 302)),  # to the one that is open
    "servicing:capacity_export": ("GET", {}, READERS),
    "servicing:capacity_week": ("GET", {"monday": "2001-01-01"}, after(READERS, 404)),
    "servicing:person_capacity": ("GET", {"pk": 0}, READERS),
    "servicing:hours": ("GET", {"pk": "person"}, FIRM),
    "servicing:own_load": ("GET", {}, ALL),
    "servicing:job_runs": ("GET", {}, READERS),
    "servicing:job_run_history": ("GET", {"pk": 0}, after(READERS, 404)),
    "servicing:run_job": ("POST", {"pk": 0}, after(FIRM, 404)),
    # books and records
    "servicing:books": ("GET", {}, FIRM),
    "servicing:new_book": ("GET", {}, FIRM),
    "servicing:picked_book": ("POST", {}, after(FIRM, 302)),
    "servicing:book": ("GET", {"pk": 0}, after(FIRM, 404)),
    "servicing:change_book": ("GET", {"pk": 0}, after(FIRM, 404)),
    "servicing:do_book": ("POST", {"pk": 0}, after(FIRM, 404)),
    "servicing:undo_book": ("POST", {"pk": 0}, after(FIRM, 404)),
    "servicing:leave": ("GET", {"pk": "person"}, ADMINS),
    "servicing:choose_records": ("GET", {}, FIRM),
    "servicing:merge": ("GET", {"kept": "client", "gone": 0}, after(FIRM, 404)),
    "servicing:part": ("GET", {"pk": 0}, after(FIRM, 404)),
    "servicing:split": ("GET", {"pk": "client"}, FIRM),
    "servicing:end_waiver": ("POST", {"pk": "client", "waiver": 0}, after(EDIT, 404)),
    # conversations; a script that ships with the product
    "personas:home": ("GET", {}, after(ALL, 302)),
    "personas:map": ("GET", {}, ALL),
    "personas:new_map_row": ("GET", {}, FIRM),
    "personas:map_row": ("GET", {"pk": "map_row"}, ALL),
    "personas:retire_map_row": ("POST", {"pk": "map_row"}, after(FIRM, 302)),
    "personas:print_map": ("GET", {}, ALL),
    "personas:export_map": ("GET", {"kind": "csv"}, ALL),
    "personas:import_map": ("GET", {}, FIRM),
    "personas:map_import": ("GET", {"pk": 0}, after(FIRM, 404)),
    "personas:scripts": ("GET", {}, ALL),
    "personas:new_script": ("GET", {}, EDITORS),
    "personas:script": ("GET", {"code": SCRIPT}, ALL),
    "personas:edit_script": ("GET", {"code": SCRIPT}, EDITORS),
    "personas:script_step": ("POST", {"code": SCRIPT, "step": "submit"}, after(EDITORS, 302)),
    "personas:script_queue": ("GET", {}, COMPLIANCE),
    "personas:decide_script": ("POST", {"code": SCRIPT, "decision": "approve"}, after(COMPLIANCE, 422)),
    "personas:approve_shipped": ("POST", {}, after(COMPLIANCE, 302)),
    "personas:script_sheet": ("GET", {}, ALL),
    "personas:export_scripts": ("GET", {"kind": "csv"}, ALL),
    "personas:import_scripts": ("GET", {}, FIRM),
    "personas:scripts_for": ("GET", {"pk": "client"}, CLIENT),
    "personas:use_script": ("POST", {"pk": "client", "version": 0}, after(EDIT, 404)),
    "personas:messages": ("GET", {}, ALL),
    "personas:message": ("GET", {"pk": 0}, after(ALL, 404)),
    "personas:write_many": ("GET", {}, EDITORS),
    "personas:bulk": ("GET", {"pk": 0}, after(EDITORS, 404)),
    "personas:stop_bulk": ("POST", {"pk": 0}, after(EDITORS, 404)),
    "personas:try_address": ("POST", {"pk": 0}, after(EDITORS, 404)),
    "servicing:tag_changes": ("GET", {}, ALL),
    # a household on one income, and two partners; number 0 is no ranking, so the door alone answers
    "personas:runway": ("GET", {"pk": "client"}, CLIENT),
    "personas:runway_costs": ("GET", {"pk": "client"}, EDIT),
    "personas:runway_checklist": ("GET", {"pk": "client"}, EDIT),
    "personas:new_runway_line": ("GET", {"pk": "client", "kind": "reserve"}, EDIT),
    "personas:runway_line": ("GET", {"pk": "client", "kind": "duty", "number": 1}, after(EDIT, 404)),
    "personas:remove_runway_line": (
        "POST",
        {"pk": "client", "kind": "income", "number": 1},
        after(EDIT, 404),
    ),
    "personas:goals": ("GET", {"pk": "client"}, CLIENT),
    "personas:begin_goals": ("GET", {"pk": "client"}, EDIT),
    "personas:goal_link": ("POST", {"pk": "client", "partner": 0}, after(EDIT, 404)),
    "personas:goals_together": ("GET", {"pk": "client", "number": 0}, after(EDIT, 404)),
    "personas:end_goals": ("POST", {"pk": "client", "number": 0}, after(EDIT, 404)),
    "personas:goal_answer": ("GET", {"token": "x" * 43}, (404,) * 6),
    "personas:unsubscribe": ("GET", {"token": f"{'0' * 32}:{'x' * 43}"}, (404,) * 6),
    # working tools; number 0 is no loan, no step, so the door alone answers
    "personas:debt": ("GET", {"pk": "client"}, CLIENT),
    "personas:new_loan": ("GET", {"pk": "client"}, EDIT),
    "personas:edit_loan": ("GET", {"pk": "client", "loan": 0}, after(EDIT, 404)),
    "personas:loan_payments": ("GET", {"pk": "client", "loan": 0}, after(CLIENT, 404)),
    "personas:remove_loan": ("POST", {"pk": "client", "loan": 0}, after(EDIT, 404)),
    "personas:owner_balance": ("GET", {"pk": "client"}, CLIENT),
    "personas:new_holding": ("GET", {"pk": "client"}, EDIT),
    "personas:edit_holding": ("GET", {"pk": "client", "holding": 0}, after(EDIT, 404)),
    "personas:remove_holding": ("POST", {"pk": "client", "holding": 0}, after(EDIT, 404)),
    "personas:owner_options": ("GET", {"pk": "client"}, CLIENT),
    "personas:new_option": ("GET", {"pk": "client"}, EDIT),
    "personas:edit_option": ("GET", {"pk": "client", "option": 0}, after(EDIT, 404)),
    "personas:remove_option": ("POST", {"pk": "client", "option": 0}, after(EDIT, 404)),
    "personas:new_win": ("GET", {"pk": "client"}, EDIT),
    "personas:edit_win": ("GET", {"pk": "client", "win": 0}, after(EDIT, 404)),
    "personas:remove_win": ("POST", {"pk": "client", "win": 0}, after(EDIT, 404)),
    "personas:owner_steps": ("GET", {"pk": "client"}, CLIENT),
    "personas:new_step": ("GET", {"pk": "client"}, EDIT),
    "personas:add_starters": ("POST", {"pk": "client"}, after(EDIT, 302)),
    "personas:edit_step": ("GET", {"pk": "client", "step": 0}, after(EDIT, 404)),
    "personas:agree_step": ("GET", {"pk": "client", "step": 0}, after(EDIT, 404)),
    "personas:close_step": ("GET", {"pk": "client", "step": 0}, after(EDIT, 404)),
    "personas:do_step": ("POST", {"pk": "client", "step": 0, "doing": "later"}, after(EDIT, 404)),
    # pay in equity; number 0 is no grant and no company, so the door alone answers
    "personas:equity": ("GET", {"pk": "client"}, CLIENT),
    "personas:equity_flow": ("GET", {"pk": "client"}, CLIENT),
    "personas:equity_what_if": ("GET", {"pk": "client"}, CLIENT),
    "personas:equity_basis": ("GET", {"pk": "client"}, EDIT),
    "personas:equity_plan": ("GET", {"pk": "client", "company": 0}, after(EDIT, 404)),
    "personas:equity_grant_new": ("GET", {"pk": "client"}, EDIT),
    "personas:equity_grant": ("GET", {"pk": "client", "number": 0}, after(EDIT, 404)),
    "personas:equity_grant_remove": ("POST", {"pk": "client", "number": 0}, after(EDIT, 404)),
    "personas:equity_record": ("POST", {"pk": "client", "number": 0}, after(EDIT, 404)),
    "personas:equity_take_back": ("POST", {"pk": "client", "number": 0, "move": 0}, after(EDIT, 404)),
    "personas:equity_companies": ("GET", {}, ALL),
    "personas:equity_company_new": ("GET", {}, EDITORS),
    "personas:equity_company": ("GET", {"number": 0}, after(EDITORS, 404)),
    "personas:equity_day_remove": (
        "POST",
        {"number": 0, "what": "window", "day": 0},
        after(EDITORS, 404),
    ),
    "servicing:sending": ("GET", {}, READERS),
    "servicing:sending_preview": ("GET", {"task": 0, "day": 0}, after(READERS, 404)),
    "servicing:sending_trouble": ("GET", {}, READERS),
    "servicing:sending_decide": ("POST", {"pk": 0}, after(FIRM, 404)),
    # the firm and its people
    "clients:people": ("GET", {}, ADMINS),
    "clients:people_options": ("GET", {}, ALL),
    "clients:invite": ("GET", {}, ADMINS),
    "clients:edit_person": ("GET", {"pk": "person"}, ADMINS),
    "clients:resend": ("POST", {"pk": "person"}, after(ADMINS, 302)),
    "clients:set_active": ("POST", {"pk": "person"}, after(ADMINS, 302)),
    "clients:invitation": ("GET", {"uid": "invitation_uid", "token": "invitation_token"}, OPEN),
    "clients:welcome": ("GET", {}, FIRM),
    "clients:own_settings": ("GET", {}, ALL),
    "clients:notices": ("GET", {}, ALL),
    "clients:see_notices": ("POST", {}, after(ALL, 302)),
    "clients:open_notice": ("GET", {"pk": 0}, after(ALL, 404)),
    # work in a worker: who asked for it, and who runs the firm
    "clients:jobs": ("GET", {}, ALL),
    "clients:job": ("GET", {"pk": "job"}, (302, 404, 200, 200, 404, 200)),
}
# Reached without being signed in and without a database that answers as in production.
TRIED_ELSEWHERE = {"readyz"}


class Firm(NamedTuple):
    browsers: dict[str, Browser]
    subjects: dict[str, Any]


def named_patterns(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"
        else:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from named_patterns(pattern, inner)


NAMES = sorted(set(named_patterns(get_resolver())))
ADMIN_NAMES = [name for name in NAMES if name.startswith("admin:")]


def test_it_has_every_address():
    missing = set(NAMES) - set(TABLE) - TRIED_ELSEWHERE - set(ADMIN_NAMES)
    assert not missing, f"Add to TABLE who may open: {', '.join(sorted(missing))}"
    assert not set(TABLE) - set(NAMES), "TABLE names addresses that are gone."


@pytest.fixture(scope="module")
def firm(django_db_setup: Any, django_db_blocker: Any) -> Iterator[Firm]:
    """Made once: whatever a test does to it is undone with the test's own transaction, inside this one."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield Firm(signed_in_browsers(), made_subjects())
        transaction.set_rollback(True)


@pytest.fixture
def browsers(firm: Firm, db: Any) -> dict[str, Browser]:
    """A signed-in browser for each role; `teammate` is on the client's team."""
    fresh = {role: Browser() for role in ROLES}
    for role, browser in fresh.items():
        browser.cookies = deepcopy(firm.browsers[role].cookies)
    return fresh


@pytest.fixture
def subjects(firm: Firm, db: Any) -> dict[str, Any]:
    return firm.subjects


def signed_in_browsers() -> dict[str, Browser]:
    groups = {"outsider": "advisor", "teammate": "advisor"}
    found = {"anonymous": Browser()}
    for role in ROLES[1:]:
        found[role] = Browser()
        user = UserFactory(username=role, groups=[groups.get(role, role)], password=PASSWORD)
        found[role].force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return found


def made_subjects() -> dict[str, Any]:
    """What the addresses are about."""
    client = ClientFactory()
    teammate = User.objects.get(username="teammate")
    TeamMember.objects.create(client=client, role=ServiceRole.objects.get(code="associate"), user=teammate)
    owner = UserFactory()
    invited = UserFactory()
    invited.set_unusable_password()
    invited.save()
    uid = urlsafe_base64_encode(force_bytes(invited.pk))
    assert people.invited(uid, default_token_generator.make_token(invited))
    return {
        "client": client.pk,
        "member": Member.objects.create(client=client, name="Ada").pk,
        "saved_filter": SavedFilter.objects.create(user=owner, name="Theirs", query="").pk,
        "bulk_change": BulkChange.objects.create(field="persona", created_by=owner).pk,
        "person": owner.pk,
        "map_row": MapRow.objects.order_by("pk")[0].pk,
        "job": Job.objects.create(task="t", title="A job", requested_by=teammate).pk,
        "task": ServiceTask.objects.create(
            client=client, title="Call", channel="phone", due_on=DAY, window_start=DAY, window_end=DAY
        ).pk,
        "rated": ServiceTask.objects.create(
            client=client,
            kind=ServiceKind.objects.order_by("pk")[0],
            status="done",
            due_on=DAY,
            window_start=DAY,
            window_end=DAY,
        ).pk,
        "request": ClientRequest.objects.create(
            client=client,
            text="May we call?",
            task=ServiceTask.objects.create(
                client=client, title="May we call?", due_on=DAY, window_start=DAY, window_end=DAY
            ),
        ).pk,
        "transition": Transition.objects.create(client=client, opened_on=DAY, due_on=DAY).pk,
        "review": begun_review().pk,
        "invitation_uid": uid,
        "invitation_token": default_token_generator.make_token(invited),
    }


@pytest.mark.parametrize("name", sorted(TABLE))
def test_it_opens_to_these_roles_alone(name, browsers, subjects):
    method, kwargs, expected = TABLE[name]
    answers = []
    for role in ROLES:
        fresh = _again(subjects)
        url = reverse(name, kwargs={key: fresh.get(value, value) for key, value in kwargs.items()})
        response = browsers[role].generic(method, url)
        answers.append(response.status_code)
        if role == "anonymous" and response.status_code == 302 and expected[0] == 302:
            assert "/accounts/" in response.url
    assert dict(zip(ROLES, answers, strict=True)) == dict(zip(ROLES, expected, strict=True)), name


def _again(subjects: dict[str, Any]) -> dict[str, Any]:
    """The subjects, with the one that a role before may have removed."""
    client = Client.objects.get(pk=subjects["client"])
    member, _made = Member.objects.get_or_create(
        pk=subjects["member"], defaults={"client": client, "name": "Ada"}
    )
    return {**subjects, "member": member.pk}


@pytest.mark.parametrize("role", ROLES)
def test_it_opens_admin_to_administrators_alone(role, browsers):
    for name in ADMIN_NAMES:
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue  # it is about one object, behind the same door
        response = browsers[role].get(url)
        if role == "anonymous":
            assert response.status_code == 302, name
        elif role == "administrator":
            # 403: an object that nobody adds there; 405: it answers POST alone; 400: it wants parameters
            assert response.status_code in (200, 302, 403, 404, 405), name
        elif name not in ("admin:logout", "admin:jsi18n"):
            assert response.status_code in (302, 403, 405), name
            assert response.status_code != 302 or "/admin/login" in response.url, name


def test_it_says_who_has_the_right(browsers):
    text = browsers["outsider"].get("/people/").content.decode()
    assert "Administrators can do this." in text
