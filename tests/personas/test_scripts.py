"""Scripts: versions that stay, a second person who approves, what is offered, and the twenty-sixth client."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client as Browser
from django.urls import reverse

from clients.contact import opt_out
from clients.firm import firm_today
from clients.models import (
    BehavioralTag,
    BehavioralTrigger,
    Client,
    ClientSummary,
    FieldEntry,
    Member,
    Permission,
    Persona,
    ServiceRole,
    TeamMember,
    Tier,
    User,
)
from personas.mapping.resolving import guidance_for
from personas.models import MapRow, Reach, Script, ScriptState, ScriptUse, ScriptVersion, Situation
from personas.scripts import comparing, library, matching, merge_fields, recipients, services
from personas.scripts.client_views import offers_of
from personas.scripts.services import ScriptRefused
from personas.scripts.starter import SITUATIONS, every
from tests.factories import ClientFactory, UserFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def writer() -> User:
    return UserFactory(groups=["advisor"])


@pytest.fixture
def checker() -> User:
    return UserFactory(groups=["compliance"])


@pytest.fixture
def empty_library(db: None) -> None:
    """A firm that has taken every shipped script out of use."""
    Script.objects.update(retired_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))


def content(**more: Any) -> dict[str, Any]:
    situation = Situation.objects.get(code=more.pop("situation", "review"))
    return {"title": "Open it", "body": "Good day, {greeting}.", "situation": situation} | more


def in_year() -> dt.date:
    return firm_today() + 365 * DAY


def approved(writer: User, checker: User, **more: Any) -> ScriptVersion:
    version = services.new_script(by=writer, content=content(**more))
    services.submit(version=version, by=writer)
    services.approve(version=version, by=checker, review_on=in_year())
    return version


# --- The library that ships --------------------------------------------------------------------------------


def test_it_ships_every_situation_for_each_word_in_words_that_can_be_filled():
    """The situations of the product for each persona, axis value and income structure; no promise of
    returns, no word about tiers, no field that does not exist."""
    common = {"review", "market_fall", "vest", "fee_change", "referral", "permission_request", "transition"}
    words = {
        (name, term.code)
        for name in ("persona", "complexity_driver", "behavioral_trigger", "attention_constraint")
        for term in ScriptVersion._meta.get_field(name).related_model.objects.exclude(code="general")
    } | {("income_structure", "solo_earner"), ("income_structure", "dual_income")}
    found: dict[Any, set[str]] = {}
    review_roles: dict[Any, set[str]] = {}
    for one in every():
        key = next(iter(one.conditions.items()), None)
        found.setdefault(key, set()).add(one.situation)
        if one.situation == "review":
            review_roles.setdefault(key, set()).add(one.role)
        merge_fields.check(one.subject, one.body)
        lower = f"{one.title} {one.body}".lower()
        for banned in ("guarantee", "will return", "outperform", "beat the market", "tier", "wealthy", "!"):
            assert banned not in lower, (one.code, banned)
    for key in [None, *words]:
        assert common <= found[key], key
        assert review_roles[key] == {"lead_advisor", "associate", "client_service"}, key
    assert found[None] == {code for code, *_more in SITUATIONS}
    shipped = ScriptVersion.objects.filter(state=ScriptState.APPROVED)
    assert shipped.count() == len(list(every()))
    assert all(version.is_shipped and "Shipped with the product" in version.comment for version in shipped)
    assert {v.review_on for v in shipped} == {shipped[0].review_on}
    assert not any(version.is_approved_for_many for version in shipped)


# --- The way through compliance ----------------------------------------------------------------------------


def test_a_version_goes_from_draft_over_a_comment_to_approval_and_never_changes_after_it(writer, checker):
    version = services.new_script(by=writer, content=content(title="A call"))
    with pytest.raises(ScriptRefused, match="not submitted"):
        services.approve(version=version, by=checker, review_on=in_year())
    services.submit(version=version, by=writer)
    with pytest.raises(ScriptRefused, match="Take it back"):
        services.edit(script=version.script, by=writer, content={"title": "Other"})
    services.send_back(version=version, by=checker, comment="Say who calls.")
    edited = services.edit(script=version.script, by=writer, content={"body": "It is {advisor}."})
    assert (edited.pk, edited.state, edited.number) == (version.pk, ScriptState.DRAFT, 1)
    services.submit(version=edited, by=writer)
    for day in (firm_today(), firm_today() + 800 * DAY):
        with pytest.raises(ScriptRefused, match="two years"):
            services.approve(version=edited, by=checker, review_on=day)
    services.approve(version=edited, by=checker, review_on=in_year(), comment="Fine")
    for change in ({"body": "Buy now."}, {"review_on": in_year() + DAY}, {"state": "draft"}):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            ScriptVersion.objects.filter(pk=version.pk).update(**change)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        ScriptVersion.objects.filter(pk=version.pk)._raw_delete("default")

    second = services.edit(script=version.script, by=writer, content={"body": "It is {advisor}, briefly."})
    assert (second.number, second.state, second.title) == (2, ScriptState.DRAFT, "A call")
    assert ScriptVersion.objects.get(pk=version.pk).state == ScriptState.APPROVED
    services.submit(version=second, by=writer)
    services.approve(version=second, by=checker, review_on=in_year())
    assert ScriptVersion.objects.get(pk=version.pk).state == ScriptState.REPLACED
    said = comparing.pieces(edited.body, second.body)
    assert [piece.text for piece in said if piece.kind == "new"] == ["{advisor}, briefly."]
    assert [piece.text for piece in said if piece.kind == "gone"] == ["{advisor}."]


def test_nobody_approves_what_they_wrote_or_edited(writer):
    both = UserFactory(groups=["advisor", "compliance"])
    written = services.new_script(by=both, content=content())
    services.submit(version=written, by=writer)
    with pytest.raises(ScriptRefused, match="wrote or edited"):
        services.approve(version=written, by=both, review_on=in_year())
    edited = services.new_script(by=writer, content=content(title="Other"))
    services.edit(script=edited.script, by=both, content={"body": "Now mine."})
    services.submit(version=edited, by=writer)
    with pytest.raises(ScriptRefused, match="wrote or edited"):
        services.approve(version=edited, by=both, review_on=in_year())
    with pytest.raises(DatabaseError, match=r"second_person|no_editor"), transaction.atomic():
        ScriptVersion.objects.filter(pk=edited.pk).update(
            state="approved", decided_by=both, decided_at=edited.edited_at, review_on=in_year()
        )
    services.take_back(version=edited)
    services.edit(script=edited.script, by=writer, content={"body": "Mine again, with their title."})
    services.submit(version=edited, by=writer)
    with pytest.raises(ScriptRefused, match="wrote or edited"):
        services.approve(version=edited, by=both, review_on=in_year())
    with pytest.raises(DatabaseError, match="no_editor"), transaction.atomic():
        ScriptVersion.objects.filter(pk=edited.pk).update(
            state="approved", decided_by=both, decided_at=edited.edited_at, review_on=in_year()
        )


def test_who_edited_a_draft_before_every_editor_was_noted_cannot_approve_it(writer):
    both = UserFactory(groups=["advisor", "compliance"])
    draft = services.new_script(by=writer, content=content())
    services.edit(script=draft.script, by=both, content={"body": "Mine."})
    ScriptVersion.objects.filter(pk=draft.pk).update(editors=[])
    services.edit(script=draft.script, by=writer, content={"body": "Mine again."})
    services.submit(version=draft, by=writer)
    with pytest.raises(ScriptRefused, match="wrote or edited"):
        services.approve(version=draft, by=both, review_on=in_year())


def test_a_word_that_was_given_while_the_page_was_made_is_no_error(writer, checker, empty_library):
    fear = BehavioralTrigger.objects.get(code="volatility_fear")
    approved(writer, checker, title="of fear", behavioral_trigger=fear)
    client = Client.objects.for_tab().get(pk=ClientFactory(permission=Permission.GRANTED).pk)
    BehavioralTag.objects.create(client_id=client.pk, trigger=fear)
    (offer,) = offers_of(client, role_id=None)
    assert offer["conditions"] == []
    for again in (Client.objects.for_tab().get(pk=client.pk), Client.objects.get(pk=client.pk)):
        assert offers_of(again, role_id=None)[0]["conditions"] == [str(fear)]


def test_an_approval_ends_by_itself_and_is_renewed_as_a_version_of_its_own(writer, checker):
    version = approved(writer, checker)
    client = ClientFactory()
    with time_machine.travel(dt.datetime.combine(version.review_on, dt.time(18), tzinfo=dt.UTC), tick=False):
        today = firm_today()
        assert version.is_expired(today)
        assert version not in ScriptVersion.objects.usable(today)
        assert not matching.fits(version_id=version.pk, client_id=client.pk, today=today)
        with pytest.raises(ScriptRefused, match="no longer offered"):
            services.use(version=version, client=client, by=writer)
        again = services.approve_again(
            version=ScriptVersion.objects.get(pk=version.pk), by=checker, review_on=today + 90 * DAY
        )
        assert (again.number, again.body, again.written_by) == (2, version.body, writer)
        assert matching.fits(version_id=again.pk, client_id=client.pk, today=today)
        number = services.approve_shipped(by=checker, situation="tax", review_on=today + 90 * DAY)
    assert number == ScriptVersion.objects.filter(situation__code="tax", number=2).count() == 2


def test_it_finds_a_script_by_a_part_of_its_text_and_by_a_word_like_it(writer):
    services.new_script(by=writer, content=content(title="Amortisation, step by step", body="Your loans."))
    found = ScriptVersion.objects.newest().search
    assert found("YOUR LOA").filter(title__startswith="Amort").exists()
    assert found("amortization")[0].title == "Amortisation, step by step"
    assert not found("zeppelin").exists()


# --- Merge fields ------------------------------------------------------------------------------------------


def test_fields_are_filled_from_the_client_and_one_without_a_value_blocks(writer, checker):
    grace = UserFactory(first_name="Grace", last_name="Marin")
    client = ClientFactory(name="Okafor household", lead=grace)
    for name in ("Ada Okafor", "Ben Okafor", "Cleo Lee"):
        Member.objects.create(client=client, name=name)
    version = approved(
        writer,
        checker,
        body="{greeting}: {members}, {advisor_first}, {household}. {next_review}",
        situation="vest",
    )
    filled = services.filled_for(version, client.pk)
    assert filled.body.startswith("Ada, Ben and Cleo: Ada Okafor, Ben Okafor and Cleo Lee, Grace, Okafor")
    assert [field.name for field in filled.missing] == ["next_review"]
    with pytest.raises(ScriptRefused, match=r"\{next_review\} has no value: no review is planned"):
        services.use(version=version, client=client, by=writer)
    assert not ScriptUse.objects.exists()
    assert services.filled_for(version, ClientFactory(name="Lone").pk).body.startswith("Lone: {members}")
    for wrong in ("{gretting}", "half {a", "{greeting", "}"):
        with pytest.raises(ValidationError):
            merge_fields.check(wrong)


# --- What is offered ---------------------------------------------------------------------------------------


def test_the_most_specific_comes_first_and_without_permission_only_the_generic(
    writer, checker, empty_library
):
    physician = Persona.objects.get(code="physician")
    fear = BehavioralTrigger.objects.get(code="volatility_fear")
    tier = Tier.objects.get(code="A")
    lead = ServiceRole.objects.get(code="lead_advisor")
    made = {
        "generic": approved(writer, checker, title="generic"),
        "tier": approved(writer, checker, title="tier", tier=tier),
        "persona": approved(writer, checker, title="persona", persona=physician),
        "both": approved(writer, checker, title="both", persona=physician, behavioral_trigger=fear),
        "other": approved(writer, checker, title="other", persona=Persona.objects.get(code="tech_equity")),
        "role": approved(writer, checker, title="role", role=lead),
        "service": approved(
            writer, checker, title="service", role=ServiceRole.objects.get(code="client_service")
        ),
    }
    client = ClientFactory(persona=physician, permission=Permission.GRANTED)
    ClientSummary.objects.filter(client=client).update(tier=tier)
    BehavioralTag.objects.create(client=client, trigger=fear)

    def titles(**more: Any) -> list[str]:
        offers = matching.offered(client_id=client.pk, today=firm_today(), **more)
        return [offer.version.title for offer in offers]

    assert titles(role_id=lead.pk) == ["both", "persona", "tier", "role", "generic"]
    assert titles()[:3] == ["both", "persona", "tier"]
    assert set(titles()) == {"both", "persona", "tier", "generic", "role", "service"}
    assert titles(situations=[Situation.objects.get(code="vest").pk]) == []
    Client.objects.filter(pk=client.pk).update(permission=Permission.WITHDRAWN)
    assert titles(role_id=lead.pk) == ["tier", "role", "generic"]
    assert not matching.fits(version_id=made["persona"].pk, client_id=client.pk, today=firm_today())
    services.set_retired(script=made["generic"].script, retired=True)
    draft = services.edit(script=made["tier"].script, by=writer, content={"title": "tier, not yet"})
    assert titles(role_id=lead.pk) == ["tier", "role"]
    assert draft.is_in_work


def test_what_the_register_keeps_no_more_is_neither_asked_for_nor_said(writer, checker, empty_library):
    physician = Persona.objects.get(code="physician")
    client = ClientFactory(persona=physician, permission=Permission.GRANTED, client_since=dt.date(2014, 3, 3))
    version = approved(writer, checker, title="persona", persona=physician, body="Since {client_since}.")
    assert services.filled_for(version, client.pk).body == "Since 2014."
    MapRow.objects.all().delete()
    row = MapRow.objects.create(persona=physician, framing="Shifts first")
    assert guidance_for([client.pk])[client.pk].parts["framing"].row == row
    FieldEntry.objects.filter(field__in=["persona", "client_since"]).update(active_until=firm_today())
    assert matching.offered(client_id=client.pk, today=firm_today()) == []
    assert not guidance_for([client.pk])[client.pk].says_anything
    filled = services.filled_for(version, client.pk)
    assert [field.name for field in filled.missing] == ["client_since"]


def test_words_that_go_by_a_closed_channel_are_not_for_the_client(writer, checker, empty_library):
    person = UserFactory(groups=["operations"])
    client = ClientFactory(lead=person)
    by_mail = approved(writer, checker, title="By mail", channel="email")
    by_phone = approved(writer, checker, title="By phone", channel="phone")
    opt_out(client=client, channels=["email"], how="phone", by=person)
    browser = Browser()
    browser.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    url_of = {each: reverse("personas:use_script", args=[client.pk, each.pk]) for each in (by_mail, by_phone)}
    everything = browser.get(reverse("personas:scripts_for", args=[client.pk])).content.decode()
    assert everything.count("The client has opted out of this channel (E-mail)") == 1
    assert everything.index("By phone") < everything.index("By mail")
    best = browser.get(f"/clients/{client.pk}/conversation/").content.decode()  # of each occasion one
    for page in (everything, best):
        assert (url_of[by_phone] in page, url_of[by_mail] in page) == (True, False)
    with pytest.raises(ScriptRefused, match="opted out"):
        services.use(version=by_mail, client=client, by=person)
    services.use(version=by_phone, client=client, by=person)


# --- The twenty-sixth client -------------------------------------------------------------------------------


def reach(version: ScriptVersion, clients: list[Client], by: User, *, days_ago: int = 0) -> None:
    at = dt.datetime.now(tz=dt.UTC) - days_ago * DAY
    ScriptUse.objects.bulk_create(
        ScriptUse(script_id=version.script_id, version=version, client=client, by=by, used_at=at)
        for client in clients
    )


def test_the_26th_client_in_30_days_is_stopped_over_versions_until_it_is_approved_for_many(writer, checker):
    version = approved(writer, checker)
    clients = ClientFactory.create_batch(27)
    reach(version, clients[:10], writer, days_ago=31)  # no longer counted
    reach(version, clients[:12], writer, days_ago=29)
    reach(version, clients[:12], writer, days_ago=1)  # the same ones count once
    second = services.edit(script=version.script, by=writer, content={"body": "Good day."})
    services.submit(version=second, by=writer)
    services.approve(version=second, by=checker, review_on=in_year())
    reach(second, clients[12:19], writer)
    assert (recipients.reached_by(second).number, recipients.reached_by(second).warns) == (19, False)
    for client in clients[19:25]:
        services.use(version=second, client=client, by=writer)
    assert recipients.reached_by(second) == recipients.Reached(number=25, limited=True)
    assert recipients.reached_by(second).warns
    with pytest.raises(ScriptRefused, match="25 clients in the last 30 days"):
        services.use(version=second, client=clients[25], by=writer)
    services.use(version=second, client=clients[0], by=writer)  # one of the 25 again

    third = services.edit(script=version.script, by=writer, content={"reach": Reach.MANY})
    services.submit(version=third, by=writer)
    services.approve(version=third, by=checker, review_on=in_year())
    for client in clients[25:]:
        services.use(version=third, client=client, by=writer)
    assert recipients.reached([version.script_id]) == {version.script_id: 27}


def test_what_was_said_stays(writer, checker):
    client = ClientFactory()
    used = services.use(version=approved(writer, checker), client=client, by=writer, service_task=7)
    assert (used.text, used.service_task, used.by) == (f"Good day, {client.name}.", 7, writer)
    with pytest.raises(DatabaseError, match="not changed afterwards"), transaction.atomic():
        ScriptUse.objects.filter(pk=used.pk).update(text="Something else")
    with pytest.raises(DatabaseError, match="kept for five years"), transaction.atomic():
        ScriptUse.objects.filter(pk=used.pk).delete()
    other = ClientFactory()
    ScriptUse.objects.filter(pk=used.pk).update(client=other)  # as when records are merged


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_time_cannot_both_be_the_25th():
    writer, checker = UserFactory(groups=["advisor"]), UserFactory(groups=["compliance"])
    version = approved(writer, checker)
    clients = ClientFactory.create_batch(28)
    reach(version, clients[:24], writer)
    gate, answers = threading.Barrier(4), []

    def try_it(client: Client) -> None:
        try:
            gate.wait(10)
            services.use(version=version, client=client, by=writer)
            answers.append("used")
        except ScriptRefused:
            answers.append("stopped")
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it, args=[client]) for client in clients[24:]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answers) == ["stopped", "stopped", "stopped", "used"]
    assert recipients.reached([version.script_id]) == {version.script_id: 25}


def test_the_list_filters_by_state_and_by_what_is_asked_for(writer, checker, empty_library, rf):
    generic, mine = (
        approved(writer, checker, title="generic"),
        approved(writer, checker, title="mine", persona=Persona.objects.get(code="physician")),
    )
    services.new_script(by=writer, content=content(title="draft"))

    def titles(query: str, today: dt.date | None = None) -> set[str]:
        asked = library.asked_of(rf.get(f"/?{query}").GET)
        return {version.title for version in library.listed(asked, today or firm_today())}

    assert titles("") == {"generic", "mine", "draft"}
    assert titles("persona=none") == {"generic", "draft"}
    assert titles("persona=physician&state=usable") == {"mine"}
    assert titles("state=draft&q=dra") == {"draft"}
    assert titles("state=expired", mine.review_on) == {"generic", "mine"}
    assert titles("state=retired&situation=tax") == {v.title for v in ScriptVersion.objects.filter(
        situation__code="tax")}  # fmt: skip
    assert titles("persona=nobody") == set()
    assert generic.script.uses.count() == 0
    assert TeamMember.objects.count() == 0
