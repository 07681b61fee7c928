"""Pages of access requests: what clients asked to see, by when, and the answer."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients.access import keeps_data, require
from clients.choosing import written
from clients.commands import Refused
from clients.feedback import notice
from clients.firm import firm_today
from clients.requests import SignedInRequest
from clients.sent_once import once
from servicing.models import AccessRequest
from servicing.retention import access, forms, periods, reading
from servicing.retention.views import form_page, named_client


@require(keeps_data)
@require_GET
def requests(request: SignedInRequest) -> HttpResponse:
    """Open requests, the most urgent first, and those that were closed."""
    context = {
        "section": "requests",
        "open": reading.open_requests(),
        "closed": reading.closed_requests(),
        "days": periods.settings().answer_within_days,
    }
    return render(request, "servicing/retention/requests.html", context)


@require(keeps_data)
@require_http_methods(["GET", "POST"])
@once
def new_request(request: SignedInRequest) -> HttpResponse:
    """Records that a client asked what is held."""
    client = named_client(request)
    initial = {"client": written(client)} if client else None
    form = forms.RequestForm(
        request.POST if request.method == "POST" else None, by=request.user, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = access.record(**form.cleaned_data, by=request.user)
        except Refused as refusal:
            form.add_error("client", " ".join(refusal.reasons))
        else:
            notice(request, _("Recorded. Make the answer when you are ready."))
            return redirect("servicing:access_request", pk=made.pk)
    return form_page(
        request,
        form,
        section="requests",
        title=_("Record an access request"),
        lead=_(
            "A client asks what the firm holds about them. Make sure who is asking before you give anything."
        ),
        submit=_("Record it"),
        back=reading.address_of("access_requests"),
    )


@require(keeps_data)
@require_GET
def request_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """One request: where it stands, the answer, who took it."""
    found = get_object_or_404(
        AccessRequest.objects.select_related("client", "recorded_by", "closed_by", "job"), pk=pk
    )
    now = timezone.now()
    context = {
        "section": "requests",
        "asked": found,
        "client": found.client,
        "late": max((firm_today() - found.due_on).days, 0) if found.is_open else 0,
        "has_file": bool(found.file) and found.expires_at is not None and found.expires_at > now,
        "downloads": list(found.downloads.select_related("by")),
        "form": forms.CloseForm(since=found.asked_on) if found.is_open else None,
        "days": access.DAYS,
    }
    return render(request, "servicing/retention/request.html", context)


@require(keeps_data)
@require_POST
def make(request: SignedInRequest, pk: int) -> HttpResponse:
    """Asks a worker for the answer."""
    try:
        job = access.ask_for_answer(request=get_object_or_404(AccessRequest, pk=pk), by=request.user)
    except Refused as refusal:
        notice(request, " ".join(refusal.reasons), went_wrong=True)
        return redirect("servicing:access_request", pk=pk)
    return redirect("clients:job", pk=job.pk)


@require(keeps_data)
@require_POST
@never_cache
def download(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The answer, while its time is not over; that it was taken is noted."""
    found = get_object_or_404(AccessRequest.objects.exclude(file=""), pk=pk, expires_at__gt=timezone.now())
    try:
        file = found.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    access.note_download(request=found, by=request.user)
    return FileResponse(
        file,
        as_attachment=True,
        filename=f"what-we-hold-{found.client_id}.zip",
        content_type="application/zip",
    )


@require(keeps_data)
@require_POST
def close(request: SignedInRequest, pk: int) -> HttpResponse:
    """Closes a request as answered or declined."""
    found = get_object_or_404(AccessRequest.objects.select_related("client"), pk=pk)
    form = forms.CloseForm(request.POST, since=found.asked_on)
    if not form.is_valid():
        return form_page(
            request,
            form,
            section="requests",
            title=_("Close the request"),
            lead=str(found.client),
            submit=_("Close the request"),
            back=found.get_absolute_url(),
        )
    try:
        access.close(request=found, by=request.user, **form.cleaned_data)
    except Refused as refusal:
        notice(request, " ".join(refusal.reasons), went_wrong=True)
    else:
        notice(request, _("The request is closed."))
    return redirect("servicing:access_request", pk=pk)


@require(keeps_data)
@require_POST
def reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    """Opens a request that was closed by mistake."""
    access.reopen(request=get_object_or_404(AccessRequest, pk=pk))
    notice(request, _("The request is open again."))
    return redirect("servicing:access_request", pk=pk)
