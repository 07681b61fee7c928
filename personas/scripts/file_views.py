"""The library as a printed sheet and as a file, out and in."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from pathlib import Path

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clients.access import require, runs_the_firm
from clients.feedback import notice
from clients.firm import firm_today
from clients.requests import SignedInRequest
from personas.models import ScriptVersion
from personas.scripts import files, library
from personas.scripts.forms import ImportForm

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@require_GET
def export(request: SignedInRequest, kind: str) -> HttpResponseBase:
    """The scripts that the list shows, newest versions, as CSV or XLSX."""
    found = library.listed(library.asked_of(request.GET), firm_today()).select_related("decided_by")
    name = f'attachment; filename="scripts.{kind}"'
    if kind == "xlsx":
        return HttpResponse(files.as_xlsx(found), content_type=XLSX, headers={"Content-Disposition": name})
    return StreamingHttpResponse(
        files.as_csv(found), content_type="text/csv; charset=utf-8", headers={"Content-Disposition": name}
    )


@login_required
@require_GET
def sheet(request: SignedInRequest) -> HttpResponse:
    """The scripts that the list shows, whole, by situation: to be read and printed."""
    today = firm_today()
    asked = library.asked_of(request.GET)
    groups: dict[str, list[tuple[ScriptVersion, str, list[str]]]] = defaultdict(list)
    found = library.listed(asked, today)[: library.CAP]
    for version in sorted(found, key=lambda each: (each.situation.position, each.position, each.title)):
        words, _kind = library.state_words(version, today)
        groups[version.situation.label].append((version, str(words), library.conditions_of(version)))
    context = {"section": "scripts", "groups": dict(groups), "asked": asked, "today": today}
    return render(request, "personas/scripts/sheet.html", context)


@require(runs_the_firm)
def load(request: SignedInRequest) -> HttpResponse:
    """Imports a file of scripts as drafts; every error with its line, and nothing stored then."""
    sent = request.method == "POST"
    form = ImportForm(request.POST if sent else None, request.FILES if sent else None)
    problems: list[files.Problem] = []
    if request.method == "POST" and form.is_valid():
        with tempfile.NamedTemporaryFile() as kept:
            for piece in form.cleaned_data["file"].chunks():
                kept.write(piece)
            kept.flush()
            try:
                done = files.load(path=Path(kept.name), by=request.user)
            except files.ImportRefused as refused:
                problems = refused.problems
            else:
                said = _(
                    "%(created)s new scripts, %(changed)s changed, %(unchanged)s as they were. "
                    "What is new is a draft."
                )
                notice(request, said % vars(done))
                return redirect("personas:scripts")
    context = {
        "section": "scripts",
        "form": form,
        "problems": problems[:200],
        "more": max(0, len(problems) - 200),
        "columns": files.COLUMNS,
    }
    return render(request, "personas/scripts/import.html", context, status=422 if form.is_bound else 200)
