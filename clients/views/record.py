"""One client: its page with tabs, and the forms that change its record, people and team."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.db.models import Prefetch, prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clients import services
from clients.access import may_edit_clients, require
from clients.feedback import notice
from clients.forms import ClientForm, MemberForm, TeamForm
from clients.merges import stayed_for
from clients.models import Client, Member, TeamMember
from clients.requests import SignedInRequest
from clients.sent_once import once
from clients.tabs import tabs


def _client(request: SignedInRequest, pk: int) -> Client:
    """The client, if the person may see it; else 404."""
    return get_object_or_404(Client.objects.visible_to(request.user), pk=pk)


@login_required
def client_page(request: SignedInRequest, pk: int, tab: str = "") -> HttpResponse:
    """A tab of the client's page; an empty `tab` is the overview."""
    client = Client.objects.visible_to(request.user).for_tab().filter(pk=pk).order_by().first()
    if client is None:
        return _lead_on(request, pk, tab)
    every = tabs()
    current = next((each for each in every if each.slug == tab), None)
    if current is None:
        raise Http404
    members = TeamMember.objects.select_related("user", "role").order_by("role__position")
    prefetch_related_objects([client], Prefetch("team", members))
    team = list(client.team.all())
    context = {
        "client": client,
        "team": team,
        "lead": next((member.user for member in team if member.role.code == "lead_advisor"), None),
        "tabs": every,
        "current": current,
        **current.context(request, client),
    }
    return render(request, current.template, context)


def _lead_on(request: SignedInRequest, gone: int, tab: str) -> HttpResponse:
    """The address of a record that went into another leads to that one; else 404."""
    client = _client(request, stayed_for(gone) or 0)
    return redirect("clients:tab", client.pk, tab) if tab else redirect(client)


@require(may_edit_clients)
def new_client(request: SignedInRequest) -> HttpResponse:
    """A new client; who adds one as an advisor leads it."""
    form = ClientForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                client = form.save()
                services.lead_own_client(client=client, by=request.user)
        except IntegrityError as error:
            _refuse_taken_number(form, error)
        else:
            notice(request, _("Client added."))
            return redirect(client)
    return _form(request, form, title=_("New client"), back="clients:list")


@require(may_edit_clients)
def edit_client(request: SignedInRequest, pk: int) -> HttpResponse:
    client = _client(request, pk)
    form = ClientForm(request.POST or None, instance=client)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_client(form=form)
        except services.TagRefused as refused:
            form.add_error("behavioral_trigger", str(refused))
        except IntegrityError as error:
            _refuse_taken_number(form, error)
        else:
            notice(request, _("Saved."))
            return redirect(client)
    return _form(request, form, title=_("Edit %s") % client.name, client=client)


def _refuse_taken_number(form: ClientForm, error: IntegrityError) -> None:
    """Somebody, or a second click, stored this client number after the form was checked."""
    if not Client.objects.filter(external_id=form.cleaned_data["external_id"]).exists():
        raise error
    form.add_error("external_id", _("A client with this number was added a moment ago."))


@require(may_edit_clients)
def edit_team(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who holds which role for the client."""
    client = _client(request, pk)
    form = TeamForm(request.POST or None, client=client)
    if request.method == "POST" and form.is_valid():
        services.set_team(
            client=client,
            holders={role.pk: form.cleaned_data[f"role_{role.pk}"] for role in form.roles},
        )
        notice(request, _("Service team saved."))
        still_visible = Client.objects.visible_to(request.user).filter(pk=pk).exists()
        return redirect(client) if still_visible else redirect("clients:list")
    return _form(
        request, form, title=_("Service team of %s") % client.name, client=client, people_options=True
    )


@require(may_edit_clients)
@once
def edit_member(request: SignedInRequest, pk: int, member: int | None = None) -> HttpResponse:
    """A person of the household, new or changed."""
    client = _client(request, pk)
    person = get_object_or_404(Member, pk=member, client=client) if member else Member(client=client)
    form = MemberForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        form.save()
        notice(request, _("Saved."))
        return redirect("clients:tab", pk=pk, tab="people")
    title = _("Edit %s") % person.name if member else _("New person of %s") % client.name
    return _form(request, form, title=title, client=client)


@require(may_edit_clients)
@require_POST
def remove_member(request: SignedInRequest, pk: int, member: int) -> HttpResponse:
    client = _client(request, pk)
    person = get_object_or_404(Member, pk=member, client=client)
    text = _("%s was removed from the household.") % person.name
    if services.remove_member(member=person):
        text += " " + _("What this person opted out of still holds.")
    notice(request, text)
    return redirect("clients:tab", pk=pk, tab="people")


def _form(
    request: SignedInRequest, form: Any, *, title: str, client: Client | None = None, **more: Any
) -> HttpResponse:
    return render(
        request,
        "clients/form.html",
        {"form": form, "title": title, "client": client, **more},
        status=422 if form.is_bound else 200,
    )
