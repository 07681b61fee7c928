"""The page of exports: ask for a copy of all data or of the dashboards, download it, remove it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from clients.access import WHO_MAY, is_administrator, require, sees_all_clients
from clients.feedback import notice
from clients.requests import SignedInRequest
from servicing.exports import services
from servicing.models.exports import ExportOf

SHOWN = 25


@require(sees_all_clients)
@require_GET
def exports(request: SignedInRequest) -> HttpResponse:
    """What can be exported, and the copies that were made."""
    made = services.exports_for(request.user).select_related("made_by").prefetch_related("downloads__by")
    context = {
        "exports": made[:SHOWN],
        "now": timezone.now(),
        "hours": services.HOURS,
        "may_take_all": is_administrator(request.user),
    }
    return render(request, "servicing/exports/exports.html", context)


@require(sees_all_clients)
@require_POST
def make(request: SignedInRequest) -> HttpResponse:
    """Asks a worker for a copy, and leads to how far it is. All data is for administrators."""
    of = ExportOf.DASHBOARDS if request.POST.get("of") == ExportOf.DASHBOARDS else ExportOf.ALL
    if of == ExportOf.ALL and not is_administrator(request.user):
        raise PermissionDenied(WHO_MAY[is_administrator])
    return redirect("clients:job", pk=services.ask_for_export(by=request.user, of=of).pk)


@require(sees_all_clients)
@require_POST
@never_cache
def download(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The copy, while its time is not over; that it was taken is noted."""
    export = get_object_or_404(services.exports_for(request.user).exclude(file=""), pk=pk)
    if export.expires_at <= timezone.now():
        raise Http404
    try:
        file = export.file.open("rb")
    except FileNotFoundError:
        notice(request, _("The file of this export is gone. Make it again."), went_wrong=True)
        return redirect("servicing:exports")
    services.note_download(export=export, by=request.user)
    what = "all-data" if export.of == ExportOf.ALL else "dashboards"
    name = f"{what}-{timezone.localtime(export.made_at).date().isoformat()}.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")


@require(sees_all_clients)
@require_POST
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Removes a copy before its time is over."""
    services.remove(export=get_object_or_404(services.exports_for(request.user), pk=pk))
    notice(request, _("The file is removed. Who made and took it stays on this page."))
    return redirect("servicing:exports")
