"""Pages of the message map: the matrix, one row, the printed map, and the map as a file."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from clients.access import require, runs_the_firm
from clients.feedback import notice, with_notice
from clients.firm import firm_today
from clients.importing.files import FileRefused
from clients.models import Client
from clients.requests import SignedInRequest
from clients.sent_once import once
from clients.words import words_for
from personas.mapping import files, importing, services
from personas.mapping.forms import MapFileForm, MapRowForm
from personas.mapping.gaps import find_gaps
from personas.mapping.matrix import grouped
from personas.mapping.resolving import guidance_for
from personas.models.mapping import CONDITIONS, PART_LABELS, SINGLE_PARTS, MapImport, MapRow

SECTION = {"section": "map"}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@require_GET
def message_map(request: SignedInRequest) -> HttpResponse:
    """The whole map as a matrix, and what clients have that it does not speak of."""
    with_retired = "retired" in request.GET
    rows = list(MapRow.objects.with_words())
    context = SECTION | {
        "groups": grouped(row for row in rows if with_retired or row.retired_at is None),
        "with_retired": with_retired,
        "retired": sum(row.retired_at is not None for row in rows),
        "gaps": find_gaps(request.user, words_for(request.user)),
        "may_edit_map": runs_the_firm(request.user),
    }
    return render(request, "personas/mapping/map.html", context)


@require(runs_the_firm)
@once
def new_row(request: SignedInRequest) -> HttpResponse:
    """A new row; the address may name the ids of its conditions."""
    named = {name: value for name in CONDITIONS if (value := request.GET.get(name, "")).isdecimal()}
    form = MapRowForm(request.POST or None, initial=named)
    if request.method == "POST" and form.is_valid():
        row = form.save()
        notice(request, _("Row added."))
        return _to_row(row)
    context = SECTION | {"form": form, "title": _("New row of the message map")}
    return render(request, "personas/mapping/row_form.html", context, status=422 if form.errors else 200)


@login_required
def edit_row(request: SignedInRequest, pk: int) -> HttpResponse:
    """One row: its form for those who run the firm, its texts for everyone else.

    On the page of the map the form takes the place of the row, and the saved row that of the form.
    """
    row = get_object_or_404(MapRow.objects.with_words(), pk=pk)
    if "shown" in request.GET or not runs_the_firm(request.user):
        if request.method == "POST":
            return HttpResponse(status=403)
        return _row_alone(request, row)
    form = MapRowForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        form.save()
        if request.htmx:
            saved = MapRow.objects.with_words().get(pk=pk)
            return with_notice(_row_alone(request, saved), _("Saved."))
        notice(request, _("Saved."))
        return _to_row(row)
    context = SECTION | {"form": form, "row": row, "title": _("Row for %s") % row}
    template = "row_edit.html" if request.htmx else "row_form.html"
    return render(request, f"personas/mapping/{template}", context, status=422 if form.errors else 200)


def _row_alone(request: SignedInRequest, row: MapRow) -> HttpResponse:
    context = SECTION | {"row": row, "may_edit_map": runs_the_firm(request.user), "groups": grouped([row])}
    return render(request, f"personas/mapping/{'map_row' if request.htmx else 'row'}.html", context)


def _to_row(row: MapRow) -> HttpResponse:
    address = redirect("personas:map")
    address["Location"] += f"#map-row-{row.pk}"
    return address


@require(runs_the_firm)
@require_POST
def retire_row(request: SignedInRequest, pk: int) -> HttpResponse:
    """Takes a row out of use; with `back` sent, back into it."""
    row = get_object_or_404(MapRow, pk=pk)
    services.retire_row(row=row, retired="back" not in request.POST)
    notice(request, _("The row speaks again.") if row.retired_at is None else _("The row is out of use."))
    return _to_row(row) if row.retired_at is None else redirect("personas:map")


@login_required
@require_GET
def print_map(request: HttpRequest) -> HttpResponse:
    """The map as a worksheet, one block a row, to be printed."""
    groups = grouped(MapRow.objects.in_use().with_words())
    return render(request, "personas/mapping/print.html", SECTION | {"groups": groups})


@login_required
@require_GET
def export_map(request: HttpRequest, kind: str) -> HttpResponse:
    """The whole map with its retired rows, as csv or xlsx."""
    rows = MapRow.objects.with_words().order_by("order", "pk")
    if kind == "csv":
        response = HttpResponse(files.as_csv(rows), content_type="text/csv; charset=utf-8")
    elif kind == "xlsx":
        response = HttpResponse(files.as_xlsx(rows), content_type=_XLSX)
    else:
        raise Http404
    name = f"message-map-{firm_today():%Y-%m-%d}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require(runs_the_firm)
def upload_map(request: SignedInRequest) -> HttpResponse:
    """Reads a file and leads to its preview."""
    form = MapFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            records = files.read_file(upload)
        except FileRefused as refusal:
            form.add_error("file", str(refusal))
        else:
            name = upload.name[:200]
            batch = MapImport.objects.create(file_name=name, records=records, read_by=request.user)
            return redirect("personas:map_import", batch.pk)
    context = SECTION | {"form": form, "columns": files.COLUMNS}
    return render(request, "personas/mapping/import.html", context, status=422 if form.errors else 200)


@require(runs_the_firm)
def preview_import(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the file would do, record by record; sent, it is stored."""
    batch = get_object_or_404(MapImport, pk=pk, read_by=request.user, applied_at=None)
    problem = ""
    if request.method == "POST":
        try:
            plan = importing.apply_import(batch=batch)
        except importing.ImportRefused as refused:
            problem = str(refused)
        else:
            number = plan.number("new") + plan.number("changed")
            text = ngettext("%(n)s row was stored.", "%(n)s rows were stored.", number)
            notice(request, text % {"n": number})
            return redirect("personas:map")
    plan = importing.plan_import(batch.records)
    numbers = {state: plan.number(state) for state in ("new", "changed", "unchanged", "wrong")}
    context = SECTION | numbers | {"batch": batch, "plan": plan, "problem": problem}
    return render(request, "personas/mapping/preview.html", context, status=422 if problem else 200)


def client_part(request: HttpRequest, client: Client) -> dict[str, Any]:
    """The part of the client's Conversation tab: what the map says, and which row gave what; two queries."""
    guidance = guidance_for([client.pk])[client.pk]
    return {
        "guidance": guidance,
        "parts": [{"label": PART_LABELS[name], "said": guidance.parts.get(name)} for name in SINGLE_PARTS],
        "by_row": [
            {"row": line.row, "gave": _labels(line.gave), "overruled": _labels(line.overruled)}
            for line in guidance.by_row
        ],
    }


def _labels(parts: tuple[str, ...]) -> list[str]:
    return [str(PART_LABELS[name]).lower() for name in parts]
