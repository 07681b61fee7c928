"""Client lists of other products: Wealthbox, Redtail and Salesforce exports, recognised by their headers."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from clients.models import Client, Member
from tests.clients.files import counts, done, person, run, write

pytestmark = pytest.mark.django_db

WEALTHBOX = """\
ID,Name,First Name,Last Name,Type,Contact Type,Assigned to,Household,Household ID,Household Title,\
Client Since,Tags,\
Primary Email Address,Primary Phone Number,External Unique ID,Birthdate
100,Okafor Household,,,Household,Client,Ann Lee,,,,03/01/2014,vip,,,,
101,Ada Okafor,Ada,Okafor,Person,Client,Ann Lee,Okafor Household,100,Head,\
2014-03-01,,ada@example.com,+1 555 1,X1,1970-02-03
102,Ben Okafor,Ben,Okafor,Person,Client,Ann Lee,Okafor Household,100,Spouse,,,ben@example.com,,,
200,,Cy,Marin,Person,Prospect,ann@example.com,,,,,,cy@example.com,,,
301,Di Cole,Di,Cole,Person,Past Client,,Cole Family,,Spouse,,,,,,
302,Ed Cole,Ed,Cole,Person,Past Client,,Cole Family,,Head,2019-01-01,,,,,
"""


@pytest.fixture(autouse=True)
def ann() -> None:
    person(first_name="Ann", last_name="Lee")


class TestWealthbox:
    def test_it_makes_one_client_of_a_household_and_its_people(self, tmp_path: Path) -> None:
        result = done("clients", write(tmp_path, WEALTHBOX))
        assert result["format"] == "wealthbox"
        assert result["rows"] == 6
        assert counts(result) == (3, 0, 0, 0)
        assert result["members"] == 4
        okafor = Client.objects.get(external_id="100")
        assert okafor.name == "Okafor Household"
        assert okafor.client_since == dt.date(2014, 3, 1)
        assert okafor.email == "ada@example.com"
        assert okafor.team.get().user.username == "ann"
        people = list(okafor.members.values_list("external_id", "name", "relation", "birth_date"))
        assert people == [
            ("101", "Ada Okafor", "Head", dt.date(1970, 2, 3)),
            ("102", "Ben Okafor", "Spouse", None),
        ]

    def test_a_person_without_a_household_is_a_client(self, tmp_path: Path) -> None:
        done("clients", write(tmp_path, WEALTHBOX))
        marin = Client.objects.get(external_id="200")
        assert (marin.name, marin.status) == ("Cy Marin", "prospect")
        assert not marin.members.exists()

    def test_people_of_a_named_household_without_a_number_follow_its_head(self, tmp_path: Path) -> None:
        done("clients", write(tmp_path, WEALTHBOX))
        cole = Client.objects.get(external_id="302")
        assert (cole.name, cole.status, cole.client_since) == ("Cole Family", "former", dt.date(2019, 1, 1))
        assert set(cole.members.values_list("name", flat=True)) == {"Di Cole", "Ed Cole"}

    def test_it_changes_nothing_the_second_time_and_updates_a_member(self, tmp_path: Path) -> None:
        path = write(tmp_path, WEALTHBOX)
        done("clients", path)
        assert counts(done("clients", path)) == (0, 0, 3, 0)
        changed = write(tmp_path, WEALTHBOX.replace("ben@example.com", "ben@new.example"))
        assert counts(done("clients", changed)) == (0, 1, 2, 0)
        assert Member.objects.get(external_id="102").email == "ben@new.example"

    def test_it_names_the_record_and_column_of_an_error(self, tmp_path: Path) -> None:
        text = WEALTHBOX.replace("1970-02-03", "1970-02-31").replace(",Prospect,", ",Vendor,")
        code, result = run("clients", write(tmp_path, text), "--partial")
        assert code == 1
        found = [(error["row"], error["column"], error["value"]) for error in result["errors"]]
        assert found == [(3, "Birthdate", "1970-02-31"), (5, "Contact Type", "Vendor")]
        assert Client.objects.get(external_id="100").members.count() == 1

    def test_it_knows_the_variants_of_its_headers(self, tmp_path: Path) -> None:
        header = "ID,Name,Household - Household Name,Household Title\n"
        text = f"{header}1,Ada Okafor,Okafor,Head\n2,Ben Okafor,Okafor,Spouse\n"
        assert counts(done("clients", write(tmp_path, text))) == (1, 0, 0, 0)
        assert Client.objects.get().name == "Okafor"


def test_it_reads_redtail(tmp_path: Path) -> None:
    text = (
        "id,first_name,last_name,full_name,status,category,client_since,servicing_advisor,writing_advisor,family\n"
        "1,Ada,Okafor,Ada Okafor,Active,Client,03/01/2014,Ann Lee,Bob Roe,Okafor\n"
        "2,Cy,Marin,,Prospect,Lead,,ann,,Marin\n"
    )
    result = done("clients", write(tmp_path, text))
    assert (result["format"], counts(result)) == ("redtail", (2, 0, 0, 0))
    assert result["ignored"] == ["category", "writing_advisor", "family"]
    ada = Client.objects.get(external_id="1")
    assert (ada.name, ada.status, ada.client_since) == ("Ada Okafor", "active", dt.date(2014, 3, 1))
    assert Client.objects.get(external_id="2").name == "Cy Marin"


def test_it_reads_salesforce(tmp_path: Path) -> None:
    text = (
        "Id,Name,FinServ__Status__c,FinServ__ClientCategory__c,FinServ__ServiceModel__c,FinServ__ReviewFrequency__c,"
        "FinServ__LastReview__c,FinServ__NextReview__c,FinServ__RelationshipStartDate__c,FinServ__TotalAUMPrimary__c\n"
        "0015e00000AbCdEAAV,Okafor Household,Active,Platinum,High Touch,Quarterly,2026-01-01,,"
        "2014-03-01,1234500.5\n"
        "0015e00000AbCdFAAV,Marin,Inactive,,,,,,,\n"
    )
    result = done("clients", write(tmp_path, text))
    assert (result["format"], counts(result)) == ("salesforce", (2, 0, 0, 0))
    okafor = Client.objects.get(external_id="0015e00000AbCdEAAV")
    assert (okafor.status, okafor.client_since) == ("active", dt.date(2014, 3, 1))
    assert okafor.assets_under_management == Decimal("1234500.50")
    assert Client.objects.get(name="Marin").status == "former"
    assert "FinServ__ClientCategory__c" in result["ignored"]


def test_an_unknown_status_is_an_error_that_names_ours(tmp_path: Path) -> None:
    text = "Id,Name,FinServ__Status__c\n1,Okafor,Glowing\n"
    code, result = run("clients", write(tmp_path, text))
    assert code == 1
    assert "prospect, active, paused, former" in result["errors"][0]["message"]


def test_a_format_can_be_forced(tmp_path: Path) -> None:
    path = write(tmp_path, "ID,Name\n1,Okafor\n")
    assert done("clients", path, "--dry-run")["format"] == "native"
    assert done("clients", path, "--format", "wealthbox")["format"] == "wealthbox"
