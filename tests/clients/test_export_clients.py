"""Exporting clients: columns, escapes, who sees what; and that importing it again changes nothing."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client as Browser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clients.commands import WrongUsage
from clients.models import Client, ClientScore, ClientSummary, Tier
from tests.clients.files import NATIVE, OKAFOR, client, counts, done, exported, exported_rows, person, write
from tests.examples import examples

HEADER = [*NATIVE.split(","), "tier", "score", "scored_on", "next_due_on"]


@pytest.mark.django_db
def test_it_has_the_native_columns_and_what_the_firm_derived(tmp_path: Path) -> None:
    person()
    done("clients", write(tmp_path, f"{NATIVE}\n{OKAFOR}\n"))
    ClientSummary.objects.update(tier=Tier.objects.get(code="A"))
    ClientScore.objects.update(score=Decimal("88.50"), scored_on="2026-01-31")
    [row] = exported_rows(tmp_path)
    assert list(row) == HEADER
    assert row["advisor"] == "ann"
    assert row["behavioral_trigger"] == "avoidance"
    assert row["assets_under_management"] == "1234500.50"
    assert row["phone"] == "+1 555 010 0000"
    assert (row["tier"], row["score"], row["scored_on"], row["next_due_on"]) == (
        "A",
        "88.50",
        "2026-01-31",
        "",
    )


@pytest.mark.django_db
def test_its_empty_cells_are_empty_and_its_lines_end_alike(tmp_path: Path) -> None:
    client("A", "Someone", email="", phone="")
    lines = exported(tmp_path).read_bytes()
    assert lines.endswith(b"\n")
    assert b"\r" not in lines
    assert b'""' not in lines


@pytest.mark.django_db
def test_it_escapes_what_a_spreadsheet_would_take_for_a_formula(tmp_path: Path) -> None:
    client("=1", "=cmd()", phone="+1 (555) 010-0000")
    client("+2", "@x", phone="=1")
    rows = {row["external_id"]: row for row in exported_rows(tmp_path)}
    assert rows["'=1"]["name"] == "'=cmd()"
    assert rows["'=1"]["phone"] == "+1 (555) 010-0000"
    assert rows["'+2"]["name"] == "'@x"
    assert rows["'+2"]["phone"] == "'=1"
    assert counts(done("clients", exported(tmp_path))) == (0, 0, 2, 0)


NASTY = st.text(
    alphabet=st.one_of(
        st.sampled_from([*"=+-@'\",;\t\n\r \\|{}N.", "\u00a0", "\ufeff", "\x01", "\x0b", "é", "𝄞"]),
        st.characters(exclude_categories=("Cs",), exclude_characters="\0"),
    ),
    min_size=1,
    max_size=30,
)


@pytest.mark.django_db
@given(texts=st.lists(st.tuples(NASTY, NASTY, NASTY), min_size=1, max_size=8, unique_by=lambda t: t[0]))
@settings(
    max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_its_file_imported_again_changes_nothing(tmp_path: Path, texts: list[tuple[str, str, str]]) -> None:
    Client.objects.all().delete()
    for number, (key, name, phone) in enumerate(texts):
        if name.strip(" \t\r\n\v\f\u00a0\ufeff"):
            client(f"{number}{key.strip()}", name, phone=phone)
    stored = list(Client.objects.order_by("pk").values())
    result = done("clients", exported(tmp_path))
    assert counts(result) == (0, 0, len(stored), 0)
    assert list(Client.objects.order_by("pk").values()) == stored


@pytest.mark.django_db
def test_it_writes_the_file_whole_or_not_at_all(tmp_path: Path) -> None:
    client("A")
    path = tmp_path / "no" / "such" / "folder.csv"
    with pytest.raises(Exception, match="cannot be written"):
        call_command("export_clients", "--output", str(path), stdout=io.StringIO())
    exported(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["export.csv"]


@pytest.mark.django_db
def test_it_prints_to_standard_output_and_then_nothing_else() -> None:
    client("A", "Müller")
    out = io.StringIO()
    call_command("export_clients", stdout=out)
    assert [row["name"] for row in csv.DictReader(io.StringIO(out.getvalue()))] == ["Müller"]
    with pytest.raises(WrongUsage):
        call_command("export_clients", "--json", stdout=io.StringIO())


@pytest.mark.parametrize(
    "words",
    [
        "score_clients --json --as-of yesterday",
        *(
            pytest.param(words, marks=pytest.mark.thorough)
            for words in (
                "import_clients",
                "import_clients --json",
                "export_clients --json",
                "export_tasks --json --from 2026-02-02 --to 2026-01-01",
            )
        ),
    ],
)
def test_wrong_usage_is_told_on_standard_error_and_exits_with_2(words: str) -> None:
    ran = subprocess.run(
        [sys.executable, "manage.py", *words.split()], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.django_db
class TestDownload:
    def lines(self, browser: Browser, query: str = "") -> list[str]:
        response = browser.get(f"/clients/export/{query}")
        assert response.status_code == 200
        assert response["Content-Type"].startswith("text/csv")
        text = b"".join(response.streaming_content).decode()
        return [row["external_id"] for row in csv.DictReader(io.StringIO(text))]

    def test_an_advisor_gets_the_clients_of_their_teams_alone(
        self, okafor: Client, advisor: Any, outsider: Any, operations: Any, signed_in: Any
    ) -> None:
        assert self.lines(signed_in(advisor)) == [okafor.external_id]
        assert self.lines(signed_in(outsider)) == []
        assert self.lines(signed_in(operations)) == [okafor.external_id]

    def test_it_keeps_the_lists_filters(self, operations: Any, signed_in: Any) -> None:
        client("A", "100% Okafor")
        client("B", "Marin", status="former")
        browser = signed_in(operations)
        assert self.lines(browser) == ["A"]
        assert self.lines(browser, "?status=any") == ["A", "B"]
        assert self.lines(browser, "?q=100%25") == ["A"]
