"""Pages of this app: who sees them, and what they say."""

import datetime as dt
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group as DjangoGroup
from django.urls import reverse

from clients.models import Client, Job, ServiceRole, TeamMember, User
from tests.tiers.firm import SHIPPED, D, case, current_tiers, store, store_policy, tier
from tiers import overrides, services, tasks
from tiers.models import Policy, RunStatus, ScoringRun
from tiers.views import runs as run_views

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm(time_machine):
    time_machine.move_to(dt.datetime(2026, 3, 31, 16, tzinfo=dt.UTC))
    known = {"potential": Decimal(1000), "alignment": 3}
    store(
        [
            case("a", 900, growth=5, **known),
            case("b", 500, growth=4, **known),
            case("c", 100, growth=1, potential=Decimal(5)),
            case("d"),
        ]
    )
    return {client.external_id: client for client in Client.objects.all()}


@pytest.fixture
def sign_in(client):
    def sign_in(role):
        user = User.objects.create_user(role, password="x" * 12)
        user.groups.add(DjangoGroup.objects.get(name=role))
        client.force_login(user)
        return user

    return sign_in


@pytest.fixture
def run(firm):
    return services.propose_run(as_of=D, policy=store_policy(SHIPPED))


def tab(client, of):
    return client.get(reverse("clients:tab", args=[of.pk, "tier"]))


@pytest.mark.parametrize(
    ("role", "reads", "acts"),
    [("advisor", 403, 403), ("compliance", 200, 403), ("operations", 200, 302), ("administrator", 200, 302)],
)
def test_who_may_read_runs_and_who_may_act(client, sign_in, run, role, reads, acts):
    sign_in(role)
    assert client.get(reverse("tiers:runs")).status_code == reads
    assert client.get(reverse("tiers:run", args=[run.pk])).status_code == reads
    assert client.get(reverse("servicing:tiers")).status_code == reads
    assert client.get(reverse("tiers:policies")).status_code == 200
    assert client.get(reverse("tiers:policy", args=[run.policy_id])).status_code == 200
    assert client.post(reverse("tiers:apply", args=[run.pk])).status_code == acts
    assert client.post(reverse("tiers:undo", args=[run.pk])).status_code == acts
    assert client.post(reverse("tiers:propose")).status_code == acts


def test_a_stranger_is_asked_to_sign_in(client, run):
    for name, args in (
        ("tiers:runs", []),
        ("tiers:run", [run.pk]),
        ("tiers:policies", []),
        ("servicing:tiers", []),
    ):
        assert "/accounts/login/" in client.get(reverse(name, args=args)).url


def test_operations_propose_apply_and_undo(client, sign_in, firm):
    user = sign_in("operations")
    response = client.post(reverse("tiers:propose"))
    made = ScoringRun.objects.get()
    assert response.url == reverse("tiers:run", args=[made.pk])
    assert made.created_by == user
    page = client.get(response.url).content.decode()
    assert "Apply 3 moves" in page
    assert ", tier A took from " in page
    client.post(reverse("tiers:apply", args=[made.pk]))
    assert current_tiers() == {"a": "A", "b": "B", "c": "C"}
    client.post(reverse("tiers:undo", args=[made.pk]))
    assert current_tiers() == {}
    made.refresh_from_db()
    assert made.status == RunStatus.UNDONE


def test_an_undone_run_says_who_stays_because_a_person_pinned_them(client, sign_in, run, firm):
    user = sign_in("operations")
    services.apply_run(run=run, applied_by=None)
    pin = {"tier": tier("A"), "reason": "wish", "text": "x", "starts_on": D, "expires_on": D}
    overrides.pin_tier(client=firm["c"], by=user, **pin)
    here = reverse("tiers:run", args=[run.pk])
    assert "stays where it is" not in client.get(here).content.decode()
    said = client.post(reverse("tiers:undo", args=[run.pk]), follow=True).content.decode()
    stays = "1 client stays where it is: a person pinned it since."
    assert f"Undone: 2 clients are back where they were. {stays}" in said
    assert current_tiers() == {"c": "A"}
    assert stays in client.get(here).content.decode()


def test_a_refusal_is_told_on_the_page(client, sign_in, run):
    sign_in("operations")
    services.apply_run(run=run, applied_by=None)
    response = client.post(reverse("tiers:apply", args=[run.pk]), follow=True)
    assert "already applied or undone" in response.content.decode()


def test_movers_can_be_narrowed_to_one_move(client, sign_in, run, firm):
    sign_in("operations")
    page = client.get(reverse("tiers:run", args=[run.pk]) + "?from=none&to=B").content.decode()
    assert page.count('<a class="row-link" href="/clients/') == 1
    assert reverse("clients:tab", args=[firm["b"].pk, "tier"]) in page


def test_the_tier_tab_says_why(client, sign_in, run, firm, django_assert_max_num_queries):
    sign_in("operations")
    services.apply_run(run=run, applied_by=None)
    with django_assert_max_num_queries(15):
        page = tab(client, firm["a"]).content.decode()
    assert "Tier A, because the score of" in page
    assert "5 of 5" in page
    assert "$900" in page
    assert '<title id="bar-1-title">Revenue</title>' in page
    assert "worth" not in page.lower()


def test_the_tier_tab_says_what_is_unknown_and_what_other_tiers_took(client, sign_in, run, firm):
    sign_in("operations")
    page = tab(client, firm["c"]).content.decode()
    assert "Unknown, and never counted as zero: Alignment." in page
    assert "is proposed by the latest run" in page
    assert "growth potential of at least 4 of 5 (now 1 of 5)" in page
    page = tab(client, firm["d"]).content.decode()
    assert "No tier yet, because only 15 % of what the policy weighs is known." in page


def test_the_tier_tab_names_a_persons_choice(client, sign_in, firm):
    sign_in("operations")
    overrides.pin_tier(
        client=firm["c"], tier=tier("A"), reason="family", text="x", starts_on=D, expires_on=D, by=None
    )
    services.propose_run(as_of=D, policy=store_policy(SHIPPED))
    page = tab(client, firm["c"]).content.decode()
    assert "Tier A, because a person chose it until Tuesday, March 31, 2026: Family of an A client." in page


def test_the_tier_tab_is_empty_before_the_first_run(client, sign_in, firm):
    sign_in("operations")
    assert "appear here after the first scoring run" in tab(client, firm["a"]).content.decode()


def test_an_advisor_sees_the_tab_of_own_clients_alone(client, sign_in, run, firm):
    user = sign_in("advisor")
    TeamMember.objects.create(client=firm["a"], user=user, role=ServiceRole.objects.first())
    assert tab(client, firm["a"]).status_code == 200
    assert tab(client, firm["b"]).status_code == 404


def test_the_area_leads_everybody_to_the_parts_that_they_may_open(client, sign_in, run):
    sign_in("advisor")
    page = client.get(reverse("tiers:graduation")).content.decode()
    for name in ("tiers:policies", "tiers:overrides", "tiers:graduation"):
        assert f'<a href="{reverse(name)}"' in page
    assert f'<a href="{reverse("tiers:runs")}"' not in page
    assert f'<a class="nav-entry" href="{reverse("tiers:graduation")}"' in page
    sign_in("operations")
    page = client.get(reverse("tiers:run", args=[run.pk])).content.decode()
    assert f'<a href="{reverse("tiers:runs")}" aria-current="page"' in page
    assert f'<a class="nav-entry" href="{reverse("servicing:tiers")}"' in page
    assert f'<a class="nav-entry" href="{reverse("tiers:graduation")}"' not in page


def test_a_policy_reads_as_sentences(client, sign_in):
    sign_in("advisor")
    shipped = Policy.objects.get(status="published")
    page = client.get(reverse("tiers:policy", args=[shipped.pk])).content.decode()
    assert "Tier A takes clients in the order of score, until 60 % of revenue, at most 50 clients." in page
    assert "with growth potential of at least 4 of 5" in page
    assert "Tier C takes the remaining clients." in page
    assert "30 %" in page


def test_a_large_firm_is_scored_by_a_worker(
    client, sign_in, run, firm, valkey, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(run_views, "IN_THE_REQUEST", 2)
    monkeypatch.setattr(run_views, "MOVES_IN_THE_REQUEST", 2)
    user = sign_in("operations")
    with django_capture_on_commit_callbacks(execute=True):
        asked = client.post(reverse("tiers:propose"))
    first = Job.objects.get()
    assert asked.url == reverse("clients:job", args=[first.pk])
    assert "Waiting for a worker" in client.get(asked.url).content.decode()
    assert reverse("clients:job", args=[first.pk]) in client.get(reverse("tiers:runs")).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("tiers:apply", args=[run.pk]))
    assert valkey.llen("celery") == 2
    second = Job.objects.latest("id")
    assert current_tiers() == {}
    tasks.propose_run(first.pk, user.pk)
    made = ScoringRun.objects.latest("id")
    assert made.created_by == user
    first.refresh_from_db()
    assert (first.state, first.result_url) == ("done", reverse("tiers:run", args=[made.pk]))
    tasks.propose_run(first.pk, user.pk)
    assert ScoringRun.objects.latest("id") == made
    tasks.apply_run(second.pk, run.pk, user.pk)
    tasks.apply_run(second.pk, run.pk, user.pk)
    assert current_tiers() == {"a": "A", "b": "B", "c": "C"}
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("tiers:undo", args=[run.pk]))
    third = Job.objects.latest("id")
    assert (third.task, third.title) == ("tiers.undo_run", f"Undoing run {run.pk}")
    tasks.undo_run(third.pk, run.pk, user.pk)
    tasks.undo_run(third.pk, run.pk, user.pk)
    assert current_tiers() == {}


def test_many_chosen_moves_are_applied_by_a_worker_and_none_beside_them(
    client, sign_in, run, valkey, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(run_views, "MOVES_IN_THE_REQUEST", 0)
    user = sign_in("operations")
    with django_capture_on_commit_callbacks(execute=True):
        asked = client.post(
            reverse("tiers:apply", args=[run.pk]), {"chosen": "1", "all": "1", "filters": "to=B"}
        )
    job = Job.objects.get()
    assert asked.url == reverse("clients:job", args=[job.pk])
    assert current_tiers() == {}
    tasks.apply_run(job.pk, run.pk, user.pk, "to=B")
    assert current_tiers() == {"b": "B"}
