"""Time spent beside touches: how it is written, and what its services keep."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from clients.firm import firm_today
from clients.models import Change, ChangeKind, ServiceRole, TeamMember, TimeEntry
from clients.services_time import change_time, log_time, minutes_of, remove_time
from tests.factories import ClientFactory, UserFactory


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("90", 90), (" 90 min", 90), ("1h 30", 90), ("1 h 30 min", 90), ("1:30", 90), ("1.5h", 90),
        ("1,5 h", 90), ("2h", 120), ("0:05", 5), ("24h", 1440), ("1H30", 90),
    ],
)  # fmt: skip
def test_a_length_of_time_is_written_in_many_ways(text, minutes):
    assert minutes_of(text) == minutes


@pytest.mark.parametrize(
    "text", ["", "0", "0:00", "-5", "25h", "1441", "1:75", "soon", "1h30h", "९०x", "1e3"]
)
def test_what_is_no_length_of_time_is_refused(text):
    with pytest.raises(ValidationError):
        minutes_of(text)


@pytest.mark.django_db
class TestEntries:
    def test_the_role_is_that_on_the_clients_team_else_lead_advisor(self):
        client, ann, bob = ClientFactory(), UserFactory(), UserFactory()
        planner = ServiceRole.objects.get(code="planner")
        TeamMember.objects.create(client=client, role=planner, user=ann)
        today = firm_today()
        assert log_time(client=client, by=ann, minutes=30, spent_on=today).role == planner
        assert log_time(client=client, by=bob, minutes=30, spent_on=today).role.code == "lead_advisor"
        assert log_time(client=client, by=bob, minutes=30, spent_on=today, role=planner).role == planner

    def test_it_costs_its_minutes_at_the_rate_of_its_role(self):
        entry = log_time(client=ClientFactory(), by=UserFactory(), minutes=40, spent_on=firm_today())
        assert round(entry.cost, 6) == 100

    @pytest.mark.parametrize("days", [1, -367])
    def test_no_day_to_come_and_none_of_long_ago(self, days):
        client, by, day = ClientFactory(), UserFactory(), firm_today() + dt.timedelta(days=days)
        with pytest.raises(ValidationError):
            log_time(client=client, by=by, minutes=5, spent_on=day)
        entry = log_time(client=client, by=by, minutes=5, spent_on=firm_today())
        with pytest.raises(ValidationError):
            change_time(entry=entry, spent_on=day)
        assert TimeEntry.objects.get().spent_on == firm_today()

    def test_scoring_is_told_whatever_becomes_of_it(self):
        client = ClientFactory()
        noted = Change.objects.filter(kind=ChangeKind.FACTS, client_id=client.pk)
        for act in (
            lambda: log_time(client=client, by=UserFactory(), minutes=5, spent_on=firm_today()),
            lambda: change_time(entry=TimeEntry.objects.get(), minutes=6),
            lambda: remove_time(entry=TimeEntry.objects.get()),
        ):
            noted.delete()
            act()
            assert noted.exists()
