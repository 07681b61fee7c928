"""Pages of the field register, its yearly check, and the client's own statement."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clients.access import is_administrator, require, sees_all_clients
from clients.feedback import notice
from clients.firm import firm_today
from clients.importing.files import FileRefused
from clients.models import Client, FieldEntry, ReviewOutcome
from clients.permission.told import history_lines
from clients.register import entries, files
from clients.register.check import check
from clients.register.entries import EntryRefused
from clients.register.fields import TrackedField, tracked_fields
from clients.register.forms import EntryForm, ReviewForm, TemplateForm
from clients.register.statement import statement_of
from clients.requests import SignedInRequest


@login_required
@require_GET
def register(request: SignedInRequest) -> HttpResponse:
    """Every field that the product knows, with why it is tracked; those that are not, apart."""
    lines = entries.lines()
    context = {
        "groups": entries.grouped([line for line in lines if line.active]),
        "not_tracked": [line for line in lines if not line.active],
        "may_edit": is_administrator(request.user),
        "sees_check": sees_all_clients(request.user),
    }
    return render(request, "clients/register/register.html", context)


_FILES = {
    "csv": ("text/csv; charset=utf-8", files.as_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", files.as_xlsx),
}


@login_required
@require_GET
def export_register(request: SignedInRequest, kind: str) -> HttpResponse:
    """The field template as CSV or XLSX."""
    if kind not in _FILES:
        raise Http404
    content_type, made = _FILES[kind]
    name = f'attachment; filename="field-template.{kind}"'
    return HttpResponse(made(), content_type=content_type, headers={"Content-Disposition": name})


@require(is_administrator)
def import_register(request: SignedInRequest) -> HttpResponse:
    """Takes a field template in; every error with its record, and nothing stored then."""
    sent = request.method == "POST"
    form = TemplateForm(request.POST if sent else None, request.FILES if sent else None)
    problems: list[files.Problem] = []
    if sent and form.is_valid():
        try:
            done = files.load(form.cleaned_data["file"])
        except FileRefused as refused:
            form.add_error("file", str(refused))
        except files.ImportRefused as refused_records:
            problems = refused_records.problems
        else:
            said = _(
                "Of the fields %(begun)s began, %(changed)s changed, %(ended)s ended, %(unchanged)s stayed."
            )
            notice(request, said % vars(done))
            return redirect("clients:register")
    context = {"form": form, "problems": problems, "columns": files.READ}
    return render(request, "clients/register/import.html", context, status=422 if sent else 200)


def _field(code: str) -> TrackedField:
    field = tracked_fields().get(code)
    if field is None:
        raise Http404
    return field


@require(is_administrator)
def edit_entry(request: SignedInRequest, code: str) -> HttpResponse:
    """Changes the entry in force of a field, or begins one."""
    field = _field(code)
    entry = entries.in_force().filter(field=code).first()
    begins = entry is None
    if entry is None:
        last = FieldEntry.objects.filter(field=code).order_by("-active_from").first()
        entry = FieldEntry(
            field=code,
            active_from=firm_today(),
            reason=last.reason if last else "",
            purpose=last.purpose if last else "",
            retention_months=last.retention_months if last else 72,
        )
    form = EntryForm(request.POST or None, instance=entry)
    if request.method == "POST" and form.is_valid():
        try:
            entries.save_entry(entry=form.instance, values={})
        except EntryRefused as refused:
            form.add_error(None, str(refused))
        else:
            notice(request, _("%s is tracked from today.") % field.label if begins else _("Saved."))
            return redirect(f"{reverse('clients:register')}#{code}")
    context = {"form": form, "field": field, "begins": begins}
    return render(request, "clients/register/entry.html", context, status=422 if form.is_bound else 200)


@require(is_administrator)
@require_POST
def end_entry(request: SignedInRequest, code: str) -> HttpResponse:
    """Ends the entry of a field today."""
    field = _field(code)
    try:
        entries.end_entry(code=code)
    except EntryRefused as refused:
        notice(request, str(refused), went_wrong=True)
    else:
        notice(request, _("%s is no longer asked for, shown or taken.") % field.label)
    return redirect("clients:register")


@require(sees_all_clients)
@require_GET
def register_check(request: SignedInRequest) -> HttpResponse:
    """Which fields nothing used in the last year, and which nobody looked at for one."""
    return _check_page(request)


def _check_page(
    request: SignedInRequest, *, problem: str = "", code: str = "", status: int = 200
) -> HttpResponse:
    clients, rows = check()
    context = {
        "clients": clients,
        "rows": rows,
        "unused": sum(row.unused for row in rows),
        "due": sum(row.due for row in rows),
        "problem": problem,
        "problem_code": code,
        "outcomes": ReviewOutcome.choices,
        "may_edit": is_administrator(request.user),
    }
    return render(request, "clients/register/check.html", context, status=status)


@require(is_administrator)
@require_POST
def review_field(request: SignedInRequest) -> HttpResponse:
    """Records what came of looking at a field."""
    form = ReviewForm(request.POST)
    code = request.POST.get("field", "")
    if not form.is_valid():
        return _check_page(request, problem=str(next(iter(form.errors.values()))[0]), code=code, status=422)
    row = next((row for row in check()[1] if row.field.code == code), None)
    if row is None:
        return _check_page(request, problem=_("This field is not tracked."), code=code, status=422)
    try:
        entries.record_review(
            code=code,
            outcome=form.cleaned_data["outcome"],
            reason=form.cleaned_data["reason"],
            by=request.user,
            facts=row.facts,
        )
    except EntryRefused as refused:
        return _check_page(request, problem=str(refused), code=code, status=422)
    notice(request, _("Recorded."))
    return redirect("clients:register_check")


@login_required
@require_GET
def statement(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the firm holds about a client, as it is given to the client."""
    client = get_object_or_404(Client.objects.visible_to(request.user).for_page(), pk=pk)
    context = {"client": client, "statement": statement_of(client), "history": history_lines(client)}
    return render(request, "clients/statement/statement.html", context)
