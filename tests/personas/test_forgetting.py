"""What was said to a client stays when the permission ends, and no longer tells of the behavioral trigger."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from clients.firm import firm_today
from clients.models import BehavioralTag, BehavioralTrigger, Client, Erasure, User
from clients.permission.answers import record_answer
from personas.models import BulkMessage, Message, MessageState, ScriptUse, ScriptVersion
from personas.scripts import recipients
from personas.scripts.services import use
from servicing.book.merging import merge
from servicing.models import DataExport
from tests.factories import ClientFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead() -> User:
    return UserFactory(groups=["advisor"])


def fearful(lead: User) -> Client:
    client = ClientFactory(lead=lead, permission="granted", email="ada@home.example")
    trigger = BehavioralTrigger.objects.get(code="volatility_fear")
    BehavioralTag.objects.create(client=client, trigger=trigger)
    return client


def mail(client: Client, version: ScriptVersion, once: str, state: str, **more: object) -> Message:
    now = timezone.now()
    return Message.objects.create(
        client=client,
        version=version,
        once=once,
        state=state,
        message_id=f"<{once}@firm.example>",
        recipient="ada@home.example",
        subject="A word",
        text=f"What was said: {once}",
        sent_at=now if state == "sent" else None,
        claimed_at=None if state == "queued" else now,
        attempts=0 if state == "queued" else 1,
        **more,
    )


def test_a_withdrawal_keeps_the_words_and_drops_which_trigger_chose_them(lead, client):
    ada, other = fearful(lead), fearful(lead)
    chosen = ScriptVersion.objects.get(
        behavioral_trigger__code="volatility_fear", situation__code="market_fall", state="approved"
    )
    generic = ScriptVersion.objects.get(script__code="update-everyone", state="approved")
    spoken = use(version=chosen, client=ada, by=lead)
    use(version=chosen, client=other, by=lead)
    by_filter = BulkMessage.objects.create(version=generic, by=lead, asked="behavioral=volatility_fear")
    sent = mail(ada, chosen, "task:7:0", "sent", service_task=7)
    of_many = mail(ada, generic, f"bulk:{by_filter.pk}:{ada.pk}", "sent", bulk=by_filter)
    plain = mail(ada, generic, "task:8:0", "sent", service_task=8)
    waits = mail(ada, chosen, "task:9:0", "queued", service_task=9)
    unclear = mail(ada, chosen, "task:10:0", "unclear", service_task=10)
    for change in ({"script": None, "version": None}, {"text": "Something else"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            ScriptUse.objects.filter(pk=spoken.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Message.objects.filter(pk=sent.pk).update(version=None)

    record_answer(client=ada, answer="withdrawn", on=firm_today(), how="phone", by=lead)

    kept = ScriptUse.objects.get(pk=spoken.pk)
    assert (kept.version, kept.script, kept.text) == (None, None, spoken.text)
    for message, told in ((sent, None), (unclear, None), (of_many, generic), (plain, generic)):
        text, subject = message.text, message.subject
        message.refresh_from_db()
        assert (message.version, message.bulk) == (told, None), message.once
        assert (message.text, message.subject) == (text, subject)
    assert not of_many.once.startswith("bulk")
    assert not Message.objects.filter(pk=waits.pk).exists()
    assert (sent.state, unclear.state) == (MessageState.SENT, MessageState.UNCLEAR)
    assert ScriptUse.objects.filter(client=other, version=chosen).exists()
    # the limit of recipients counts as before, and nobody is told twice to erase
    assert recipients.reached([chosen.script_id]) == {chosen.script_id: 2}
    assert Erasure.objects.get(client=ada).places == {"record": 1, "scripts": 4}
    client.force_login(lead)
    for page in (
        f"/clients/{ada.pk}/conversation/",
        f"/clients/{ada.pk}/history/",
        f"/personas/messages/?client={ada.pk}",
        f"/personas/messages/{sent.pk}/",
        f"/personas/messages/{unclear.pk}/",
    ):
        html = client.get(page).content.decode()
        assert chosen.title not in html, page
    assert (
        "links of what was said to the scripts that it chose"
        in client.get(f"/clients/{ada.pk}/").content.decode()
    )


def test_the_26th_stays_stopped_though_one_of_the_25_withdrew(lead):
    script = ScriptVersion.objects.get(
        behavioral_trigger__code="volatility_fear", situation__code="market_fall", state="approved"
    )
    clients = [fearful(lead) for _number in range(26)]
    now = timezone.now()
    ScriptUse.objects.bulk_create(
        ScriptUse(script_id=script.script_id, version=script, client=each, used_at=now)
        for each in clients[:25]
    )
    record_answer(client=clients[0], answer="withdrawn", on=firm_today(), how="phone", by=lead)
    assert recipients.admit(version=script, clients=[clients[25].pk], now=now) == set()
    assert recipients.admit(version=script, clients=[clients[1].pk], now=now) == {clients[1].pk}


def test_a_merge_into_a_record_that_said_no_erases_what_the_other_one_allowed(lead, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    gone, kept = fearful(lead), ClientFactory(lead=lead, permission="declined")
    chosen = ScriptVersion.objects.get(
        behavioral_trigger__code="volatility_fear", situation__code="market_fall", state="approved"
    )
    spoken = use(version=chosen, client=gone, by=lead)
    sent = mail(gone, chosen, "task:7:0", "sent", service_task=7)
    copy = DataExport.objects.create(
        made_by=lead, expires_at=timezone.now() + dt.timedelta(hours=1), file="exports/waits", bytes=7
    )

    merge(kept=kept.pk, gone=gone.pk, take=[], by=lead)

    said = ScriptUse.objects.get(pk=spoken.pk)
    assert (said.client, said.version, said.script, said.text) == (kept, None, None, spoken.text)
    sent.refresh_from_db()
    assert (sent.client, sent.version) == (kept, None)
    copy.refresh_from_db()
    assert not copy.file
    erased = Erasure.objects.get(client=kept)
    assert (erased.answer, erased.by, erased.places) == (
        "declined",
        lead,
        {"record": 1, "scripts": 2, "exports": 1},
    )
    assert erased.swept_at
