"""Graduation and watch: who would have more service, who is close to an edge, and how the score went."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from clients.models import Client, ServiceRole, TeamMember
from tests.factories import UserFactory
from tests.tiers.firm import D, case, store, tier
from tiers import lists, services
from tiers.client_charts import Trend
from tiers.models import (
    Policy,
    PolicyFactor,
    PolicyStatus,
    ScoringRun,
    TierAssignment,
    TierRule,
    TierSettings,
)

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
BACKEND = "django.contrib.auth.backends.ModelBackend"


def publish(margin: str = "0", b_by: str = "score", in_b: int = 2) -> Policy:
    """In force: by revenue alone, three clients in A by score, `in_b` in B by `b_by`, the rest in C."""
    Policy.objects.filter(status=PolicyStatus.PUBLISHED).update(status=PolicyStatus.RETIRED)
    policy = Policy.objects.create(name="Tested", version=9, stability_margin=Decimal(margin))
    for factor in {"revenue", b_by} - {"score"}:
        PolicyFactor.objects.create(policy=policy, factor=factor, weight=1)
    rules = [("A", "score", 3), ("B", b_by, in_b), ("C", "score", None)]
    for position, (code, key, most) in enumerate(rules, 1):
        TierRule.objects.create(
            policy=policy, tier=tier(code), position=position, rank_key=key, max_clients=most
        )
    Policy.objects.filter(pk=policy.pk).update(status=PolicyStatus.PUBLISHED)
    return policy


@pytest.fixture
def firm(time_machine) -> dict[str, Client]:
    """Eleven clients with scores of 100, 90, ... 0. c10 to c8 belong in A, c7 and c6 in B."""
    time_machine.move_to(dt.datetime(2026, 3, 31, 16, tzinfo=dt.UTC))
    now = {10: "A", 9: "A", 8: "C", 7: "B", 6: "C", 5: "A", 4: "B"}
    store([case(f"c{n}", 100 + n, tier=now.get(n, "C")) for n in range(11)])
    return {client.external_id: client for client in Client.objects.all()}


@pytest.fixture
def run(firm) -> ScoringRun:
    return services.propose_run(as_of=D, policy=publish())


@pytest.fixture
def operations(client):
    person = UserFactory(groups=["operations"])
    client.force_login(person, backend=BACKEND)
    return person


def shown(client: Any, query: str = "") -> list[str]:
    answer = client.get(reverse("tiers:graduation") + query)
    assert answer.status_code == 200
    return [row["client__external_id"] for row in answer.context["rows"]]


def lead(client: Client, person: Any) -> None:
    role = ServiceRole.objects.get(code="lead_advisor")
    TeamMember.objects.create(client=client, role=role, user=person)


def test_those_who_would_have_more_service_are_listed_by_tier_then_score(client, operations, run):
    assert shown(client) == ["c8", "c6"]
    text = client.get(reverse("tiers:graduation")).content.decode()
    assert "Nobody moves until a person applies it." in text
    assert "worth" not in text.lower().replace("worthy", "")


def test_who_has_moved_meanwhile_is_no_longer_listed(client, operations, run):
    services.apply_run(run=run, applied_by=None)
    assert shown(client) == []


def test_those_within_the_margin_above_the_edge_of_their_tier_are_watched_the_nearest_first(
    client, operations, run
):
    assert shown(client, "?list=watch") == []  # c10 is 20 above A's edge, c9 is 10; in B c7 is 10 above
    TierSettings.objects.update_or_create(pk=1, defaults={"watch_margin": 10})
    assert shown(client, "?list=watch") == ["c7", "c9"]
    services.apply_run(run=run, applied_by=None)
    assert shown(client, "?list=watch") == ["c6", "c8", "c7", "c9"]


def test_where_a_factor_fills_a_tier_those_at_its_lowest_value_are_watched_by_score(client, operations, firm):
    """B takes four by growth potential, then score: of those rated 3 only the best scores come in."""
    for n, growth in enumerate([1, 1, 1, 3, 3, 3, 3, 5, 5, 5, 5]):
        Client.objects.filter(pk=firm[f"c{n}"].pk).update(growth_potential=growth)
    in_b = [firm[name] for name in ("c7", "c6", "c5", "c4")]
    TierAssignment.objects.filter(client__in=in_b).update(tier=tier("B"))
    run = services.propose_run(as_of=D, policy=publish(b_by="growth", in_b=4))
    services.apply_run(run=run, applied_by=None)
    scores = dict(run.explanations.values_list("client__external_id", "score"))
    assert Decimal(run.tiers[1]["edge"]["value"]) == 3
    assert Decimal(run.tiers[1]["edge"]["score"]) == scores["c4"]
    TierSettings.objects.update_or_create(pk=1, defaults={"watch_margin": scores["c5"] - scores["c4"]})
    rows = client.get(reverse("tiers:graduation") + "?list=watch").context["rows"]
    # c6 is too far above; c7 has a higher rating
    assert [row["client__external_id"] for row in rows if row["tier_before"] == "B"] == ["c4", "c5"]


def test_the_last_tier_has_no_edge_and_is_never_watched(client, operations, run):
    services.apply_run(run=run, applied_by=None)
    TierSettings.objects.update_or_create(pk=1, defaults={"watch_margin": 100})
    assert set(shown(client, "?list=watch")) == {"c6", "c7", "c8", "c9", "c10"}


def test_who_is_kept_by_the_stability_margin_is_watched_before_all_others(client, operations, firm):
    TierAssignment.objects.filter(client=firm["c5"]).update(tier=tier("C"))
    TierAssignment.objects.filter(client=firm["c7"]).update(tier=tier("A"))
    services.propose_run(as_of=D, policy=publish(margin="15"))
    answer = client.get(reverse("tiers:graduation") + "?list=watch")
    rows = answer.context["rows"]
    assert rows[0]["client__external_id"] == "c7"
    assert rows[0]["kept"]
    assert "kept by the margin" in answer.content.decode()


def test_who_a_person_pinned_is_not_watched(client, operations, firm):
    from tiers.models import Override

    Override.objects.create(
        client=firm["c9"], tier=tier("A"), reason="other", text="x", starts_on=D, expires_on=D + DAY
    )
    TierSettings.objects.update_or_create(pk=1, defaults={"watch_margin": 100})
    services.propose_run(as_of=D, policy=publish())
    assert "c9" not in shown(client, "?list=watch")


def test_only_runs_of_the_policy_in_force_count(client, operations, run):
    Policy.objects.filter(pk=run.policy_id).update(status=PolicyStatus.RETIRED)
    assert shown(client) == []
    text = client.get(reverse("tiers:graduation")).content.decode()
    assert "after the first run under the policy in force" in text


def test_a_run_for_a_day_to_come_is_not_the_latest(run):
    services.propose_run(as_of=D + 9 * DAY, policy=run.policy)
    assert lists.latest_published_run(D) == run


def test_an_advisor_sees_own_clients_and_operations_choose_an_advisor(client, operations, run, firm):
    ada = UserFactory(username="ada", groups=["advisor"])
    lead(firm["c6"], ada)
    assert shown(client, "?advisor=ada") == ["c6"]
    assert shown(client, "?advisor=none") == ["c8"]
    assert shown(client, "?advisor=%00") == ["c8", "c6"]
    client.force_login(ada, backend=BACKEND)
    assert shown(client) == ["c6"]
    assert shown(client, "?advisor=none") == []


def test_where_advisors_are_too_many_for_a_list_one_is_typed(client, operations, run, firm, monkeypatch):
    monkeypatch.setattr(lists, "MOST_LEADS", 1)
    for name in ("c6", "c8"):
        lead(firm[name], UserFactory(username=f"lead-of-{name}"))
    text = client.get(reverse("tiers:graduation") + "?advisor=lead-of-c6").content.decode()
    assert '<input class="form-control" id="graduation-advisor" name="advisor" value="lead-of-c6"' in text
    assert shown(client, "?advisor=lead-of-c6") == ["c6"]


def test_every_client_is_on_one_page_and_only_one(client, operations, run, monkeypatch):
    monkeypatch.setattr(lists, "PAGE", 1)
    TierSettings.objects.update_or_create(pk=1, defaults={"watch_margin": 100})
    for which, expected in (("up", ["c8", "c6"]), ("watch", ["c7", "c9", "c10"])):
        seen, after = [], ""
        for _page in expected:
            answer = client.get(reverse("tiers:graduation"), {"list": which, "after": after})
            seen += [row["client__external_id"] for row in answer.context["rows"]]
            after = answer.context["next"]
        assert (seen, after) == (expected, "")
    assert shown(client, "?after=nonsense") == ["c8"]


def test_it_reads_in_a_fixed_number_of_queries(client, operations, run, django_assert_max_num_queries):
    for query in ("", "?list=watch"):
        with django_assert_max_num_queries(11):  # four of them sign the person in and name the firm
            shown(client, query)


def test_the_file_has_the_whole_list_and_no_formula(client, operations, run, firm):
    Client.objects.filter(pk=firm["c8"].pk).update(name="=HYPERLINK(1)")
    lead(firm["c8"], UserFactory(first_name="Ada", last_name="Lead"))
    answer = client.get(reverse("tiers:graduation_file"))
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert [row["client"] for row in rows] == ["c8", "c6"]
    assert rows[0]["name"] == "'=HYPERLINK(1)"
    assert (rows[0]["tier"], rows[0]["proposed_tier"], rows[0]["score"]) == ("C", "A", "80.00")
    assert rows[0]["advisor"] == "Ada Lead"


def test_the_file_of_an_advisor_has_own_clients_alone(client, run, firm):
    ada = UserFactory(groups=["advisor"])
    lead(firm["c6"], ada)
    client.force_login(ada, backend=BACKEND)
    text = b"".join(client.get(reverse("tiers:graduation_file")).streaming_content).decode()
    assert "c6" in text
    assert "c8" not in text


def test_the_trend_is_told_in_words_beside_its_line(client, operations, firm):
    policy = publish()
    services.propose_run(as_of=D - 10 * DAY, policy=policy)
    firm["c9"].revenue.update(amount=500)
    services.propose_run(as_of=D, policy=policy)
    rows = client.get(reverse("tiers:graduation")).context["rows"]
    assert [row["trend"].words for row in rows] == ["unchanged since Sat 21 Mar"] * 2
    firm["c6"].revenue.update(amount=490)
    services.propose_run(as_of=D, policy=policy)
    answer = client.get(reverse("tiers:graduation"))
    row = next(row for row in answer.context["rows"] if row["client__external_id"] == "c6")
    assert row["trend"].words == "up 30.0 since Sat 21 Mar"
    assert f'points="{row["trend"].spark}"' in answer.content.decode()


@pytest.mark.parametrize(
    ("scores", "words"),
    [
        (["70.00", "77.20"], "up 7.2 since Sun 1 Mar"),
        (["70.00", "90.00", "64.50"], "down 5.5 since Sun 1 Mar"),
        (["70.00", "70.00"], "unchanged since Sun 1 Mar"),
    ],
)
def test_a_trend_in_words(scores, words, time_machine):
    time_machine.move_to(dt.datetime(2026, 3, 31, 16, tzinfo=dt.UTC))
    first = dt.date(2026, 3, 1)
    history = [(first + 5 * n * DAY, Decimal(score)) for n, score in enumerate(scores)]
    trend = Trend.of(history)
    assert trend is not None
    assert trend.words == words


def test_one_score_is_no_trend_and_what_is_unknown_is_left_out():
    assert Trend.of([(D, Decimal(5))]) is None
    assert Trend.of([(D - DAY, None), (D, Decimal(5))]) is None


def test_the_axis_of_a_trend_holds_all_its_scores():
    trend = Trend.of([(D - DAY, Decimal("40.82")), (D, Decimal("33.10"))])
    assert trend is not None
    assert (trend.lowest, trend.highest) == (30, 50)
    assert Trend.of([(D - DAY, Decimal(100)), (D, Decimal(100))]).highest == 110
