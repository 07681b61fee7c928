"""Every address is looked at by axe-core, or named here as no page."""

from __future__ import annotations

from contextlib import suppress

import pytest
from django.urls import Resolver404, resolve

from tests.browser.places import address
from tests.browser.views import ALL
from tests.test_permissions import NAMES

pytestmark = [pytest.mark.browser, pytest.mark.thorough, pytest.mark.django_db]

# Addresses that answer a form, send a file, draw a part of a page or lead on; and Django's own admin.
NO_PAGE = {
    "api_unknown",
    "openapi",
    "account_confirm_email",
    "account_confirm_login_code",
    "account_set_password",
    "client_tier:end_pin",
    "client_tier:reopen_pin",
    "clients:bulk",
    "clients:bulk_export",
    "clients:bulk_undo",
    "clients:choose_columns",
    "clients:client_options",
    "clients:delete_filter",
    "clients:end_entry",
    "clients:export",
    "clients:export_register",
    "clients:import_apply",
    "clients:import_columns",
    "clients:import_discard",
    "clients:import_errors",
    "clients:import_undo",
    "clients:open_notice",
    "clients:people_options",
    "clients:remove_member",
    "clients:resend",
    "clients:review_field",
    "clients:save_filter",
    "clients:see_notices",
    "clients:set_active",
    "clients:tag_cell",
    "healthz",
    "servicing:anonymising_again",
    "servicing:anonymising_approve",
    "servicing:anonymising_carry_on",
    "servicing:anonymising_drop",
    "servicing:anonymising_include",
    "servicing:anonymising_reviewed",
    "servicing:close_access_request",
    "servicing:download_access_answer",
    "servicing:make_access_answer",
    "servicing:reopen_access_request",
    "servicing:webhook_step",
    "mfa_download_recovery_codes",
    "mfa_reauthenticate",
    "personas:add_starters",
    "personas:approve_shipped",
    "personas:decide_script",
    "personas:do_step",
    "personas:end_goals",
    "personas:equity_day_remove",
    "personas:equity_grant_remove",
    "personas:equity_record",
    "personas:equity_take_back",
    "personas:export_map",
    "personas:export_scripts",
    "personas:home",
    "personas:remove_holding",
    "personas:remove_loan",
    "personas:remove_option",
    "personas:remove_runway_line",
    "personas:remove_win",
    "personas:retire_map_row",
    "personas:script_step",
    "personas:stop_bulk",
    "personas:try_address",
    "readyz",
    "servicing:back_to_standard",
    "servicing:bulk",
    "servicing:bulk_undo",
    "servicing:calendar_end",
    "servicing:calendar_feed",
    "servicing:calendar_names",
    "servicing:capacity_export",
    "servicing:dashboard_file",
    "servicing:delivery_file",
    "servicing:choose_decision",
    "servicing:confidence_file",
    "servicing:do_book",
    "servicing:download_export",
    "servicing:drop_noted",
    "servicing:end_absence",
    "servicing:end_token",
    "servicing:send_again",
    "servicing:end_waiver",
    "servicing:give_transitions",
    "servicing:hold_meeting",
    "servicing:make_export",
    "servicing:note_decision",
    "servicing:picked_book",
    "servicing:prepare",
    "servicing:promises",
    "servicing:ratings_file",
    "servicing:remove_export",
    "servicing:remove_time",
    "servicing:remove_touch",
    "servicing:reopen_transition",
    "servicing:review_action",
    "servicing:review_file",
    "servicing:run_job",
    "servicing:sending_decide",
    "servicing:undo",
    "servicing:undo_absence",
    "servicing:undo_book",
    "servicing:undo_start_transitions",
    "servicing:undo_time",
    "tiers:apply",
    "tiers:compare_fees",
    "tiers:copy_policy",
    "tiers:fee_differences_file",
    "tiers:graduation_file",
    "tiers:propose",
    "tiers:restore",
    "tiers:simulate",
    "tiers:undo",
    "tiers:withdraw",
    "tiers:withdraw_fees",
}


def test_no_page_is_left_out(places):
    """Fails for a new address until it is looked at above, or named as no page."""
    # reached by what is done on a page
    shown = {"clients:import", "servicing:work", "servicing:calendar_make", "mfa_authenticate"}
    shown |= {"personas:use_script", "personas:goal_link", "servicing:rating_link"}
    shown |= {"servicing:start_transitions", "servicing:close_transitions"}
    for view in ALL.values():
        with suppress(Resolver404):
            shown.add(resolve(address(view.address, places).partition("?")[0]).view_name)
    missing = {name for name in NAMES if not name.startswith(("admin:", "api:"))} - shown - NO_PAGE
    assert not missing, f"Look at these pages too: {', '.join(sorted(missing))}"
