"""What a person was told: the page behind the bell."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from clients import notices
from clients.feedback import notice
from clients.models import Notice
from clients.requests import SignedInRequest

SHOWN = 100


@login_required
@require_GET
def notice_list(request: SignedInRequest) -> HttpResponse:
    """The newest hundred, the unseen ones first."""
    own = Notice.objects.filter(user=request.user)
    fresh = list(own.filter(seen_at__isnull=True).order_by("-created_at", "-id")[:SHOWN])
    seen = list(own.filter(seen_at__isnull=False).order_by("-created_at", "-id")[: SHOWN - len(fresh)])
    return render(request, "clients/notices.html", {"fresh": fresh, "seen": seen})


@login_required
@require_GET
def open_notice(request: SignedInRequest, pk: int) -> HttpResponse:
    """Leads to the page that the notice is about; with that it was seen."""
    told = get_object_or_404(Notice, pk=pk, user=request.user)
    notices.mark_seen(notices=Notice.objects.filter(pk=told.pk))
    inside = url_has_allowed_host_and_scheme(told.url, allowed_hosts=None)
    return redirect(told.url if told.url and inside else reverse("clients:notices"))


@login_required
@require_POST
def see_notices(request: SignedInRequest) -> HttpResponse:
    """Marks one of the person's notices as seen, or all of them."""
    own = Notice.objects.filter(user=request.user)
    if one := request.POST.get("notice", ""):
        own = own.filter(pk=one) if one.isascii() and one.isdigit() and len(one) < 19 else own.none()
    number = notices.mark_seen(notices=own)
    text = ngettext("%(n)s notice marked as seen.", "%(n)s notices marked as seen.", number) % {"n": number}
    notice(request, text if number else _("Nothing was new."))
    return redirect("clients:notices")
