"""The policy studio: a draft is stored as it is changed, and says at once what it would do."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.urls import reverse

from clients.models import Client as Household
from clients.models import Job, ServiceRole, TeamMember, Tier, TouchKind
from tests.factories import UserFactory
from tests.tiers.firm import SHIPPED, D, case, current_tiers, store, tier
from tiers import simulation
from tiers.models import Policy, PolicyStatus, Simulation
from tiers.policies import clone_policy, publish_policy
from tiers.stated import statement_of

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(dt.datetime(2026, 3, 31, 16, tzinfo=dt.UTC), tick=False)


@pytest.fixture
def operator(client):
    user = UserFactory(first_name="Ola", last_name="Berg", groups=["operations"])
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


@pytest.fixture
def draft(operator):
    return clone_policy(policy=Policy.objects.get(status=PolicyStatus.PUBLISHED), by=operator)


@pytest.fixture
def firm():
    """Ten clients in C; a higher number brings more revenue, the first one grows most."""
    store(
        [case(f"c{n}", 1000 * n, potential=Decimal(1000), alignment=3, growth=3, tier="C") for n in range(10)]
    )
    Household.objects.filter(external_id="c0").update(growth_potential=5, name="Grows most")
    lead = ServiceRole.objects.get(code="lead_advisor")
    advisor = UserFactory(first_name="Ida", last_name="Lund")
    TeamMember.objects.create(client=Household.objects.get(external_id="c0"), role=lead, user=advisor)
    assert SHIPPED.weights["revenue"] == 30


def url(policy):
    return reverse("tiers:studio", args=[policy.pk])


def typed(client, policy, **changes):
    """What the browser sends when some fields of the page are changed."""
    form = client.get(url(policy)).context["form"]
    rules = [row.pk for row in form.ruled]
    data = {"rule": rules, "touch": [kind.pk for kind in form.touched]}
    data |= {name: form[name].value() for name in form.fields if form[name].value() is not None}
    return data | {"seen": simulation.digest_of(policy), **changes}


def field(code, name):
    return f"rule_{tier(code).pk}_{name}"


# --- Storing -----------------------------------------------------------------------------------------------


def test_it_shows_the_draft_as_it_is_and_storing_it_unchanged_changes_nothing(client, draft, firm):
    before = statement_of(draft)
    client.post(url(draft), typed(client, draft), **HTMX)
    assert statement_of(draft) == before


def test_a_change_is_stored_and_answered_with_what_the_draft_would_do(client, draft, firm, operator):
    page = client.post(url(draft), typed(client, draft, weight_growth="80"), **HTMX)
    text = page.content.decode()
    assert statement_of(draft).weights["growth"] == 80
    assert "Saved" in text
    assert 'id="note-weight_growth" hx-swap-oob="true"' in text
    assert "Who moves" in text
    assert "<html" not in text
    draft.refresh_from_db()
    assert draft.prepared_by == operator
    assert current_tiers() == {f"c{n}": "C" for n in range(10)}  # nobody's tier changed


def test_without_javascript_it_is_stored_and_leads_back_to_the_date(client, draft, firm):
    answer = client.post(url(draft), typed(client, draft, name="Plain", on="2026-02-28"))
    assert (answer.status_code, answer.url) == (302, f"{url(draft)}?on=2026-02-28")
    draft.refresh_from_db()
    assert draft.name == "Plain"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("name", " ", "Give the policy a name."),
        ("weight_revenue", "-1", "Give a number from 0 to 9999.99."),
        ("weight_revenue", "much", "This is not a number."),
        ("half_life_days", "0", "Give a number from 1 to 36500."),
        ("half_life_days", "", "Give a number from 1 to 36500."),
        ("minimum_completeness", "101", "Give a number from 0 to 100."),
        ("stability_margin", "nan", "This is not a number."),
        ("stability_margin", "1.234", "Use at most 2 digits after the point."),
        ("A revenue_share", "150", "Give a number from 0 to 100."),
        ("A max_clients", "1.5", "Use at most 0 digits after the point."),
        ("B minimum_value", "", "Say how much at least"),
    ],
)
def test_nonsense_is_refused_at_its_field_and_nothing_is_stored(client, draft, firm, name, value, words):
    if " " in name:
        name = field(*name.split())
    before = statement_of(draft)
    answer = client.post(url(draft), typed(client, draft, **{name: value, "weight_growth": "77"}), **HTMX)
    text = answer.content.decode()
    note = re.search(rf'id="note-{name}" hx-swap-oob="true">(.*?)</div>', text, re.DOTALL)
    assert note
    assert words in note[1]
    assert "is-error" in note[1]
    assert answer["HX-Reswap"] == "none"
    assert "Not saved" in text
    assert statement_of(draft) == before
    page = client.post(url(draft), typed(client, draft, **{name: value, "weight_growth": "77"}))
    assert page.status_code == 422
    assert 'value="77"' in page.content.decode()  # nothing typed is lost


def test_a_draft_that_cannot_be_published_is_stored_with_the_reason_at_the_field(client, draft, firm):
    answer = client.post(url(draft), typed(client, draft, **{field("A", "revenue_share"): "0"}), **HTMX)
    text = answer.content.decode()
    assert "Saved" in text
    assert "Before it can be published" in text
    note = re.search(rf'id="note-{field("A", "revenue_share")}"[^>]*>(.*?)</div>', text, re.DOTALL)
    assert note
    assert "Tier A takes no client" in note[1]


def test_weights_of_zero_are_stored_and_nothing_is_simulated(client, draft, firm):
    zero = {f"weight_{factor}": "0" for factor in statement_of(draft).weights}
    text = client.post(url(draft), typed(client, draft, **zero), **HTMX).content.decode()
    assert "No factor has a weight." in text
    assert "as soon as it can score" in text


def test_a_factor_that_only_a_rule_asks_for_is_listed_with_a_weight_of_zero(client, draft, firm):
    client.post(
        url(draft),
        typed(client, draft, weight_growth="0", weight_tenure="5", weight_alignment="0"),
        **HTMX,
    )
    weights = statement_of(draft).weights
    assert weights["growth"] == 0
    assert weights["tenure"] == 5
    assert "alignment" not in weights


# --- Order, touches, tiers ---------------------------------------------------------------------------------


def order(draft):
    return [rule.tier.code for rule in statement_of(draft).rules]


def test_rules_move_up_and_down_and_the_last_takes_the_rest(client, draft, firm):
    b, c = tier("B"), tier("C")
    answer = client.post(url(draft), typed(client, draft, do=f"down:{b.pk}"), **HTMX)
    assert (order(draft), answer["HX-Retarget"]) == (["A", "C", "B"], "#studio")
    last = statement_of(draft).rules[-1]
    assert not last.has_limit
    assert not last.minimum_key
    text = answer.content.decode()
    assert f'name="{field("B", "max_clients")}" value="100"' in text  # kept on the page
    kept = {field("B", name): value for name, value in (("max_clients", "100"), ("rank_key", "growth"))}
    client.post(url(draft), typed(client, draft, **kept, do=f"up:{b.pk}"), **HTMX)
    assert order(draft) == ["A", "B", "C"]
    rule = statement_of(draft).rules[1]
    assert (rule.max_clients, rule.rank_key) == (100, "growth")
    client.post(url(draft), typed(client, draft, do=f"up:{c.pk}"))
    assert order(draft) == ["A", "C", "B"]


def test_a_touch_gets_a_weight_of_its_own_and_loses_it(client, draft, firm):
    call = TouchKind.objects.get(code="call")
    client.post(url(draft), typed(client, draft, do="add-touch", new_touch=call.pk), **HTMX)
    assert statement_of(draft).touch_weights == {call.pk: call.engagement_weight}
    client.post(url(draft), typed(client, draft, **{f"touch_{call.pk}": "12.5"}), **HTMX)
    assert statement_of(draft).touch_weights == {call.pk: Decimal("12.5")}
    client.post(url(draft), typed(client, draft, do=f"remove-touch:{call.pk}"), **HTMX)
    assert statement_of(draft).touch_weights == {}


def test_a_new_tier_gets_a_rule_and_a_retired_one_loses_it(client, draft, firm):
    fresh = Tier.objects.create(code="D", label="D", position=9)
    assert "Add a rule for tier D" in client.get(url(draft)).content.decode()
    client.post(url(draft), typed(client, draft, do=f"add-rule:{fresh.pk}"), **HTMX)
    assert order(draft) == ["A", "B", "C", "D"]
    Tier.objects.filter(code="B").update(retired_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    assert "Tier B is retired" in client.get(url(draft)).content.decode()
    client.post(url(draft), typed(client, draft, do=f"remove-rule:{tier('B').pk}"), **HTMX)
    assert order(draft) == ["A", "C", "D"]


@pytest.mark.parametrize("do", ["up:x", "down:999999", "add-touch", "remove-rule:", "dance", "up:-1"])
def test_a_made_up_step_changes_nothing(client, draft, firm, do):
    before = statement_of(draft)
    assert client.post(url(draft), typed(client, draft, do=do), **HTMX).status_code == 200
    assert statement_of(draft) == before


# --- What it would do --------------------------------------------------------------------------------------


def test_it_shows_who_moves_filtered_by_cell_and_by_advisor(client, draft, firm):
    client.post(url(draft), typed(client, draft, **{field("B", "minimum_value"): "5"}), **HTMX)
    everyone = client.get(url(draft)).content.decode()
    assert "Grows most" in everyone
    assert "c9" in everyone
    text = client.get(url(draft), {"from": "C", "to": "B"}).content.decode()
    movers = text[text.index('id="movers"') :]
    assert "Grows most" in movers
    assert ">c9<" not in movers
    assert "From C to B" in movers
    advisor = next(
        row for row in Simulation.objects.get(policy=draft).result["advisors"] if row["name"] == "Ida Lund"
    )
    text = client.get(url(draft), {"advisor": advisor["user_id"]}, HTTP_HX_TARGET="movers", **HTMX)
    movers = text.content.decode()[text.content.decode().index('id="movers"') :]
    assert "Grows most" in movers
    assert ">c9<" not in movers
    assert "Advisor: Ida Lund" in movers


def test_it_simulates_any_date_and_no_nonsense(client, draft, firm):
    text = client.get(url(draft), {"on": "2025-03-31"}).content.decode()
    assert "There is no revenue in the twelve months before this day." in text
    for nonsense in ("soon", "2026-02-30", "0001-01-01", "9999-12-31", "2026-13-01"):
        page = client.get(url(draft), {"on": nonsense, "after": "x", "advisor": "-1", "from": "\x00"})
        assert page.status_code == 200
        assert page.context["as_of"] == D


def test_it_says_what_will_be_here_in_a_firm_without_clients(client, draft):
    assert "once there are active clients" in client.get(url(draft)).content.decode()


def test_the_curve_is_drawn_with_its_cuts_and_has_a_table(client, draft, firm):
    text = client.get(url(draft)).content.decode()
    assert "<polyline" in text
    assert "to A" in text
    assert 'aria-labelledby="curve-title curve-text"' in text
    assert "Up to tier A" in text
    assert "Part of clients" in text


def test_a_large_firm_is_left_to_a_worker_that_is_told_what_to_do(client, draft, firm, monkeypatch):
    monkeypatch.setattr(simulation, "IN_REQUEST", 5)
    text = client.post(url(draft), typed(client, draft, weight_growth="80"), **HTMX).content.decode()
    assert "in the background" in text
    assert not Simulation.objects.exists()
    answer = client.post(reverse("tiers:simulate", args=[draft.pk]), {"on": "2026-02-28"})
    job = Job.objects.get(task="tiers.simulate")
    assert answer.url == reverse("clients:job", args=[job.pk])
    assert "Simulation of Shipped policy v2" in client.get(answer.url).content.decode()
    simulation.simulate(policy=draft, as_of=D, by=None)
    assert "Who moves" in client.get(url(draft)).content.decode()
    text = client.post(url(draft), typed(client, draft, weight_growth="81"), **HTMX).content.decode()
    assert "The draft changed since it was simulated" in text


def test_facts_that_are_no_longer_fresh_are_gathered_anew(client, draft, firm, time_machine):
    client.get(url(draft))
    first = Simulation.objects.get()
    client.get(url(draft))
    assert Simulation.objects.get() == first
    time_machine.move_to(dt.datetime(2026, 3, 31, 17, tzinfo=dt.UTC))
    client.get(url(draft))
    assert Simulation.objects.get().facts_at > first.facts_at


# --- Who, and two at once ----------------------------------------------------------------------------------


def test_two_people_do_not_overwrite_each_other_unseen(client, draft, firm):
    mine = typed(client, draft, weight_growth="50")
    other = UserFactory(first_name="Nia", last_name="Okafor", groups=["administrator"])
    theirs = typed(client, draft, weight_revenue="40")
    client.force_login(other, backend="django.contrib.auth.backends.ModelBackend")
    client.post(url(draft), theirs, **HTMX)
    assert statement_of(draft).weights["revenue"] == 40
    client.force_login(draft.prepared_by, backend="django.contrib.auth.backends.ModelBackend")
    text = client.post(url(draft), mine, **HTMX).content.decode()
    assert "Nia Okafor changed this draft meanwhile." in text
    assert statement_of(draft).weights["growth"] == 10


def test_what_is_no_longer_a_draft_is_not_changed(client, draft, firm):
    data = typed(client, draft, weight_growth="80")
    publish_policy(policy=draft, by=None, reason="Decided.", effective_on=D)
    assert client.post(url(draft), data, **HTMX).status_code == 422
    assert client.get(url(draft)).url == reverse("tiers:policy", args=[draft.pk])
    assert statement_of(draft).weights["growth"] == 10


@pytest.mark.parametrize("group", ["advisor", "compliance"])
def test_others_read_policies_and_do_not_edit_or_simulate(client, draft, group):
    reader = UserFactory(groups=[group])
    client.force_login(reader, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(url(draft)).status_code == 403
    assert client.post(reverse("tiers:simulate", args=[draft.pk])).status_code == 403
    page = client.get(reverse("tiers:policy", args=[draft.pk])).content.decode()
    assert "What counts" in page
    assert url(draft) not in page


def test_a_page_costs_the_same_for_few_clients_and_many(client, draft, firm, django_assert_max_num_queries):
    client.get(url(draft))
    with django_assert_max_num_queries(40):
        client.get(url(draft))
