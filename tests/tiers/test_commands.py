"""score_clients and export_run: names, options and columns that others rely on."""

import csv
import datetime as dt
import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clients.commands import Refused, WrongUsage
from clients.exporting import client_lines
from clients.models import Client, ClientScore
from tests.tiers.firm import BY_REVENUE, D, case, current_tiers, store, store_policy
from tests.tiers.reference import Rule, Stated
from tiers.models import ScoringRun
from tiers.runs import latest_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def policy():
    store([case("=a", "400.50"), case("b", 300), case("c")])
    return store_policy(BY_REVENUE)


def score(policy, *options):
    out = io.StringIO()
    call_command(
        "score_clients", "--as-of", D.isoformat(), "--policy", str(policy.pk), "--json", *options, stdout=out
    )
    return json.loads(out.getvalue())


def export(run, *options):
    out = io.StringIO()
    call_command("export_run", str(run), *options, stdout=out)
    return list(csv.DictReader(io.StringIO(out.getvalue())))


def test_it_prints_the_run_as_json(policy):
    result = score(policy)
    assert {key: result[key] for key in ("policy", "as_of", "clients", "scored", "insufficient")} == {
        "policy": policy.pk, "as_of": "2026-03-31", "clients": 3, "scored": 2, "insufficient": 1,
    }  # fmt: skip
    assert result["total_revenue"] == 700.5
    assert result["tiers"] == {
        "A": {"clients": 1, "revenue": 400.5},
        "B": {"clients": 1, "revenue": 300.0},
        "C": {"clients": 0, "revenue": 0.0},
    }
    assert result["moves"] == [
        {"from": None, "to": "A", "clients": 1},
        {"from": None, "to": "B", "clients": 1},
    ]
    assert result["warnings"] == []
    assert current_tiers() == {}


def test_it_applies_when_asked(policy):
    score(policy, "--apply")
    assert current_tiers() == {"=a": "A", "b": "B"}
    assert score(policy, "--apply")["moves"] == []


def test_it_says_what_it_did_in_words(policy):
    out = io.StringIO()
    call_command("score_clients", as_of=D, policy=policy.pk, apply=True, stdout=out)
    assert "Tier A: 1 clients, revenue 400.50" in out.getvalue()
    assert "no tier → A: 1 clients" in out.getvalue()


def test_it_takes_the_published_policy_by_default():
    out = io.StringIO()
    call_command("score_clients", "--json", stdout=out)
    assert json.loads(out.getvalue())["clients"] == 0


def test_it_warns_of_a_factor_that_hardly_anyone_has():
    store([case("a", 100), case("b", 100), case("c", 100, growth=3)])
    stated = Stated(weights={"revenue": 1, "growth": 1}, rules=[Rule("C")])
    assert score(store_policy(stated))["warnings"] == ["Growth potential is known for only 1 of 3 clients."]


def test_a_refused_apply_leaves_no_run_behind(policy):
    score(policy, "--apply")
    with pytest.raises(Refused, match="starts after"):
        call_command("score_clients", as_of=D.replace(day=1), policy=policy.pk, apply=True)
    assert ScoringRun.objects.count() == 1


def test_it_refuses_what_it_does_not_know():
    with pytest.raises(Refused, match="There is no policy 999"):
        call_command("score_clients", policy=999)
    with pytest.raises(Refused, match="There is no run 999"):
        call_command("export_run", "999")


def test_it_exports_one_line_a_client_safe_for_spreadsheets(policy):
    rows = export(score(policy)["run"])
    assert list(rows[0]) == [
        "external_id", "score", "completeness", "current_tier", "proposed_tier", "rule",
        "revenue_value", "revenue_percentile", "revenue_contribution",
    ]  # fmt: skip
    assert rows[0] == {
        "external_id": "'=a", "score": "100.00", "completeness": "1", "current_tier": "",
        "proposed_tier": "A", "rule": "score", "revenue_value": "400.5",
        "revenue_percentile": "100.000000000", "revenue_contribution": "100.000000000",
    }  # fmt: skip
    assert (rows[2]["score"], rows[2]["rule"], rows[2]["revenue_value"]) == ("", "insufficient data", "")


def test_it_exports_while_queries_are_recorded(policy):
    """As for a developer with DEBUG on."""
    run = score(policy)["run"]
    with CaptureQueriesContext(connection):
        assert len(export(run)) == 3
        assert b"b," in b"".join(client_lines(Client.objects.filter(external_id="b")))


def test_it_exports_into_a_file(policy, tmp_path):
    run = score(policy)["run"]
    call_command("export_run", str(run), output=str(tmp_path / "run.csv"), stdout=io.StringIO())
    assert (tmp_path / "run.csv").read_text().count("\n") == 4
    with pytest.raises(WrongUsage):
        export(run, "--json")


def test_a_proposal_for_a_day_to_come_leaves_todays_scores(policy, time_machine):
    time_machine.move_to(dt.datetime.combine(D, dt.time(16), tzinfo=dt.UTC))
    score(policy)
    call_command(
        "score_clients", "--as-of", "2026-12-31", "--policy", str(policy.pk), "--json", stdout=io.StringIO()
    )
    assert set(ClientScore.objects.exclude(score=None).values_list("scored_on", flat=True)) == {D}
    latest = latest_run()
    assert latest
    assert latest.as_of == D


@pytest.mark.parametrize("date", ["2026-02-30", "0206-03-31", "9999-12-31", "x"])
def test_a_wrong_date_is_wrong_usage(policy, date):
    with pytest.raises((CommandError, SystemExit)):
        call_command("score_clients", "--as-of", date)
    assert not ScoringRun.objects.exists()
