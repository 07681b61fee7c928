"""A household's runway, duties and rankings go along when two records become one, and come back."""

from __future__ import annotations

import pytest

from clients.firm import firm_today
from clients.models import Member, User
from personas.models import GoalRound, HouseholdDuty, RedundancyCheck, RedundancyItem, Reserve, SoloPlan
from personas.tools.goals.services import Goal, begin_round
from servicing.book import merging, parting
from tests.factories import ClientFactory, UserFactory

pytestmark = pytest.mark.django_db


def a_household(by: User, *, spends: int) -> dict:
    client = ClientFactory(lead=by)
    ada = Member.objects.create(client=client, name="Ada Okafor")
    ben = Member.objects.create(client=client, name=f"Ben {spends}")
    SoloPlan.objects.create(client=client, earner=ada, needed=spends)
    Reserve.objects.create(client=client, name="Cash", amount=spends, as_of=firm_today())
    RedundancyCheck.objects.create(client=client, item=RedundancyItem.objects.first(), state="done")
    HouseholdDuty.objects.create(client=client, title="Pay", person=ada, backup=ben)
    goals = [Goal(text) for text in ("A", "B", "C", "D")]
    begin_round(client=client, goals=goals, partners=("Ada", "Ben"), days=7, by=by)
    return {"client": client, "ada": ada, "ben": ben}


def held(client: int) -> list[list[tuple]]:
    return [
        list(rows.filter(client=client).order_by("pk").values_list(*columns))
        for rows, columns in (
            (SoloPlan.objects, ("needed", "earner")),
            (Reserve.objects, ("amount",)),
            (RedundancyCheck.objects, ("state",)),
            (HouseholdDuty.objects, ("person", "backup")),
            (GoalRound.objects.running(), ("pk",)),
        )
    ]


def test_it_goes_along_and_comes_back():
    boss = UserFactory(groups=["operations"])
    kept, gone = (a_household(boss, spends=amount) for amount in (100, 200))
    before = held(kept["client"].pk), held(gone["client"].pk)
    merge = merging.merge(kept=kept["client"].pk, gone=gone["client"].pk, take=(), by=boss)
    plan, reserves, checks, duties, rounds = held(kept["client"].pk)
    assert plan == [(100, kept["ada"].pk)]
    assert [amount for (amount,) in reserves] == [100, 200]
    assert checks == [("done",)]
    assert duties == [(kept["ada"].pk, kept["ben"].pk), (kept["ada"].pk, gone["ben"].pk)]
    assert rounds == before[0][4]
    assert GoalRound.objects.filter(client=kept["client"].pk).count() == 2
    parting.part(merge=merge, by=boss)
    assert (held(kept["client"].pk), held(gone["client"].pk)) == before
