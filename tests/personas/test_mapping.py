"""The message map: which row speaks for whom, what is off without permission, what no row speaks of."""

import itertools
import random

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import (
    AttentionConstraint,
    BehavioralTag,
    BehavioralTrigger,
    Client,
    ClientSummary,
    ComplexityDriver,
    IncomeStructure,
    Persona,
    Tier,
)
from clients.words import words_for
from personas import topics
from personas.mapping.gaps import find_gaps
from personas.mapping.resolving import guidance_for
from personas.models import MapRow, Topic
from personas.models.mapping import CONDITIONS
from tests.factories import ClientFactory, UserFactory

MODELS = {
    "persona": Persona,
    "complexity_driver": ComplexityDriver,
    "behavioral_trigger": BehavioralTrigger,
    "attention_constraint": AttentionConstraint,
    "income_structure": IncomeStructure,
    "tier": Tier,
}


def word(kind, code):
    return MODELS[kind].objects.get(code=code)


def make(*, permission="granted", lead=None, **codes) -> Client:
    """A client with these tags; the tier as the summary has it."""
    own = {
        kind: word(kind, code) for kind, code in codes.items() if kind not in ("tier", "behavioral_trigger")
    }
    client = ClientFactory(permission=permission, lead=lead, **own)
    if "behavioral_trigger" in codes:
        trigger = word("behavioral_trigger", codes["behavioral_trigger"])
        BehavioralTag.objects.create(client=client, trigger=trigger)
    if "tier" in codes:
        tier = word("tier", codes["tier"])
        ClientSummary.objects.filter(client=client).update(tier=tier, tier_position=tier.position)
    return client


def row(order=50, *, conditions=None, **parts) -> MapRow:
    asked = {kind: word(kind, code) for kind, code in (conditions or {}).items()}
    return MapRow.objects.create(order=order, **asked, **parts)


@pytest.fixture
def empty_map(db):
    MapRow.objects.all().delete()


def says(client) -> dict[str, tuple[str, int]]:
    parts = guidance_for([client.pk])[client.pk].parts
    return {name: (str(said.text), said.row.pk) for name, said in parts.items()}


def test_the_most_specific_row_speaks_first_then_the_order_then_the_older(empty_map):
    client = make(persona="physician", attention_constraint="time_poverty", tier="A")
    general = row(1, framing="general", preparation="general")
    persona = row(20, conditions={"persona": "physician"}, framing="persona", channel="phone")
    earlier = row(10, conditions={"tier": "A"}, channel="video")
    assert says(client)["channel"] == ("video", earlier.pk)
    assert says(client)["framing"] == ("persona", persona.pk)
    assert says(client)["preparation"] == ("general", general.pk)
    twin = row(10, conditions={"attention_constraint": "time_poverty"}, channel="email", framing="twin")
    assert says(client)["channel"] == ("video", earlier.pk)  # the older of two with one order
    assert says(client)["framing"] == ("twin", twin.pk)
    both = {"persona": "physician", "attention_constraint": "time_poverty"}
    special = row(99, conditions=both, framing="both")
    row(1, conditions={**both, "complexity_driver": "debt_structure"}, framing="not theirs")
    assert says(client)["framing"] == ("both", special.pk)
    special.retired_at = "2026-01-01T00:00Z"
    special.save()
    assert says(client)["framing"] == ("twin", twin.pk)


def test_words_add_up_and_the_earlier_row_decides_between_use_and_avoid(empty_map):
    client = make(persona="physician")
    first = row(
        conditions={"persona": "physician"}, words_to_use="end date\nOne decision", words_to_avoid="debt"
    )
    second = row(words_to_use="Debt\nnext step\nend date", words_to_avoid="one decision\nguaranteed")
    guidance = guidance_for([client.pk])[client.pk]
    assert [(said.text, said.row) for said in guidance.use] == [
        ("end date", first),
        ("One decision", first),
        ("next step", second),
    ]
    assert [said.text for said in guidance.avoid] == ["debt", "guaranteed"]
    assert [(line.row, line.gave) for line in guidance.by_row] == [
        (first, ("words_to_use", "words_to_avoid")),
        (second, ("words_to_use", "words_to_avoid")),
    ]


@pytest.mark.parametrize("permission", ["not_asked", "asked", "declined", "withdrawn"])
def test_without_permission_only_rows_for_everyone_and_for_the_tier_speak(empty_map, permission):
    general = row(framing="general")
    of_tier = row(conditions={"tier": "C"}, channel="digital")
    off = [
        row(conditions={"persona": "physician"}, framing="persona"),
        row(conditions={"income_structure": "dual_income", "tier": "C"}, preparation="both"),
    ]
    client = make(permission=permission, persona="physician", income_structure="dual_income", tier="C")
    guidance = guidance_for([client.pk])[client.pk]
    assert {said.row for said in guidance.parts.values()} == {general, of_tier}
    assert set(guidance.off) == set(off)
    Client.objects.filter(pk=client.pk).update(permission="granted")
    assert {said.row for said in guidance_for([client.pk])[client.pk].parts.values()} == {*off, of_tier}


def test_one_and_many_agree_with_a_plain_reading_at_two_queries(empty_map):
    """Random rows and clients, against the rule said in the plainest way."""
    draw = random.Random(7)
    codes = {kind: [*model.objects.values_list("code", flat=True), None] for kind, model in MODELS.items()}
    for number in range(40):
        asked = {
            kind: code
            for kind, every in codes.items()
            if draw.random() < 0.3 and (code := draw.choice(every))
        }
        row(
            draw.randrange(4),
            conditions=asked,
            framing=f"framing {number}" if number % 3 else "",
            channel="phone",
        )
    clients = []
    for _each in range(60):
        has = {kind: code for kind, every in codes.items() if (code := draw.choice(every))}
        permission = draw.choice(["granted", "declined"])
        if permission != "granted":
            has.pop("behavioral_trigger", None)
        clients.append((make(permission=permission, **has), has, permission))
    with CaptureQueriesContext(connection) as queries:
        found = guidance_for([client.pk for client, _has, _permission in clients])
    assert len(queries) == 2
    rows = list(MapRow.objects.with_words())
    for client, has, permission in clients:
        fitting = [
            each
            for each in rows
            if all(
                (asked := getattr(each, kind)) is None
                or (asked.code == has.get(kind) and (permission == "granted" or kind == "tier"))
                for kind in CONDITIONS
            )
        ]
        fitting.sort(key=lambda each: (-len(each.conditions), each.order, each.pk))
        expected = next((each for each in fitting if each.framing), None)
        said = found[client.pk].parts.get("framing")
        assert (said.row if said else None) == expected
        assert [line.row for line in found[client.pk].by_row] == fitting
    client = clients[0][0]
    assert guidance_for([client.pk])[client.pk] == found[client.pk]


def test_the_shipped_map_is_complete(db):
    for kind, model in MODELS.items():
        if kind != "tier":
            alone = {other: None for other in CONDITIONS if other != kind}
            spoken = MapRow.objects.filter(**alone).exclude(**{kind: None})
            assert set(spoken.values_list(f"{kind}__code", flat=True)) == set(
                model.objects.values_list("code", flat=True)
            )
    # whoever has any tag and permission is told everything, and so is somebody without either
    for permission, codes in itertools.product(("granted", "not_asked"), ({}, {"persona": "general"})):
        guidance = guidance_for([(client := make(permission=permission, **codes)).pk])[client.pk]
        assert set(guidance.parts) == {"framing", "channel", "meeting_format", "preparation"}
        assert guidance.use
        assert guidance.avoid


def test_gaps_are_the_combinations_of_clients_that_no_row_of_their_own_covers(empty_map, people_of_firm):
    olga, ann = people_of_firm
    row(framing="general")
    row(conditions={"persona": "physician"}, framing="persona")
    row(conditions={"persona": "tech_equity", "tier": "A"}, framing="tech of tier A")
    make(persona="physician", tier="B")  # covered
    make(persona="tech_equity", tier="A")  # covered
    for lead in (ann, None, None):
        make(persona="tech_equity", tier="B", lead=lead)
    make(attention_constraint="time_poverty", permission="declined")
    make(persona="business_owner", behavioral_trigger="avoidance")
    former = make(persona="business_owner")
    Client.objects.filter(pk=former.pk).update(status="former")
    with CaptureQueriesContext(connection) as queries:
        gaps = find_gaps(olga, words_for(olga))
    assert len(queries) == 3  # who asks, the words, the gaps
    labels = {gap.label: gap.clients for gap in gaps.combinations}
    assert labels == {
        "Tech equity professional · B · Emerging": 3,
        "Time poverty": 1,
        "Business owner · Avoidance": 1,
    }
    assert (gaps.number, gaps.clients, gaps.combinations[0].clients) == (3, 5, 3)
    assert {gap.label for gap in gaps.words} == {"Time poverty", "Business owner", "Avoidance"}
    # the link lists exactly these clients
    browser = Browser()
    browser.force_login(olga)
    for gap in gaps.combinations:
        page = browser.get(f"{reverse('clients:list')}?{gap.query}")
        assert page.content.decode().count("data-client=") == gap.clients
    own = find_gaps(ann, words_for(ann))
    assert [(gap.label, gap.clients) for gap in own.combinations] == [
        ("Tech equity professional · B · Emerging", 1)
    ]


@pytest.fixture
def people_of_firm(db):
    return UserFactory(groups=["operations"]), UserFactory(groups=["advisor"])


def test_a_topic_that_is_noise_to_a_persona_spares_its_clients(db):
    commentary = Topic.objects.get(code="market_commentary")
    tech, doctor, nobody = (
        make(persona="tech_equity", permission="not_asked"),
        make(persona="physician"),
        make(),
    )
    everyone = Client.objects.all()
    assert set(topics.interested(everyone, commentary)) == {doctor, nobody}
    assert topics.spared(everyone, commentary) == {tech.persona.label: 1}
    assert set(topics.interested(everyone, None)) == {tech, doctor, nobody}
    commentary.noise_for.clear()
    assert set(topics.interested(everyone, commentary)) == {tech, doctor, nobody}
