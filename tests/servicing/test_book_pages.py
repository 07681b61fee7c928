"""The pages of handing over, leaving, merging and splitting: as a person goes through them."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from celery import current_app
from django.contrib.sessions.models import Session
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.commands import Refused
from clients.firm import firm_today
from clients.models import Client, ClientMerge, FormerNumber, Job, Member, TeamMember, User
from servicing.book import leaving, transfer
from servicing.models import Absence, BookTransfer, CalendarFeed, ClientRequest, ServiceTask
from servicing.tasks import hand_over, take_back_book
from tests.factories import ClientFactory, UserFactory

pytestmark = pytest.mark.django_db
LEAD = "lead_advisor"


@pytest.fixture
def book(firm, people):
    """ann leads one A client that is planned, and two more; rita may receive."""
    people["rita"] = UserFactory(username="rita", groups=["advisor"])
    people["adam"] = UserFactory(username="adam", groups=["administrator"])
    return [
        Client.objects.get().pk,
        ClientFactory(lead=people["ann"]).pk,
        ClientFactory(lead=people["ann"]).pk,
    ]


def form(**changes) -> dict:
    filled = {
        "giver": "ann",
        "roles": [LEAD],
        "which": "all",
        "to_1": "rita",
        "share": "hours",
        "reason": "x",
    }
    return filled | changes


def seen(page) -> str:
    return re.search(r'name="seen" value="([^"]+)"', page.content.decode()).group(1)


def test_a_person_chooses_looks_hands_over_and_takes_it_back(book, signed_in):
    olga = signed_in("olga")
    preview = olga.post(reverse("servicing:new_book"), form(), follow=True)
    text = preview.content.decode()
    assert "Hand over 3 clients" in text
    assert not TeamMember.objects.filter(user__username="rita").exists()
    draft = BookTransfer.objects.get()
    changed = olga.get(reverse("servicing:change_book", args=[draft.pk])).content.decode()
    assert 'value="rita"' in changed
    done = olga.post(reverse("servicing:do_book", args=[draft.pk]), {"seen": seen(preview)}, follow=True)
    assert "3 · All clients" in done.content.decode()
    assert TeamMember.objects.filter(user__username="rita").count() == 3
    again = olga.post(reverse("servicing:do_book", args=[draft.pk]), {"seen": seen(preview)}, follow=True)
    assert "done already" in again.content.decode()
    olga.post(reverse("servicing:undo_book", args=[draft.pk]))
    assert TeamMember.objects.filter(user__username="ann").count() == 3
    assert "Undone" in olga.get(reverse("servicing:books")).content.decode()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"to_1": ""}, "Choose who receives"),
        ({"to_1": "nobody-here"}, "Nobody here has"),
        ({"to_1": "ann"}, "gives the clients away"),
        ({"to_1": "carl"}, "no role that works with clients"),
        ({"to_2": "rita"}, "named twice"),
        ({"which": "tiers"}, "at least one tier"),
        ({"giver": ""}, "Choose whose clients"),
        ({"roles": []}, "required"),
        ({"which": "picked"}, "not one of the available choices"),
    ],
)
def test_the_form_says_what_is_wrong(book, signed_in, changes, why):
    page = signed_in("olga").post(reverse("servicing:new_book"), form(**changes))
    assert page.status_code == 422
    assert why in page.content.decode()
    assert not BookTransfer.objects.exists()


def test_the_selection_of_the_client_list_leads_here(book, signed_in):
    olga = signed_in("olga")
    page = olga.post(reverse("servicing:picked_book"), {"client": [book[1], book[2], "x"]}, follow=True)
    assert "2 clients picked in the list" in page.content.decode()
    draft = BookTransfer.objects.get()
    change = reverse("servicing:change_book", args=[draft.pk])
    preview = olga.post(change, form(giver="", which="picked"), follow=True)
    assert "Hand over 2 clients" in preview.content.decode()
    everything = olga.post(reverse("servicing:picked_book"), {"all": "1", "filter": "q=Client"}, follow=True)
    assert "Clients by filter" in everything.content.decode()
    assert olga.post(reverse("servicing:picked_book")).url == reverse("clients:list")
    assert "Reassign" in olga.get(reverse("clients:list")).content.decode()
    assert "Reassign" not in signed_in("ann").get(reverse("clients:list")).content.decode()


def test_nobody_does_the_draft_of_another(book, people, signed_in):
    signed_in("olga").post(reverse("servicing:new_book"), form())
    draft = BookTransfer.objects.get()
    other = UserFactory(groups=["operations"])
    browser = Browser()
    browser.force_login(other, backend="django.contrib.auth.backends.ModelBackend")
    for name in ("book", "change_book"):
        assert browser.get(reverse(f"servicing:{name}", args=[draft.pk])).status_code == 404
    assert browser.post(reverse("servicing:do_book", args=[draft.pk])).status_code == 404


def test_a_large_book_goes_through_a_worker(book, people, signed_in, monkeypatch, valkey):
    monkeypatch.setattr(transfer, "AT_ONCE", 2)
    olga = signed_in("olga")
    preview = olga.post(reverse("servicing:new_book"), form(), follow=True)
    draft = BookTransfer.objects.get()
    answer = olga.post(reverse("servicing:do_book", args=[draft.pk]), {"seen": seen(preview)})
    job = Job.objects.get()
    assert answer.url == reverse("clients:job", args=[job.pk])
    assert BookTransfer.objects.get().state == "queued"
    second = olga.post(reverse("servicing:do_book", args=[draft.pk]), {"seen": seen(preview)})
    assert (second.status_code, Job.objects.count()) == (302, 1)
    transfer.hand_over(transfer=draft, by=people["olga"])
    assert TeamMember.objects.filter(user__username="rita").count() == 3
    assert olga.post(reverse("servicing:undo_book", args=[draft.pk])).url.startswith("/jobs/")


def test_a_large_book_that_no_worker_will_do_is_looked_at_again_and_done(
    book, people, signed_in, monkeypatch
):
    monkeypatch.setattr(transfer, "AT_ONCE", 2)
    olga = signed_in("olga")
    preview = olga.post(reverse("servicing:new_book"), form(), follow=True)
    draft = BookTransfer.objects.get()
    page, do = (reverse(f"servicing:{name}", args=[draft.pk]) for name in ("book", "do_book"))
    olga.post(do, {"seen": seen(preview)})
    first = Job.objects.get()
    assert "at it already" in olga.post(do, {"seen": seen(preview)}, follow=True).content.decode()
    assert olga.get(reverse("servicing:change_book", args=[draft.pk])).status_code == 404
    Job.objects.update(state="failed", error="The queue does not answer. Try again in a moment.")
    as_adam = signed_in("adam").get(page).content.decode()
    assert "No worker does it" in as_adam
    assert "In progress" not in as_adam
    olga = signed_in("olga")
    assert "Not done yet" in olga.get(reverse("servicing:books")).content.decode()
    assert "Hand over 3 clients" in olga.get(page).content.decode()
    olga.post(do, {"seen": seen(preview)})
    second = Job.objects.latest("pk")
    assert (Job.objects.count(), BookTransfer.objects.get().job) == (2, second)
    with pytest.raises(Refused, match="looked at again"):  # the message of the first comes late
        transfer.hand_over(transfer=draft, by=people["olga"], job=first)
    transfer.open_again(draft.pk, job_id=first.pk)
    assert BookTransfer.objects.get().state == "queued"
    Job.objects.filter(pk=second.pk).update(queued_at=timezone.now() - dt.timedelta(hours=3))  # it was lost
    assert olga.get(reverse("servicing:change_book", args=[draft.pk])).status_code == 200
    olga.post(reverse("servicing:change_book", args=[draft.pk]), form(reason="y"))
    with pytest.raises(Refused, match="chosen anew"):
        transfer.asked_for(draft.pk)
    assert BookTransfer.objects.get().reason == "y"


@pytest.mark.django_db(transaction=True)
def test_a_queue_that_does_not_answer_is_said_on_the_page_of_the_transfer(
    book, people, signed_in, monkeypatch, valkey
):
    def refuse(*_args, **_more):
        raise OSError

    monkeypatch.setattr(transfer, "AT_ONCE", 2)
    olga = signed_in("olga")
    preview = olga.post(reverse("servicing:new_book"), form(), follow=True)
    do = reverse("servicing:do_book", args=[BookTransfer.objects.get().pk])
    with monkeypatch.context() as broken:
        broken.setattr(current_app, "send_task", refuse)
        answer = olga.post(do, {"seen": seen(preview)})
    assert answer.status_code == 409
    assert "The queue does not answer." in answer.content.decode()
    answer = olga.post(do, {"seen": seen(answer)})
    assert answer.url == reverse("clients:job", args=[Job.objects.latest("pk").pk])


def test_somebody_leaves_and_nothing_is_without_hands(book, people, signed_in, firm):
    today = firm_today()
    ann = people["ann"]
    of_bob = ClientFactory(lead=people["bob"])
    alone = ClientFactory()

    def given(client, title):
        return ServiceTask.objects.create(
            client_id=client,
            title=title,
            due_on=today,
            window_start=today,
            window_end=today,
            assigned_to=ann,
            reassigned=True,
        )

    theirs, at_bob, at_nobody = given(book[1], "Call"), given(of_bob.pk, "Send"), given(alone.pk, "Find")
    ClientRequest.objects.create(client_id=book[1], text="Help", task=theirs)
    Absence.objects.create(user=ann, first_on=today - dt.timedelta(2), last_on=today + dt.timedelta(2))
    stood_in = Absence.objects.create(
        user=people["bob"], first_on=today, last_on=today + dt.timedelta(9), stand_in=ann
    )
    CalendarFeed.objects.create(user=ann, digest="d")
    as_ann = Browser()
    as_ann.force_login(ann, backend="django.contrib.auth.backends.ModelBackend")
    assert Session.objects.count() == 1
    adam = signed_in("adam")
    page = adam.post(reverse("clients:set_active", args=[ann.pk]))
    assert page.status_code == 409
    assert "3 clients" in page.content.decode()
    assert User.objects.get(pk=ann.pk).is_active
    leave = reverse("servicing:leave", args=[ann.pk])
    assert leave in page.content.decode()
    assert leave in adam.get(reverse("clients:edit_person", args=[ann.pk])).content.decode()
    text = adam.get(leave).content.decode()
    assert "Without a stand-in from now on: bob." in text
    assert adam.post(leave, {"share": "hours", "reason": "New job"}).status_code == 422

    preview = adam.post(leave, {"to_1": "rita", "share": "hours", "reason": "New job"}, follow=True)
    draft = BookTransfer.objects.get()
    adam.post(reverse("servicing:do_book", args=[draft.pk]), {"seen": seen(preview)})

    assert not leaving.holdings(User.objects.get(pk=ann.pk)).any
    for task, name in ((theirs, "rita"), (at_bob, "bob"), (at_nobody, "rita")):
        task.refresh_from_db()
        assert task.assigned_to.username == name
    ann.refresh_from_db()
    stood_in.refresh_from_db()
    assert (ann.is_active, stood_in.stand_in) == (False, None)
    assert Absence.objects.get(user=ann).last_on < today
    assert not CalendarFeed.objects.exists()
    assert Session.objects.count() == 1, "ann's session is gone, adam's is not"
    assert as_ann.get("/").status_code == 302
    assert leaving.orphaned() == []
    assert "an administrator can activate" in (
        adam.post(reverse("servicing:undo_book", args=[draft.pk])).content.decode().lower()
    )


def test_work_of_somebody_switched_off_otherwise_is_shown_to_operations(book, people, signed_in):
    signed_in("adam").post(reverse("clients:set_active", args=[people["ann"].pk]), {"sure": "1"})
    olga = signed_in("olga")
    page = olga.get(reverse("servicing:books")).content.decode()
    assert "Work without hands" in page
    assert "3 clients" in page
    preview = olga.post(reverse("servicing:new_book"), form(), follow=True)
    olga.post(reverse("servicing:do_book", args=[BookTransfer.objects.get().pk]), {"seen": seen(preview)})
    assert "Work without hands" not in olga.get(reverse("servicing:books")).content.decode()
    assert olga.get(reverse("servicing:leave", args=[people["bob"].pk])).status_code == 403


def test_two_records_are_compared_merged_and_parted(book, signed_in):
    olga = signed_in("olga")
    kept, gone = Client.objects.get(pk=book[1]), Client.objects.get(pk=book[2])
    Client.objects.filter(pk=gone.pk).update(email="new@example.com")
    asked = {"kept": kept.external_id, "gone": gone.external_id}
    merge = olga.get(reverse("servicing:choose_records"), asked).url
    assert merge == reverse("servicing:merge", args=[kept.pk, gone.pk])
    same = olga.get(reverse("servicing:choose_records"), {"kept": kept.external_id, "gone": kept.external_id})
    assert same.status_code == 422
    page = olga.get(merge)
    late = olga.post(merge, {"seen": "of another day", "reason": "Twice"})
    assert late.status_code == 409
    assert Client.objects.filter(pk=gone.pk).exists()
    answer = olga.post(merge, {"seen": seen(page), "reason": "Twice", "field-email": "gone"})
    assert answer.url == kept.get_absolute_url()
    assert Client.objects.get(pk=kept.pk).email == "new@example.com"
    assert olga.post(merge, {"seen": seen(page), "reason": "Twice"}).status_code == 404
    split = olga.get(reverse("servicing:split", args=[kept.pk])).content.decode()
    part = reverse("servicing:part", args=[ClientMerge.objects.get().pk])
    assert part in split
    assert olga.get(part).status_code == 200
    assert olga.post(part, {"reason": "Two families"}).url == gone.get_absolute_url()
    assert not FormerNumber.objects.exists()
    assert olga.get(part).status_code == 404


def test_a_record_is_split_on_its_page(book, signed_in):
    olga = signed_in("olga")
    ada, ben = (Member.objects.create(client_id=book[1], name=name) for name in ("Ada", "Ben"))
    url = reverse("servicing:split", args=[book[1]])
    page = olga.get(url)
    filled = {
        "seen": seen(page),
        "name": "Ben",
        "external_id": "N-BEN",
        "members": [ben.pk],
        "permission": "not_asked",
        "reason": "Divorce",
    }
    for changes, why in (
        ({"members": []}, "Choose who goes"),
        ({"members": [ada.pk, ben.pk]}, "at least one person"),
        ({"permission": "granted"}, "how the permission is known"),
        ({"external_id": Client.objects.get(pk=book[2]).external_id}, "this number"),
    ):
        refused = olga.post(url, filled | changes)
        assert refused.status_code == 422
        assert why in refused.content.decode()
    assert olga.post(url, filled | {"seen": "old"}).status_code == 409
    made = olga.post(url, filled, follow=True)
    assert "Split off from" in made.content.decode()
    assert "was split off" in olga.get(reverse("clients:detail", args=[book[1]])).content.decode()
    assert Client.objects.get(external_id="N-BEN").members.get() == ben


def test_the_worker_does_what_the_page_does(book, people):
    made = transfer.make_draft(
        by=people["olga"],
        from_user=people["ann"],
        role_ids=transfer.roles_of([LEAD]),
        receiver_ids=[people["rita"].pk],
        selection={"all": True},
    )
    assert hand_over.name == "servicing.hand_over"
    assert take_back_book.name == "servicing.take_back_book"
    done = transfer.hand_over(transfer=made, by=people["olga"])
    assert transfer.take_back(transfer=done, by=people["olga"]) == 0
