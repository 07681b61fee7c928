"""Import pages: upload, preview with its columns, apply, undo; and the export of the list."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any, cast

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from clients.access import require, runs_the_firm
from clients.exporting import client_lines
from clients.feedback import notice
from clients.filters import ListFilters, matching
from clients.firm import firm_today
from clients.importing import uploads
from clients.importing.columns import FORMATS
from clients.importing.engine import ERROR_COLUMNS, NoPreview, safe_cell
from clients.importing.files import FileRefused
from clients.importing.undo import UndoRefused, undo_import
from clients.models import ImportBatch, ImportKind, ImportState, User
from clients.words import words_for

PAGE = 25
FORMAT_CHOICES = [("auto", gettext_lazy("Recognise it")), *((f.name, f.label) for f in FORMATS.values())]


class UploadForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("What the file holds"), choices=ImportKind.choices)
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "CSV in UTF-8 (comma, semicolon or tab) up to 200 MB, or XLSX up to 20 MB. "
            "Its first line names the columns. Nothing is stored before you have seen a preview."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )
    format = forms.ChoiceField(
        label=gettext_lazy("Format"),
        choices=FORMAT_CHOICES,
        required=False,
        help_text=gettext_lazy(
            "Exports of Wealthbox, Redtail and Salesforce are recognised by their columns."
        ),
    )


@require(runs_the_firm)
def import_list(request: HttpRequest) -> HttpResponse:
    """Uploads a file, and lists past imports."""
    form = UploadForm(request.POST or None, request.FILES or None, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        try:
            batch = uploads.store_upload(
                kind=form.cleaned_data["kind"],
                upload=form.cleaned_data["file"],
                format_name=form.cleaned_data["format"] or "auto",
                by=request.user,  # type: ignore[arg-type]
            )
        except FileRefused as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("clients:import", batch.pk)
    batches = ImportBatch.objects.select_related("created_by").defer("preview", "mapping")
    context = {"form": form, "page": Paginator(batches, PAGE).get_page(request.GET.get("page"))}
    return render(request, "clients/imports/list.html", context, status=422 if form.errors else 200)


def _initial(request: HttpRequest) -> dict[str, str]:
    kind = request.GET.get("kind", "")
    return {"kind": kind} if kind in ImportKind.values else {}


@require(runs_the_firm)
@require_GET
def import_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The preview of an import, or what it did."""
    batch = get_object_or_404(ImportBatch.objects.select_related("created_by", "undone_by"), pk=pk)
    if batch.state == ImportState.PREVIEW:
        return _preview(request, batch)
    return render(request, "clients/imports/result.html", {"batch": batch})


def _preview(
    request: HttpRequest,
    batch: ImportBatch,
    *,
    problem: str = "",
    problem_at: str = "",
    chosen: dict[str, str | None] | None = None,
) -> HttpResponse:
    context = {
        "batch": batch,
        "columns": uploads.mapping_rows(batch, chosen),
        "format": FORMATS[batch.format],
        "formats": [known for known in FORMATS.values() if batch.kind == ImportKind.CLIENTS],
        "states": uploads.STATES,
        "problem": problem,
        "changes": batch.created + batch.updated,
        "good": batch.rows - batch.rejected,
        "problem_at": problem_at,
    }
    return render(request, "clients/imports/preview.html", context, status=422 if problem else 200)


def _open_preview(pk: int) -> ImportBatch:
    return get_object_or_404(ImportBatch, pk=pk, state=ImportState.PREVIEW)


def _to_what_became_of_it(request: HttpRequest, pk: int, refusal: NoPreview) -> HttpResponse:
    notice(request, str(refusal), went_wrong=True)
    there = ImportBatch.objects.filter(pk=pk).exists()
    return redirect("clients:import", pk) if there else redirect("clients:imports")


@require(runs_the_firm)
@require_POST
def import_columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Maps the columns as the person chose and previews again. Another format recognises them anew."""
    batch = _open_preview(pk)
    format_name = request.POST.get("format", batch.format)
    chosen: dict[str, str | None] | None = {
        str(position): request.POST.get(f"column-{position}") or None
        for position in range(len(batch.mapping))
    }
    if format_name not in FORMATS:
        format_name = batch.format
    if format_name != batch.format:
        chosen = None
    try:
        uploads.preview_upload(batch=batch, format_name=format_name, chosen=chosen)
    except NoPreview as refusal:
        return _to_what_became_of_it(request, pk, refusal)
    except FileRefused as refusal:
        return _preview(request, batch, problem=str(refusal), chosen=chosen)
    return redirect("clients:import", batch.pk)


@require(runs_the_firm)
@require_POST
def import_apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Stores what the preview showed, in one transaction."""
    batch = get_object_or_404(ImportBatch, pk=pk)
    try:
        result = uploads.apply_upload(
            batch=batch,
            partial=bool(request.POST.get("partial")),
            by=request.user,  # type: ignore[arg-type]
        )
    except NoPreview as refusal:
        return _to_what_became_of_it(request, pk, refusal)
    except FileRefused as refusal:
        return _preview(request, batch, problem=str(refusal), problem_at="partial" if batch.rejected else "")
    if result.changes:
        text = ngettext("%(n)s record imported.", "%(n)s records imported.", result.changes)
        notice(request, text % {"n": result.changes}, undo_url=reverse("clients:import_undo", args=[pk]))
    else:
        notice(request, _("Nothing changed: everything in the file is stored already."))
    return redirect("clients:import", pk)


@require(runs_the_firm)
@require_POST
def import_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Lets a preview and its file go."""
    try:
        uploads.discard_upload(batch=_open_preview(pk))
    except NoPreview as refusal:
        return _to_what_became_of_it(request, pk, refusal)
    notice(request, _("The file was removed. Nothing was stored."))
    return redirect("clients:imports")


@require(runs_the_firm)
@require_POST
def import_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes an import back, or says why it cannot be."""
    batch = get_object_or_404(ImportBatch.objects.select_related("created_by"), pk=pk)
    try:
        undo_import(batch=batch, by=request.user)  # type: ignore[arg-type]
    except UndoRefused as refusal:
        context = {"batch": batch, "reasons": refusal.reasons}
        return render(request, "clients/imports/result.html", context, status=409)
    notice(request, _("The import was undone."))
    return redirect("clients:import", pk)


@require(runs_the_firm)
@require_GET
def import_errors(request: HttpRequest, pk: int) -> HttpResponse | StreamingHttpResponse:
    """All errors of a preview as CSV."""
    batch = _open_preview(pk)
    try:
        result = uploads.errors_of(batch=batch)
    except FileRefused as refusal:
        return HttpResponse(str(refusal), status=422, content_type="text/plain; charset=utf-8")
    return _download(_error_lines(uploads.shown_errors(result)), f"import-{pk}-errors.csv")


def _error_lines(errors: Any) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(ERROR_COLUMNS)
    for error in errors:
        writer.writerow([safe_cell(str(value)) for value in error.values()])
        if buffer.tell() > 1 << 16:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


@require(lambda user: True)
@require_GET
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The clients that the person may see and that the list's filters let through, as CSV."""
    user = cast("User", request.user)
    filters = ListFilters(request.GET, words_for(user), today=firm_today())
    clients = matching(user, filters)
    return _download(client_lines(clients), f"clients-{firm_today().isoformat()}.csv")


def _download(lines: Any, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
