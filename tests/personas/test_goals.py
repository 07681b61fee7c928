"""Two partners rank the same goals apart: what is asked, who sees it, and how the difference is computed."""

from __future__ import annotations

import datetime as dt
import re
import threading
from fractions import Fraction
from math import sqrt
from statistics import correlation, fmean

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from clients.history import history_of
from clients.models import FieldEntry, IncomeStructure, Member
from personas.models import GoalKind, GoalPartner, GoalRound, TradeOff
from personas.tools.goals import reading, services
from personas.tools.goals.comparing import gaps, largest, spearman, trade_offs
from personas.tools.goals.forms import first_name
from personas.tools.goals.services import Goal, RankingRefused
from tests.factories import ClientFactory, UserFactory

two_rankings = st.integers(2, 10).flatmap(
    lambda n: st.tuples(*[st.permutations(range(1, n + 1)).map(list) for _partner in range(2)])
)


@given(two_rankings)
def test_spearman_is_the_correlation_of_the_places(pair):
    first, second = pair
    rho = spearman(first, second)
    assert abs(float(rho) - correlation(first, second)) < 1e-12  # Pearson's, of the places
    middle = fmean(first)
    over = sum((a - middle) * (b - middle) for a, b in zip(first, second, strict=True))
    under = sqrt(sum((a - middle) ** 2 for a in first) * sum((b - middle) ** 2 for b in second))
    assert abs(float(rho) - over / under) < 1e-12
    assert rho == spearman(second, first)
    assert spearman(first, first) == 1
    assert spearman(first, [len(first) + 1 - place for place in first]) == -1


def test_spearman_by_a_worked_example():
    """Ten places, squared differences that add up to 14: 1 - 6 * 14 / (10 * 99)."""
    first = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    second = [2, 1, 5, 3, 4, 6, 7, 10, 8, 9]
    assert spearman(first, second) == 1 - Fraction(6 * 14, 990)
    with pytest.raises(ValueError):
        spearman([1, 1, 2], [1, 2, 3])
    with pytest.raises(ValueError):
        spearman([1], [1])


@given(two_rankings)
def test_the_largest_gaps_come_first_and_questions_are_about_opposite_wishes(pair):
    first, second = pair
    sizes = [gap.size for gap in gaps(first, second)]
    assert sizes == sorted(sizes, reverse=True)
    assert all(gap.size >= 2 for gap in largest(first, second))
    asked = trade_offs(first, second)
    assert len({goal for each in asked for goal in each}) == 2 * len(asked) <= 6
    assert all(first[a] < second[a] and first[b] > second[b] for a, b in asked)
    assert bool(asked) == bool(largest(first, second))


# --- A round -----------------------------------------------------------------------------------------


@pytest.fixture
def advisor(db):
    browser = Browser()
    browser.person = UserFactory(groups=["advisor"])
    browser.force_login(browser.person)
    return browser


def household_of(person, name="Quillfeather household"):
    income = IncomeStructure.objects.get(code="dual_income")
    client = ClientFactory(name=name, external_id="Q-77", lead=person, income_structure=income)
    client.ada = Member.objects.create(client=client, name="Ada Quillfeather", email="ada@example.com")
    client.ben = Member.objects.create(client=client, name="Quillfeather, Ben")
    return client


@pytest.fixture
def household(advisor):
    return household_of(advisor.person)


KINDS = ("debt_free", "travel", "home", "children")


def a_round(client, by, days=14):
    kinds = {kind.code: kind for kind in GoalKind.objects.all()}
    goals = [*(Goal(kinds[code].label, kinds[code]) for code in KINDS), Goal("A workshop in the barn")]
    return services.begin_round(client=client, goals=goals, partners=("Ada", "Ben"), days=days, by=by)


def links_of(found):
    return [
        reverse("personas:goal_answer", args=[services.make_link(partner=each)])
        for each in found.partners.all()
    ]


def answer(*places):
    return {f"place_{number}": place for number, place in enumerate(places, 1)}


def test_an_advisor_begins_a_round_and_sees_each_link_once(advisor, household):
    pk, kinds = household.pk, GoalKind.objects.filter(code__in=KINDS)
    begin = reverse("personas:begin_goals", args=[pk])
    few = {
        "kinds": [kinds[0].pk],
        "own": "",
        "first": household.ada.pk,
        "second": household.ada.pk,
        "days": 14,
    }
    page = advisor.post(begin, few)
    assert page.status_code == 422
    assert "these are 1" in page.content.decode()
    assert "Choose two people." in page.content.decode()
    twice = few | {"kinds": [kind.pk for kind in kinds], "second": household.ben.pk, "own": "Sail\nsail"}
    assert "is there twice" in advisor.post(begin, twice).content.decode()
    stranger = Member.objects.create(client=ClientFactory(), name="Somebody Else")
    assert advisor.post(begin, twice | {"own": "Sail", "second": stranger.pk}).status_code == 422
    assert advisor.post(begin, twice | {"own": "Sail"}).status_code == 302
    found = GoalRound.objects.get()
    assert [each.first_name for each in found.partners.all()] == ["Ada", "Ben"]
    assert [goal.label for goal in found.goals.all()][-1] == "Sail"
    partner = found.partners.get(number=1)
    shown = advisor.post(reverse("personas:goal_link", args=[pk, partner.pk]))
    token = re.search(r"/answer/([\w-]{43})/", shown.content.decode()).group(1)
    assert "no-store" in shown["Cache-Control"]
    assert token not in advisor.get(reverse("personas:goals", args=[pk])).content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(p)::text FROM personas_goalpartner p")
        assert token not in str(cursor.fetchall())
    services.make_link(partner=partner)
    assert Browser().get(reverse("personas:goal_answer", args=[token])).status_code == 404


def test_the_page_behind_the_link_shows_a_first_name_and_the_goals_alone(advisor, household):
    link, other = links_of(a_round(household, advisor.person))
    for browser in (Browser(), advisor):
        page = browser.get(link)
        text = page.content.decode()
        assert page.status_code == 200
        assert "Ada, what matters most to you?" in text
        assert "A workshop in the barn" in text
        told = ("Quillfeather", "Q-77", "Ben", "ada@example.com", advisor.person.display_name, "shell-nav")
        assert not [word for word in told if word in text]
        assert not re.search(rf"\b{household.pk}\b", re.sub(r"csrf\w+.*?>|css/\S+|js/\S+", "", text))
        assert page["X-Robots-Tag"] == "noindex, nofollow"
        assert "no-store" in page["Cache-Control"]
        assert "noindex" in text
    assert Browser().post(other, answer(5, 4, 3, 2, 1)).status_code == 302
    after = Browser().get(link).content.decode()
    assert "selected" not in after.replace("selected>–", "")
    assert "Ben" not in after
    assert "answered" in advisor.get(reverse("personas:goals", args=[household.pk])).content.decode()
    assert reading.compare(GoalRound.objects.get()) is None


def test_an_answer_can_be_replaced_until_both_are_there(advisor, household):
    ada, ben = links_of(found := a_round(household, advisor.person))
    browser = Browser()
    for wrong, words in (
        (answer(1, 1, 2, 3, 4), "Place 1 is given twice. Not given yet: 5."),
        (answer(1, 2, 3, 4, ""), "Give this goal a place."),
        (answer(1, 2, 3, 4, 6), "Choose one of the places."),
        ({}, "Give this goal a place."),
    ):
        page = browser.post(ada, wrong)
        assert (page.status_code, words in page.content.decode()) == (422, True)
    browser.post(ada, answer(1, 2, 3, 4, 5))
    assert "You can change it here" in browser.get(ada).content.decode()
    browser.post(ada, answer(5, 1, 2, 3, 4))
    assert found.partners.get(number=1).places == [5, 1, 2, 3, 4]
    assert browser.post(ben, answer(1, 2, 3, 5, 4), follow=True).status_code == 200
    assert "can no longer be changed" in browser.post(ada, answer(1, 2, 3, 4, 5)).content.decode()
    found.refresh_from_db()
    assert (found.answers, bool(found.completed_at)) == (2, True)
    assert found.partners.get(number=1).places == [5, 1, 2, 3, 4]
    assert "Goal ranking changed" in [entry.what for entry in history_of(household)]
    page = advisor.get(reverse("personas:goals", args=[household.pk])).content.decode()
    question = TradeOff.objects.get(one__code="debt_free", other__code="children").question
    seen = reading.compare(found)
    assert seen.correlation == "−0.10"
    assert question in page
    assert "<svg" in page
    assert seen.correlation in page
    assert seen.largest[0]["goal"].label == GoalKind.objects.get(code="debt_free").label
    tab = advisor.get(reverse("clients:tab", args=[household.pk, "tools"])).content.decode()
    assert "Rank correlation" in tab


def test_expired_forged_and_ended_links_take_nothing(advisor, household):
    ada, ben = links_of(found := a_round(household, advisor.person, days=7))
    forged = ada[:-2] + ("A" if ada[-2] != "A" else "B") + "/"
    assert (
        Browser().get(forged).status_code == Browser().post(forged, answer(1, 2, 3, 4, 5)).status_code == 404
    )
    with time_machine.travel(timezone.now() + dt.timedelta(days=7, seconds=1)):
        page = Browser().post(ada, answer(1, 2, 3, 4, 5))
        assert page.status_code == 410
        assert "Ada" not in page.content.decode()
        with pytest.raises(RankingRefused):
            services.answer_by_link(partner=found.partners.get(number=1), places=[1, 2, 3, 4, 5])
        with pytest.raises(RankingRefused):
            services.make_link(partner=found.partners.get(number=1))
        advisor.force_login(advisor.person)
        assert "have expired" in advisor.get(reverse("personas:goals", args=[household.pk])).content.decode()
    FieldEntry.objects.filter(field="household_goals").update(
        active_until=dt.date(2000, 1, 1), active_from=dt.date(2000, 1, 1)
    )
    assert Browser().get(ada).status_code == 410
    assert advisor.get(reverse("personas:goals", args=[household.pk])).status_code == 404
    FieldEntry.objects.filter(field="household_goals").update(active_until=None)
    newer = a_round(household, advisor.person)
    assert Browser().get(ben).status_code == 410
    assert advisor.post(reverse("personas:end_goals", args=[household.pk, newer.pk])).status_code == 302
    assert not GoalRound.objects.running().exists()
    assert GoalRound.objects.count() == 2
    assert not GoalPartner.objects.exclude(places=[]).exists()


def test_nobody_reaches_another_clients_round_by_its_number(advisor, household):
    other = ClientFactory(lead=UserFactory(groups=["advisor"]))
    found = a_round(other, advisor.person)
    partner = found.partners.first()
    mine = household.pk
    for name, args in (
        ("goal_link", [mine, partner.pk]),
        ("end_goals", [mine, found.pk]),
        ("goals_together", [mine, found.pk]),
        ("goal_link", [other.pk, partner.pk]),
        ("goals", [other.pk]),
    ):
        url = reverse(f"personas:{name}", args=args)
        assert (advisor.get if name == "goals" else advisor.post)(url).status_code == 404
    found.refresh_from_db()
    assert found.ended_at is None
    assert not found.partners.exclude(token_hash=None).exists()


def test_both_rank_in_the_room_even_after_the_links_expired(advisor, household):
    found = a_round(household, advisor.person)
    GoalRound.objects.filter(pk=found.pk).update(expires_at=found.begun_at + dt.timedelta(seconds=1))
    url = reverse("personas:goals_together", args=[household.pk, found.pk])
    one = {f"partner1-{name}": place for name, place in answer(1, 2, 3, 4, 5).items()}
    other = {f"partner2-{name}": place for name, place in answer(1, 2, 3, 5, 5).items()}
    assert advisor.get(url).status_code == 200
    assert advisor.post(url, one | other).status_code == 422
    assert advisor.post(url, one | other | {"partner2-place_4": 4}).status_code == 302
    seen = reading.compare(GoalRound.objects.get())
    assert (seen.correlation, seen.largest, seen.questions) == ("1.00", [], [])
    assert advisor.post(url, one | other).status_code == 404


def test_goals_of_their_own_get_the_general_question_and_pictures_cost_one_query(advisor, household):
    goals = [Goal(text) for text in ("Sail", "Dance", "Build", "Rest")]
    found = services.begin_round(
        client=household, goals=goals, partners=("A", "B"), days=7, by=advisor.person
    )
    services.answer_together(round=found, places={1: [1, 2, 3, 4], 2: [4, 3, 2, 1]})
    with CaptureQueriesContext(connection) as queries:
        seen = reading.picture_of(household, dt.date(2026, 3, 5))
    assert (len(queries), seen.correlation) == (1, "−1.00")
    asked = [question.text for question in reading.compare(GoalRound.objects.get()).questions]
    assert len(asked) == 1
    assert "“Sail” and “Rest”" in asked[0]
    with pytest.raises(RankingRefused):
        services.begin_round(
            client=household, goals=goals[:3], partners=("A", "B"), days=7, by=advisor.person
        )


def test_too_many_looks_from_one_address_are_held_back(db):
    guess = reverse("personas:goal_answer", args=["x" * 43])
    with time_machine.travel(timezone.now().replace(second=0), tick=False) as clock:
        answers = [Browser().get(guess, REMOTE_ADDR="203.0.113.9").status_code for _try in range(31)]
        assert answers == [404] * 30 + [429]
        assert Browser().get(guess, REMOTE_ADDR="203.0.113.10").status_code == 404
        clock.shift(60)
        assert Browser().get(guess, REMOTE_ADDR="203.0.113.9").status_code == 404


@pytest.mark.parametrize(
    ("name", "said"), [("Ada Okafor", "Ada"), ("Okafor, Ben", "Ben"), ("Okafor,", "Okafor"), ("Li", "Li")]
)
def test_a_first_name_is_all_that_is_taken_of_a_person(name, said):
    assert first_name(Member(name=name)) == said


@pytest.mark.django_db(transaction=True)
def test_two_who_answer_at_once_complete_the_round_once():
    person = UserFactory(groups=["advisor"])
    client = ClientFactory(lead=person)
    found = a_round(client, person)
    ada, ben = links_of(found)
    gate, statuses = threading.Barrier(3), []

    def send(link, *places):
        try:
            gate.wait()
            statuses.append(Browser().post(link, answer(*places)).status_code)
        finally:
            connection.close()

    sent = [
        threading.Thread(target=send, args=each)
        for each in ((ada, 1, 2, 3, 4, 5), (ben, 5, 4, 3, 2, 1), (ada, 2, 1, 3, 4, 5))
    ]
    [each.start() for each in sent]
    [each.join() for each in sent]
    found.refresh_from_db()
    assert (found.answers, bool(found.completed_at)) == (2, True)
    assert found.partners.get(number=2).places == [5, 4, 3, 2, 1]
    assert found.partners.get(number=1).places in ([1, 2, 3, 4, 5], [2, 1, 3, 4, 5])
    assert statuses.count(302) >= 2
    later = timezone.now() + dt.timedelta(days=1)
    GoalRound.objects.create(client=client, expires_at=later)
    with pytest.raises(IntegrityError), transaction.atomic():
        GoalRound.objects.create(client=client, expires_at=later)
