"""The client list: its page, its filters, editing in its cells, and one change for many."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    QueryDict,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from clients import list_columns, listing, people, services
from clients.access import may_edit_clients, require
from clients.choosing import suggestions
from clients.exporting import client_lines
from clients.feedback import notice, refusal
from clients.filters import ListFilters, matching
from clients.formats import late_words
from clients.forms import SavedFilterForm
from clients.models import BulkChange, BulkField, Client, Permission, SavedFilter
from clients.register.active import is_active, kept
from clients.requests import SignedInRequest, back_path
from clients.templatetags.client_cells import cell
from clients.words import AXES, Words, words_for


def _filters(request: SignedInRequest, words: Words, params: QueryDict | None = None) -> ListFilters:
    return ListFilters(request.GET if params is None else params, words, today=localdate())


@login_required
def client_list(request: SignedInRequest) -> HttpResponse:
    """The list at a filter, an order and a position, all three in its address."""
    words = words_for(request.user)
    filters = _filters(request, words)
    sort, descending = listing.parse_sort(request.GET.get("sort"))
    position = listing.parse_position(
        sort, after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    clients = matching(request.user, filters)
    asked = listing.Asked(sort, descending, position)
    cap = listing.COUNT_CAP if filters.text else listing.cap_of(request.firm)
    read = listing.read_found if filters.are_rare else listing.read_listed
    count, page = read(clients, asked, cap=cap)
    here = reverse("clients:detail", args=[0])
    for row in page.rows:
        row["tier_code"] = words.code("tier", row["tier_id"])
        row["url"] = here.replace("/0/", f"/{row['id']}/")  # as `reverse` would, once for the page
        row["late"] = late_words(row["late_after"], today=filters.today)
    chips = filters.chips()
    sort_text = ("-" if descending else "") + sort
    columns = list_columns.shown(request.user)
    keep_sort = "" if sort_text == listing.DEFAULT_SORT else f"sort={sort_text}"
    context = {
        "rows": page.rows,
        "page": page,
        "later": position is not None,
        "count": count,
        "cap": cap,
        "filters": filters,
        "base": _join(filters.query, keep_sort),
        "keep_sort": keep_sort,
        "chips": [(chip.text, _join(chip.without, keep_sort)) for chip in chips],
        "columns": _columns(filters, sort, descending),
        "words": words,
        "saved": words.saved,
        "bulk_groups": _bulk_groups(words),
        "axes": {axis: heading for axis, heading in list_columns.AXIS_HEADINGS.items() if axis in columns},
        "shown": columns,
        "column_choices": list_columns.choices(),
        "bulk_advisor": BulkField.ADVISOR.value,
        "today": filters.today,
        "page_keys": [
            ("j k", _("Next, previous client")),
            ("Enter", _("Open the client; in a cell, open its dropdown")),
            ("x", _("Select the client; with Shift, all up to it")),
            ("f", _("Filter")),
            ("[ ]", _("Previous, next page")),
        ],
    }
    return render(request, "clients/list.html", context)


def _join(*parts: str) -> str:
    return "&".join(part for part in parts if part)


def _columns(filters: ListFilters, sort: str, descending: bool) -> dict[str, dict[str, Any]]:
    """For each order its label, how it is sorted now, and the address that sorts by it or turns it."""
    columns = {}
    for name, order in listing.ORDERS.items():
        current = name == sort
        # The first click gives what one looks for: the best score, the latest touch.
        first = "-" if name in ("score", "touch") else ""
        turned = ("" if descending else "-") if current else first
        columns[name] = {
            "label": order.label,
            "query": _join(filters.query, f"sort={turned}{name}"),
            "state": ("descending" if descending else "ascending") if current else "",
        }
    return columns


def _bulk_groups(words: Words) -> list[tuple[str, Any, list[Any]]]:
    """The bar's dropdown: each field with its words."""
    return [(kind, BulkField(kind).label, words.choices(kind)) for kind in kept(AXES)]


@login_required
def filter_panel(request: SignedInRequest) -> HttpResponse:
    """All filters with what is chosen; drawn into the list, or a page of its own."""
    filters = _filters(request, words_for(request.user))
    template = "clients/filters.html#panel" if request.htmx else "clients/filters.html"
    return render(request, template, {"filters": filters, "sort": request.GET.get("sort", "")})


@login_required
def people_options(request: SignedInRequest) -> HttpResponse:
    """People whose name or username begins or goes on with what was typed, for a list of suggestions."""
    text = next((str(value) for value in request.GET.values() if value), "")[:100]
    found = people.search(text).filter(is_active=True).order_by("username")[:50]
    return render(request, "clients/partials/people_options.html", {"people": found})


@login_required
def client_options(request: SignedInRequest) -> HttpResponse:
    """Clients whose name or number has what was typed, for a list of suggestions."""
    text = next((str(value) for value in request.GET.values() if value), "")
    found = suggestions(request.user, text[:100])
    return render(request, "clients/partials/client_options.html", {"suggestions": found})


# --- A cell ------------------------------------------------------------------------------------------


def _visible_client(request: SignedInRequest, pk: int) -> Client:
    return get_object_or_404(Client.objects.visible_to(request.user), pk=pk)


@require(may_edit_clients)
def tag_cell(request: SignedInRequest, pk: int, field: str) -> HttpResponse:
    """GET: the dropdown of one cell (`closed`: the cell again). POST: stores the value, answers the cell."""
    if field not in AXES or not is_active(field):
        raise Http404
    client = _visible_client(request, pk)
    words = words_for(request.user)
    if request.method != "POST":
        return _open_or_closed(request, client, field, words)
    value = request.POST.get("value", "")
    try:
        term = services.term_of(field, int(value) if value else None)
        previous = services.set_tag(client=client, field=field, term=term)
    except ValueError:
        return refusal(_("Choose one of the values."))
    except services.TagRefused as refused:
        if not request.htmx:
            return refusal(str(refused))
        return HttpResponse(
            cell(pk, field, _current(client, field, words), editable=True, error=str(refused)), status=422
        )
    undone = "undo" in request.POST
    return HttpResponse(
        cell(
            pk,
            field,
            term.label if term else "",
            editable=True,
            saved=_("Undone") if undone else _("Saved"),
            undo=None if undone or previous == (term.pk if term else None) else str(previous or ""),
        )
    )


def _current_id(client: Client, field: str) -> int | None:
    if field == services.BEHAVIORAL:
        tag = getattr(client, "behavioral_tag", None)
        return tag.trigger_id if tag else None
    return getattr(client, f"{field}_id")


def _current(client: Client, field: str, words: Words) -> str:
    return words.label(field, _current_id(client, field))


def _open_or_closed(request: SignedInRequest, client: Client, field: str, words: Words) -> HttpResponse:
    current = _current_id(client, field)
    if field == services.BEHAVIORAL and client.permission != Permission.GRANTED:
        return refusal(
            _("A behavioral trigger is stored only while permission is granted. Ask the client first.")
        )
    if "closed" in request.GET:
        return HttpResponse(cell(client.pk, field, words.label(field, current), editable=True))
    return render(
        request,
        "clients/partials/cell_select.html",
        {
            "client": client,
            "field": field,
            "label": BulkField(field).label,
            "choices": words.choices(field, keep=current),
            "current": current,
        },
    )


# --- Many at once ------------------------------------------------------------------------------------


def _selection(request: SignedInRequest) -> Any:
    """The clients that the form names: the rows that were checked, or everything that the filter matches."""
    if request.POST.get("all"):
        words = words_for(request.user)
        return matching(request.user, _filters(request, words, QueryDict(request.POST.get("filter", ""))))
    ids = [int(id) for id in request.POST.getlist("client") if id.isdecimal() and len(id) < 19]
    return Client.objects.visible_to(request.user).filter(pk__in=ids)


def _back(request: SignedInRequest) -> HttpResponseRedirect:
    """Back to the list where the person was."""
    return HttpResponseRedirect(back_path(request) or reverse("clients:list"))


@require(may_edit_clients)
@require_POST
def bulk_change(request: SignedInRequest) -> HttpResponse:
    """Gives the selected clients one value, and says how many changed, with undo."""
    field, _colon, text = request.POST.get("change", "").partition(":")
    clients = _selection(request)
    try:
        value = _bulk_value(request, field, text)
    except (ValueError, services.TagRefused) as refused:
        notice(request, str(refused), went_wrong=True)
        return _back(request)
    if field == BulkField.BEHAVIORAL and value is None and not request.POST.get("sure"):
        return _ask_before_erasing(request, clients)
    change = services.change_many(clients=clients, field=field, value=value, by=request.user)
    undo_url = reverse("clients:bulk_undo", args=[change.pk]) if services.can_be_undone(change) else ""
    notice(request, _said(change), undo_url=undo_url)
    return _back(request)


@require(may_edit_clients)
@require_POST
def bulk_export(request: SignedInRequest) -> HttpResponseBase:
    """The selected clients as CSV."""
    name = f"clients-{localdate().isoformat()}.csv"
    answer = StreamingHttpResponse(client_lines(_selection(request)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _bulk_value(request: SignedInRequest, field: str, text: str) -> int | None:
    """The id to set; None to clear. Raises ValueError with what to do."""
    if field == BulkField.ADVISOR:
        username = request.POST.get("advisor", "").strip()
        person = people.called(username)
        if person is None:
            raise ValueError(_("Nobody here has this username or e-mail address: %s") % username)
        return person.pk
    if field not in AXES or not is_active(field):
        raise ValueError(_("Choose what to change."))
    if text == "clear":
        return None
    if not text.isdecimal():
        raise ValueError(_("Choose a value."))
    term = services.term_of(field, int(text))
    return term.pk if term else None


def _ask_before_erasing(request: SignedInRequest, clients: Any) -> HttpResponse:
    number = clients.filter(behavioral_tag__isnull=False).count()
    return render(request, "clients/bulk_erase.html", {"number": number, "posted": request.POST.lists()})


def _said(change: BulkChange) -> str:
    text = ngettext("%(n)s client changed.", "%(n)s clients changed.", change.changed) % {"n": change.changed}
    if change.skipped:
        text += " " + ngettext(
            "%(n)s skipped: permission is not granted.",
            "%(n)s skipped: permission is not granted.",
            change.skipped,
        ) % {"n": change.skipped}
    return text


@require(may_edit_clients)
@require_POST
def bulk_undo(request: SignedInRequest, pk: int) -> HttpResponse:
    """Takes a bulk change back; only the person who made it, within ten minutes."""
    change = get_object_or_404(BulkChange, pk=pk)
    if change.created_by_id != request.user.pk:
        raise PermissionDenied(_("The person who made a change takes it back."))
    try:
        notice(request, _said_undone(services.undo_change(change=change)))
    except services.TooLate as late:
        notice(request, str(late), went_wrong=True)
    return HttpResponse(headers={"HX-Refresh": "true"}) if request.htmx else redirect("clients:list")


def _said_undone(undone: services.Undone) -> str:
    text = ngettext("%(n)s client restored.", "%(n)s clients restored.", undone.restored) % {
        "n": undone.restored
    }
    if undone.kept:
        text += " " + ngettext(
            "%(n)s stays: it was changed since.", "%(n)s stay: they were changed since.", undone.kept
        ) % {"n": undone.kept}
    return text


# --- Columns and saved filters -----------------------------------------------------------------------


@login_required
@require_POST
def choose_columns(request: SignedInRequest) -> HttpResponse:
    """Shows the person the columns that were checked, from now on."""
    list_columns.show(user=request.user, columns=request.POST.getlist("column"))
    return _back(request)


@login_required
@require_POST
def save_filter(request: SignedInRequest) -> HttpResponse:
    """Keeps the list's filter under a name; the same name again replaces it."""
    form = SavedFilterForm(request.POST)
    if not form.is_valid():
        notice(request, _("Give the filter a name of at most 60 letters."), went_wrong=True)
        return _back(request)
    SavedFilter.objects.update_or_create(
        user=request.user, name=form.cleaned_data["name"], defaults={"query": form.cleaned_data["query"]}
    )
    notice(request, _("Filter saved."))
    return HttpResponseRedirect(f"{reverse('clients:list')}?{form.cleaned_data['query']}")


@login_required
@require_POST
def delete_filter(request: SignedInRequest, pk: int) -> HttpResponse:
    """Forgets one of the person's own filters."""
    saved = get_object_or_404(SavedFilter, pk=pk, user=request.user)
    saved.delete()
    notice(request, _("Filter “%s” removed.") % saved.name)
    return _back(request)
