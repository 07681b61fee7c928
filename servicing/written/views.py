"""Pages of the written policy: as it reads today, its versions, keeping one, and its opening words."""

from __future__ import annotations

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from clients.access import require, runs_the_firm, sees_all_clients
from clients.commands import Refused
from clients.feedback import notice
from clients.firm import firm_today
from clients.requests import SignedInRequest
from servicing.models import PolicyPurpose, WrittenPolicy
from servicing.written import services
from servicing.written.content import changes, content
from servicing.written.since import line, review_of


class KeepForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why it is kept now"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
        help_text=gettext_lazy("What changed and why, for whoever reads it in five years."),
        error_messages={"required": gettext_lazy("Say why this version is kept.")},
    )


class PurposeForm(forms.ModelForm):
    class Meta:
        model = PolicyPurpose
        fields = ["text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 10, "autofocus": True})}


@login_required
@require_GET
def today(request: SignedInRequest) -> HttpResponse:
    """The policy as it reads today, and what changed since the last sign-off."""
    now, since = content(firm_today()), line()
    context = {
        "sections": now,
        "on": firm_today(),
        "since": since,
        "changes": changes(since.last.content, now) if since.last else [],
        "versions": WrittenPolicy.objects.select_related("kept_by").defer("content")[:50],
    }
    return render(request, "servicing/written/policy.html", context)


@login_required
@require_GET
def version(request: SignedInRequest, number: int) -> HttpResponse:
    """A version as it was kept, and what had changed since the sign-off before it."""
    kept = get_object_or_404(WrittenPolicy.objects.select_related("kept_by"), number=number)
    since = line(kept)
    context = {
        "sections": kept.content,
        "kept": kept,
        "on": kept.kept_at,
        "since": since,
        "review": review_of(kept),
        "sees_all": sees_all_clients(request.user),
        "changes": changes(since.last.content, kept.content) if since.last else [],
    }
    return render(request, "servicing/written/policy.html", context)


@require(runs_the_firm)
def keep(request: SignedInRequest) -> HttpResponse:
    """Keeps today's policy as a version, with a reason."""
    form = KeepForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            kept = services.keep_version(by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refused:
            form.add_error(None, " ".join(refused.reasons))
        else:
            notice(request, _("Version %(n)s is kept.") % {"n": kept.number})
            return redirect("servicing:policy_version", kept.number)
    last = WrittenPolicy.objects.first()
    context = {
        "form": form,
        "title": _("Keep this version"),
        "submit_label": _("Keep it"),
        "lead": _("A version that is kept is never changed or deleted."),
        "changes": changes(last.content, content(firm_today())) if last else [],
        "last": last,
    }
    return render(request, "servicing/written/form.html", context, status=422 if form.errors else 200)


@require(runs_the_firm)
def purpose(request: SignedInRequest) -> HttpResponse:
    """The opening words."""
    known = PolicyPurpose.objects.filter(pk=1).first()
    form = PurposeForm(request.POST if request.method == "POST" else None, instance=known)
    if request.method == "POST" and form.is_valid():
        services.state_purpose(text=form.cleaned_data["text"])
        notice(request, _("The purpose is saved."))
        return redirect("servicing:written_policy")
    context = {"form": form, "title": _("Purpose"), "submit_label": _("Save the purpose")}
    return render(request, "servicing/written/form.html", context, status=422 if form.errors else 200)
