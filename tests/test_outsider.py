"""An advisor of other clients: nothing of somebody else's client is read or changed, whatever is forged."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.models import BehavioralTag, BehavioralTrigger, Client, Member, Persona, Touch
from clients.permission.answers import record_answer
from clients.services import change_many
from servicing.models import ServiceTask
from tests.factories import ClientFactory, UserFactory
from tests.test_permissions import DAY

NAME = "Quillfeather household"


def sign_in(user: Any) -> Browser:
    browser = Browser()
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


@pytest.fixture
def theirs(db: Any) -> Client:
    """A client of another advisor, with a task."""
    lead = UserFactory(groups=["advisor"])
    client = ClientFactory(name=NAME, external_id="Q-77", lead=lead)
    Member.objects.create(client=client, name="Quillfeather Ada")
    ServiceTask.objects.create(
        client=client, title="Call", due_on=DAY, window_start=DAY, window_end=DAY, assigned_to=lead
    )
    return client


@pytest.fixture
def outsider(db: Any) -> Browser:
    advisor = UserFactory(groups=["advisor"])
    ClientFactory(lead=advisor, name="Own household")
    return sign_in(advisor)


def test_no_list_or_file_holds_another_advisors_client(theirs, outsider):
    for url in (
        "/",
        "/tasks/?status=any",
        f"/tasks/?status=any&client={theirs.pk}",
        "/clients/?status=any",
        "/clients/?q=Quill",
        "/clients/?q=Q-77",
        "/search/?q=Quill",
        "/search/?q=Q-77",
        "/clients/?advisor=none",
        "/clients/export/?status=any",
        f"/?task={theirs.tasks.get().pk}",
        f"/?client={theirs.pk}",
    ):
        response = outsider.get(url)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        assert response.status_code == 200, url
        assert b"Quillfeather" not in body, url


def test_a_forged_step_of_another_task_does_nothing(theirs, outsider):
    task = theirs.tasks.get()
    for step in ("done", "attempt", "book", "snooze", "reassign"):
        data = {"outcome": "delivered", "on": DAY.isoformat()}
        assert outsider.post(reverse("servicing:work", args=[task.pk, step]), data).status_code == 404
    task.refresh_from_db()
    assert task.is_open
    assert not Touch.objects.filter(client=theirs).exists()


def test_a_member_is_changed_through_its_own_client_alone(theirs, outsider):
    mine = Client.objects.get(name="Own household")
    member = Member.objects.get(client=theirs)
    for name in ("clients:edit_member", "clients:remove_member"):
        assert outsider.post(reverse(name, args=[mine.pk, member.pk]), {"name": "Taken"}).status_code == 404
    member.refresh_from_db()
    assert member.name == "Quillfeather Ada"


def test_a_withdrawn_permission_outlasts_undo(theirs):
    boss = UserFactory(groups=["operations"])
    first, second = BehavioralTrigger.objects.all()[:2]
    Client.objects.filter(pk=theirs.pk).update(permission="granted")
    BehavioralTag.objects.create(client=theirs, trigger=first)
    change = change_many(
        clients=Client.objects.filter(pk=theirs.pk), field="behavioral_trigger", value=second.pk, by=boss
    )
    theirs.refresh_from_db()
    record_answer(client=theirs, answer="withdrawn", by=boss, on=DAY, how="phone")
    assert sign_in(boss).post(reverse("clients:bulk_undo", args=[change.pk])).status_code == 302
    assert not BehavioralTag.objects.exists()
    lines = b"".join(sign_in(boss).get("/clients/export/?status=any").streaming_content).decode()
    assert first.code not in lines
    assert second.code not in lines
    history = sign_in(boss).get(f"/clients/{theirs.pk}/history/").content.decode()
    assert first.label not in history
    assert second.label not in history


def test_an_undone_word_that_is_gone_is_no_error(theirs):
    boss = UserFactory(groups=["operations"])
    gone = Persona.objects.create(code="gone", label="Gone", position=9)
    Client.objects.filter(pk=theirs.pk).update(persona=gone)
    change = change_many(
        clients=Client.objects.filter(pk=theirs.pk),
        field="persona",
        value=Persona.objects.get(code="physician").pk,
        by=boss,
    )
    gone.delete()
    assert sign_in(boss).post(reverse("clients:bulk_undo", args=[change.pk])).status_code == 302
    theirs.refresh_from_db()
    assert theirs.persona.code == "physician"
