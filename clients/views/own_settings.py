"""A person's own settings: a page of panels, the first with the time zone and what they are told."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from clients.feedback import notice
from clients.models import User
from clients.own_settings import OwnSettingsForm, settings_panels
from clients.requests import SignedInRequest


@login_required
def own_settings(request: SignedInRequest) -> HttpResponse:
    """The page; POST saves its first panel."""
    person = User.objects.get(pk=request.user.pk)  # the form writes into it, the frame shows request.user
    form = OwnSettingsForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        person.save(update_fields=list(form.fields))
        notice(request, _("Saved."))
        return redirect("clients:own_settings")
    panels = [{"template": panel.template, "context": panel.context(request)} for panel in settings_panels()]
    context = {"form": form, "panels": panels}
    return render(request, "clients/own_settings.html", context, status=422 if form.is_bound else 200)
