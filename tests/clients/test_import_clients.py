"""Importing clients: what is stored, what is refused, and that a second time changes nothing."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from clients.models import BehavioralTag, Change, Client, ImportBatch, Persona, TeamMember
from tests.clients.files import NATIVE, OKAFOR, client, counts, done, person, run, write

pytestmark = pytest.mark.django_db


def audit_rows() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM clients_clientevent)"
            " + (SELECT count(*) FROM clients_teammemberevent)"
            " + (SELECT count(*) FROM clients_behavioraltagevent)"
        )
        return cursor.fetchone()[0]


def test_it_stores_every_column(tmp_path: Path) -> None:
    ann = person()
    result = done("clients", write(tmp_path, f"{NATIVE}\n{OKAFOR}\n"))
    assert counts(result) == (1, 0, 0, 0)
    okafor = Client.objects.get(external_id="C-1")
    assert (okafor.name, okafor.status, okafor.client_since) == (
        "Okafor household",
        "active",
        dt.date(2014, 5, 2),
    )
    assert okafor.complexity_driver.code == "concentration_risk"
    assert okafor.behavioral_tag.trigger.code == "avoidance"
    assert okafor.attention_constraint.code == "time_poverty"
    assert (okafor.persona.code, okafor.income_structure.code) == ("physician", "dual_income")
    assert okafor.permission == "granted"
    assert okafor.assets_under_management == Decimal("1234500.50")
    assert (okafor.potential_revenue, okafor.growth_potential, okafor.alignment) == (Decimal(12000), 4, 5)
    assert (okafor.email, okafor.phone) == ("ok@example.com", "+1 555 010 0000")
    assert okafor.team.get().user == ann
    assert okafor.team.get().role.code == "lead_advisor"


def test_it_changes_nothing_the_second_time(tmp_path: Path) -> None:
    person()
    path = write(tmp_path, f"{NATIVE}\n{OKAFOR}\nC-2,Lindqvist{',' * 15}\n")
    done("clients", path)
    Change.objects.all().delete()
    audited, batches = audit_rows(), ImportBatch.objects.count()
    result = done("clients", path)
    assert counts(result) == (0, 0, 2, 0)
    assert not result["written"]
    assert not Change.objects.exists()
    assert (audit_rows(), ImportBatch.objects.count()) == (audited, batches)


def test_it_updates_only_what_differs(tmp_path: Path) -> None:
    client("C-1", "Old name", phone="1")
    client("C-2", "Same")
    result = done("clients", write(tmp_path, "external_id,name\nC-1,New name\nC-2,Same\nC-3,New\n"))
    assert counts(result) == (1, 1, 1, 0)
    assert Client.objects.get(external_id="C-1").phone == "1"


def test_it_leaves_the_stored_value_for_an_empty_cell_and_clears_it_for_a_dash(tmp_path: Path) -> None:
    person()
    done("clients", write(tmp_path, f"{NATIVE}\n{OKAFOR}\n"))
    empty = write(tmp_path, f"{NATIVE}\nC-1{',' * 16}\n")
    assert counts(done("clients", empty)) == (0, 0, 1, 0)
    cleared = write(tmp_path, f"{NATIVE}\nC-1,Okafor,{','.join(['-'] * 15)}\n")
    assert counts(done("clients", cleared)) == (0, 1, 0, 0)
    okafor = Client.objects.get(external_id="C-1")
    assert (okafor.status, okafor.permission) == ("active", "not_asked")
    assert okafor.client_since is okafor.persona is okafor.assets_under_management is None
    assert (okafor.email, okafor.phone) == ("", "")
    assert not okafor.team.exists()
    assert not BehavioralTag.objects.exists()
    assert counts(done("clients", cleared)) == (0, 0, 1, 0)


WRONG = [
    ("status", "actve", "Allowed: prospect, active, paused, former"),
    ("client_since", "2024-02-30", "YYYY-MM-DD"),
    ("client_since", "2023-02-29", "YYYY-MM-DD"),
    ("client_since", "03/04/2020", "YYYY-MM-DD"),
    ("client_since", "0202-01-01", "YYYY-MM-DD"),
    ("advisor", "nobody", "username"),
    ("complexity_driver", "x", "concentration_risk, variable_income, debt_structure, multi_entity_taxes"),
    ("persona", "docter", "physician, tech_equity, business_owner, general"),
    ("permission", "yes", "granted"),
    ("behavioral_trigger", "avoidance", "only while"),
    ("assets_under_management", "1.234,50", "1234.50"),
    ("assets_under_management", "1e5", "1234.50"),
    ("assets_under_management", "NaN", "1234.50"),
    ("assets_under_management", "-5", "1234.50"),
    ("assets_under_management", "123456789012345", "1234.50"),
    ("potential_revenue", "12,34", "1234.50"),
    ("potential_revenue", "1.234", "1234.50"),
    ("growth_potential", "6", "1 to 5"),
    ("growth_potential", "0", "1 to 5"),
    ("alignment", "2.5", "1 to 5"),
    ("alignment", "٣", "1 to 5"),
    ("email", "nobody", "e-mail"),
    ("phone", "5" * 41, "40"),
    ("name", "n" * 161, "160"),
    ("name", "-", "cannot be cleared"),
    ("name", "", "required"),
    ("external_id", "", "required"),
    ("external_id", "-", "cannot be cleared"),
    ("external_id", "x" * 65, "64"),
]


def test_it_names_every_wrong_value_with_what_is_allowed_and_writes_nothing(tmp_path: Path) -> None:
    rows = [f"{NATIVE}", f"C-0,Good{',' * 15}"]
    for number, (column, value, _says) in enumerate(WRONG):
        cells = {"external_id": f"W-{number}", "name": "Fine"} | {column: f'"{value}"'}
        rows.append(",".join(cells.get(name, "") for name in NATIVE.split(",")))
    code, result = run("clients", write(tmp_path, "\n".join(rows)))
    assert code == 1
    assert (result["created"], result["rejected"]) == (0, len(WRONG))
    for number, (error, (column, value, says)) in enumerate(zip(result["errors"], WRONG, strict=True)):
        assert (error["row"], error["column"], error["value"]) == (number + 3, column, value)
        assert says in error["message"], error
    assert not Client.objects.exists()
    assert not ImportBatch.objects.exists()


def test_it_lists_all_errors_of_all_records(tmp_path: Path) -> None:
    text = "external_id,name,persona,growth_potential\nA,,x,9\nB,Fine,,\nA,Again,y,\nC,Short\n"
    code, result = run("clients", write(tmp_path, text), "--errors", str(tmp_path / "errors.csv"))
    assert code == 1
    found = [(error["row"], error["column"]) for error in result["errors"]]
    assert sorted(found) == [
        (2, "growth_potential"),
        (2, "name"),
        (2, "persona"),
        (4, "external_id"),
        (4, "persona"),
        (5, ""),
    ]
    assert len((tmp_path / "errors.csv").read_text().splitlines()) == 7


def test_it_takes_the_good_records_when_told_to(tmp_path: Path) -> None:
    path = write(tmp_path, "external_id,name,growth_potential\nA,Good,1\nB,Bad,9\n")
    code, result = run("clients", path, "--partial")
    assert code == 1
    assert counts(result) == (1, 0, 0, 1)
    assert list(Client.objects.values_list("external_id", flat=True)) == ["A"]


def test_it_writes_nothing_on_a_dry_run(tmp_path: Path) -> None:
    path = write(tmp_path, "external_id,name\nA,Good\n")
    result = done("clients", path, "--dry-run")
    assert counts(result) == (1, 0, 0, 0)
    assert not Client.objects.exists()
    assert {"column": "name", "field": "name"} in result["mapping"]


def test_it_reports_and_ignores_an_unknown_column(tmp_path: Path) -> None:
    result = done("clients", write(tmp_path, "external_id,name,shoe size\nA,Good,44\n"))
    assert result["ignored"] == ["shoe size"]


def test_it_stores_formulas_as_text(tmp_path: Path) -> None:
    done("clients", write(tmp_path, "external_id,name\nA,=1+1\nB,'=1+1\nC,'-\nD,'quoted'\n"))
    names = dict(Client.objects.values_list("external_id", "name"))
    assert names == {"A": "=1+1", "B": "=1+1", "C": "-", "D": "'quoted'"}


def test_it_takes_a_retired_word_only_where_it_is_stored(tmp_path: Path) -> None:
    general = Persona.objects.get(code="general")
    client("A", "Has it", persona=general)
    general.retired_at = timezone.now()
    general.save(update_fields=["retired_at"])
    code, result = run(
        "clients", write(tmp_path, "external_id,name,persona\nA,Has it,general\nB,New,general\n")
    )
    assert code == 1
    [error] = result["errors"]
    assert error["row"] == 3
    assert "retired" in error["message"]


class TestAdvisor:
    def test_it_finds_a_person_by_username_or_email_in_any_case(self, tmp_path: Path) -> None:
        ann = person()
        done("clients", write(tmp_path, "external_id,name,advisor\nA,A,ANN\nB,B,Ann@Example.com\n"))
        assert set(TeamMember.objects.values_list("user", flat=True)) == {ann.pk}

    def test_of_usernames_that_differ_in_case_alone_the_one_written_so_is_meant(self, tmp_path: Path) -> None:
        person("zed")
        other = person("Zed", email="other@example.com")
        done("clients", write(tmp_path, "external_id,name,advisor\nA,A,Zed\n"))
        assert TeamMember.objects.get().user == other
        code, result = run("clients", write(tmp_path, "external_id,name,advisor\nB,B,ZED\n"))
        assert code == 1
        assert "username" in result["errors"][0]["message"]

    def test_it_hands_a_client_over(self, tmp_path: Path) -> None:
        person()
        bob = person("bob")
        done("clients", write(tmp_path, "external_id,name,advisor\nA,A,ann\n"))
        result = done("clients", write(tmp_path, "external_id,name,advisor\nA,A,bob\n"))
        assert counts(result) == (0, 1, 0, 0)
        assert TeamMember.objects.get().user == bob

    def test_it_refuses_a_person_whose_sign_in_is_off_unless_stored(self, tmp_path: Path) -> None:
        ann = person()
        path = write(tmp_path, "external_id,name,advisor\nA,A,ann\n")
        done("clients", path)
        ann.is_active = False
        ann.save(update_fields=["is_active"])
        assert counts(done("clients", path)) == (0, 0, 1, 0)
        code, _result = run("clients", write(tmp_path, "external_id,name,advisor\nB,B,ann\n"))
        assert code == 1


class TestPermission:
    HEADER = "external_id,name,permission,behavioral_trigger"

    def test_it_counts_the_stored_permission_where_the_cell_is_empty(self, tmp_path: Path) -> None:
        client("A", permission="granted")
        client("B")
        code, result = run("clients", write(tmp_path, f"{self.HEADER}\nA,A,,avoidance\nB,B,,avoidance\n"))
        assert code == 1
        assert [error["row"] for error in result["errors"]] == [3]

    def test_it_counts_the_stored_permission_where_the_column_is_missing(self, tmp_path: Path) -> None:
        client("A", permission="granted")
        done("clients", write(tmp_path, "external_id,name,behavioral_trigger\nA,A,avoidance\n"))
        assert BehavioralTag.objects.get().trigger.code == "avoidance"

    def test_a_withdrawal_in_the_file_erases_the_tag(self, tmp_path: Path) -> None:
        done("clients", write(tmp_path, f"{self.HEADER}\nA,A,granted,avoidance\n"))
        path = write(tmp_path, f"{self.HEADER}\nA,A,withdrawn,\n")
        assert counts(done("clients", path)) == (0, 1, 0, 0)
        assert not BehavioralTag.objects.exists()
        assert counts(done("clients", path)) == (0, 0, 1, 0)

    def test_it_refuses_a_tag_beside_a_withdrawal(self, tmp_path: Path) -> None:
        done("clients", write(tmp_path, f"{self.HEADER}\nA,A,granted,avoidance\n"))
        code, _result = run("clients", write(tmp_path, f"{self.HEADER}\nA,A,withdrawn,avoidance\n"))
        assert code == 1
        assert BehavioralTag.objects.exists()

    def test_it_grants_and_tags_in_one_record(self, tmp_path: Path) -> None:
        client("A")
        done("clients", write(tmp_path, f"{self.HEADER}\nA,A,Granted,Guilt about spending\n"))
        assert BehavioralTag.objects.get().trigger.code == "spending_guilt"
