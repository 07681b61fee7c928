"""The firm's people: who they are, what they may do, inviting them, and the invited person's first page."""

from __future__ import annotations

from urllib.parse import quote

from django.contrib.auth import login
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from clients import people
from clients.access import is_administrator, require
from clients.accounts import site_of
from clients.feedback import notice
from clients.forms import ChoosePasswordForm, PersonForm
from clients.models import User
from clients.models.people import Group
from clients.requests import SignedInRequest

PEOPLE_A_PAGE = 100


@require(is_administrator)
def people_list(request: SignedInRequest) -> HttpResponse:
    """Everyone who signs in, or was invited, with their roles."""
    text = request.GET.get("q", "")[:100]
    found = (
        people.search(text).prefetch_related("groups").order_by("-is_active", "first_name", "last_name", "pk")
    )
    page = Paginator(found, PEOPLE_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "clients/people.html", {"page": page, "q": text})


@require(is_administrator)
def invite(request: SignedInRequest) -> HttpResponse:
    """A new person: they get a mail with a one-time link to choose a password."""
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        try:
            people.invite(**form.cleaned_data, site=site_of(request))
        except people.NotMailed:
            _not_mailed(request, email)
        else:
            notice(request, _("Invitation sent to %s.") % email)
        return redirect("clients:people")
    return render(
        request,
        "clients/form.html",
        {
            "form": form,
            "title": _("Invite a person"),
            "back": "clients:people",
            "submit_label": _("Send invitation"),
        },
        status=422 if form.is_bound else 200,
    )


@require(is_administrator)
def edit_person(request: SignedInRequest, pk: int) -> HttpResponse:
    """A person's name, address and roles."""
    person = get_object_or_404(User, pk=pk)
    form = PersonForm(
        request.POST or None,
        person=person,
        initial={
            "first_name": person.first_name,
            "last_name": person.last_name,
            "email": person.email,
            "groups": list(person.groups.values_list("name", flat=True)),
        },
    )
    if request.method == "POST" and form.is_valid():
        if person == request.user and Group.ADMINISTRATOR not in form.cleaned_data["groups"]:
            form.add_error(
                "groups", _("You would lock yourself out. Another administrator can take this role away.")
            )
        else:
            people.update_person(user=person, **form.cleaned_data)
            notice(request, _("Saved."))
            return redirect("clients:people")
    return render(
        request,
        "clients/form.html",
        {
            "form": form,
            "title": _("Edit %s") % person.display_name,
            "back": "clients:people",
            "leads_to": _leads_to(request, person),
        },
        status=422 if form.is_bound else 200,
    )


def _leads_to(request: SignedInRequest, person: User) -> list[tuple[str, str]]:
    """Further steps with a person, as address and label."""
    if person == request.user:
        return []
    book = f"{reverse('servicing:new_book')}?from={quote(person.username)}"
    steps = [(book, _("Hand over this person's work"))]
    if person.is_active:
        steps.append((reverse("servicing:leave", args=[person.pk]), _("Leaves the firm")))
    return steps


@require(is_administrator)
@require_POST
def resend(request: SignedInRequest, pk: int) -> HttpResponse:
    """Mails the invitation again to someone who has not used it."""
    person = get_object_or_404(User, pk=pk, is_active=True)
    if people.has_joined(person):
        notice(request, _("%s has a password already.") % person.display_name, went_wrong=True)
    else:
        try:
            people.send_invitation(user=person, site=site_of(request))
        except people.NotMailed:
            _not_mailed(request, person.email)
        else:
            notice(request, _("Invitation sent to %s.") % person.email)
    return redirect("clients:people")


@require(is_administrator)
@require_POST
def set_active(request: SignedInRequest, pk: int) -> HttpResponse:
    """Takes a person's sign-in away, or gives it back. Who still holds clients or open tasks is asked for."""
    person = get_object_or_404(User, pk=pk)
    active = request.POST.get("active") == "1"
    if person == request.user:
        notice(request, _("You cannot take your own sign-in away."), went_wrong=True)
    elif not active and not request.POST.get("sure") and (held := people.holds(person)):
        context = {"person": person, "held": held, "leave": reverse("servicing:leave", args=[pk])}
        return render(request, "clients/deactivate.html", context, status=409)
    else:
        people.set_active(user=person, active=active)
        text = _("%s can sign in again.") if active else _("%s can no longer sign in.")
        notice(request, text % person.display_name)
    return redirect("clients:people")


def _not_mailed(request: SignedInRequest, email: str) -> None:
    text = _("The mail server did not take the mail to %s. Send the invitation again when it does.")
    notice(request, text % email, went_wrong=True)


@never_cache
@sensitive_post_parameters()
def invitation(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """The page behind the link in the invitation: choose a password and come in. The link works once."""
    person = people.invited(uid, token)
    if person is None:
        return render(request, "clients/invitation_used.html", status=410)
    form = ChoosePasswordForm(person, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        login(request, person, backend="django.contrib.auth.backends.ModelBackend")
        return redirect(reverse("servicing:today"))
    return render(
        request,
        "clients/invitation.html",
        {"form": form, "person": person},
        status=422 if form.is_bound else 200,
    )
