"""Handing over a book: past transfers, choosing, seeing what would move, doing it, taking it back."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from clients.access import is_administrator, require, runs_the_firm
from clients.commands import Refused
from clients.feedback import notice
from clients.filters import ListFilters
from clients.firm import firm_today
from clients.models import JobState, ServiceRole, TeamMember, User
from clients.requests import SignedInRequest
from clients.words import words_for
from servicing.book import leaving
from servicing.book import transfer as book
from servicing.book.choosing import in_words
from servicing.book.forms import BookForm, LeavingForm
from servicing.book.preview import preview
from servicing.models import UNDO_DAYS, BookTransfer, ServiceTask, TransferState

PAGE = 50
MOST_PICKED = 5_000  # ids that a form names one by one


@require(runs_the_firm)
@require_GET
def books(request: SignedInRequest) -> HttpResponse:
    """Past transfers, and work that waits for people who can no longer sign in."""
    past = (
        BookTransfer.objects.filter(Q(done_at__isnull=False) | Q(state=TransferState.QUEUED))
        .select_related("from_user", "made_by", "undone_by", "job")
        .order_by("-done_at", "-id")
    )
    page = Paginator(past, PAGE).get_page(request.GET.get("page"))
    names = _names({pk for transfer in page for pk in transfer.receiver_ids})
    for transfer in page:
        transfer.to = ", ".join(names.get(pk, "?") for pk in transfer.receiver_ids)  # type: ignore[attr-defined]
        transfer.stuck = book.is_stuck(transfer)  # type: ignore[attr-defined]
    return render(request, "servicing/book/list.html", {"page": page, "orphaned": leaving.orphaned()})


def _names(ids: set[int]) -> dict[int, str]:
    return {user.pk: user.display_name for user in User.objects.filter(pk__in=ids)}


@require(runs_the_firm)
def new_book(request: SignedInRequest) -> HttpResponse:
    """Chooses whose book, which clients, to whom; nothing moves before it was looked at."""
    return _choose(request, None)


@require(runs_the_firm)
def change_book(request: SignedInRequest, pk: int) -> HttpResponse:
    """Changes what was chosen, while it is not done."""
    book.open_stuck(by=request.user)
    return _choose(request, _own_draft(request, pk))


def _choose(request: SignedInRequest, transfer: BookTransfer | None) -> HttpResponse:
    initial = {"giver": request.GET.get("from", "")[:150]} if not transfer else {}
    data = request.POST if request.method == "POST" else None
    form = BookForm(data, by=request.user, transfer=transfer, initial=initial)
    if request.method == "POST" and form.is_valid():
        giver = form.cleaned_data["giver"]
        draft = book.make_draft(
            by=request.user,
            from_user=giver,
            everything=bool(giver and not giver.is_active and form.cleaned_data["which"] == "all"),
            role_ids=book.roles_of(form.cleaned_data["roles"]),
            selection=form.selection,
            **form.chosen,
        )
        return redirect("servicing:book", draft.pk)
    context = {"form": form, "limit": book.AT_ONCE}
    return render(request, "servicing/book/form.html", context, status=422 if form.is_bound else 200)


@require(runs_the_firm)
@require_POST
def picked_book(request: SignedInRequest) -> HttpResponse:
    """From the client list: the rows that were checked, or all that its filter matches."""
    if request.POST.get("all"):
        params = QueryDict(request.POST.get("filter", "")[:2_000])
        filters = ListFilters(params, words_for(request.user), today=firm_today())
        selection: dict[str, Any] = {"filter": filters.query}
    else:
        posted = request.POST.getlist("client")[:MOST_PICKED]
        ids = sorted({int(id) for id in posted if id.isdecimal() and len(id) < 19})
        if not ids:
            notice(request, _("Choose at least one client first."), went_wrong=True)
            return redirect("clients:list")
        selection = {"clients": ids}
    draft = book.make_draft(by=request.user, selection=selection)
    return redirect("servicing:change_book", draft.pk)


@require(runs_the_firm)
@require_GET
def book_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """What a transfer would do, or what it did."""
    book.open_stuck(by=request.user)
    transfer = get_object_or_404(BookTransfer.objects.select_related("from_user", "made_by", "job"), pk=pk)
    if transfer.state == TransferState.DRAFT:
        return _show_draft(request, _own_draft(request, pk))
    return _show_done(request, transfer)


def _show_done(request: HttpRequest, transfer: BookTransfer, reasons: tuple[str, ...] = ()) -> HttpResponse:
    why_not = book.why_not_undone(transfer) if transfer.state == TransferState.DONE else []
    context = {
        "transfer": transfer,
        "receivers": book.people_of(transfer),
        "what": in_words(transfer),
        "roles": list(ServiceRole.objects.filter(pk__in=transfer.role_ids)),
        "why_not": reasons or why_not,
        "days": UNDO_DAYS,
        "stuck": book.is_stuck(transfer),
    }
    return render(request, "servicing/book/done.html", context, status=409 if reasons else 200)


def _own_draft(request: SignedInRequest, pk: int) -> BookTransfer:
    drafts = BookTransfer.objects.select_related("from_user", "made_by")
    return get_object_or_404(drafts, pk=pk, state=TransferState.DRAFT, made_by=request.user)


def _show_draft(
    request: SignedInRequest, transfer: BookTransfer, reasons: tuple[str, ...] = ()
) -> HttpResponse:
    if not transfer.receiver_ids and not transfer.leaving:
        return redirect("servicing:change_book", transfer.pk)
    context = {
        "transfer": transfer,
        "what": in_words(transfer),
        "seen": preview(transfer),
        "reasons": reasons,
        "at_once": book.AT_ONCE,
        "days": UNDO_DAYS,
    }
    if transfer.leaving and transfer.from_user:
        context["holds"] = leaving.holdings(transfer.from_user)
    return render(request, "servicing/book/preview.html", context, status=409 if reasons else 200)


@require(runs_the_firm)
@require_POST
def do_book(request: SignedInRequest, pk: int) -> HttpResponse:
    """Hands over, at once where it is small, else in a worker."""
    book.open_stuck(by=request.user)
    transfer = get_object_or_404(BookTransfer, pk=pk, made_by=request.user)
    if transfer.state != TransferState.DRAFT:
        queued = transfer.state == TransferState.QUEUED
        said = _("A worker is at it already.") if queued else _("This transfer was done already.")
        notice(request, said, went_wrong=True)
        return redirect("servicing:book", pk)
    transfer = _own_draft(request, pk)
    if transfer.leaving and not is_administrator(request.user):
        raise PermissionDenied(_("Administrators can do this."))
    seen = request.POST.get("seen", "")
    try:
        now = preview(transfer)
        if seen != now.seen:
            raise Refused(_("Something changed since you looked. Look again at what would move."))
        if now.clients > book.AT_ONCE:
            job = book.start(transfer=transfer, by=request.user)
            if job.state == JobState.FAILED:  # the queue did not answer
                raise Refused(job.error)
            return redirect("clients:job", job.pk)
        done = book.hand_over(transfer=transfer, by=request.user, seen=seen)
    except Refused as refusal:
        return _show_draft(request, transfer, tuple(refusal.reasons))
    undo_url = "" if done.leaving else reverse("servicing:undo_book", args=[pk])
    notice(request, _said(done), undo_url=undo_url)
    return redirect("servicing:book", pk)


def _said(done: BookTransfer) -> str:
    clients = ngettext("%(n)s client", "%(n)s clients", done.clients) % {"n": done.clients}
    tasks = ngettext("%(n)s open task", "%(n)s open tasks", done.tasks) % {"n": done.tasks}
    return _("Handed over: %(clients)s, %(tasks)s.") % {"clients": clients, "tasks": tasks}


@require(runs_the_firm)
@require_POST
def undo_book(request: SignedInRequest, pk: int) -> HttpResponse:
    """Takes a transfer back as one, or says why it cannot be."""
    transfer = get_object_or_404(BookTransfer.objects.select_related("from_user", "made_by", "job"), pk=pk)
    if reasons := book.why_not_undone(transfer):
        return _show_done(request, transfer, tuple(reasons))
    if transfer.clients > book.AT_ONCE:
        return redirect("clients:job", book.start_undo(transfer=transfer, by=request.user).pk)
    try:
        stay = book.take_back(transfer=transfer, by=request.user)
    except Refused as refusal:
        return _show_done(request, transfer, tuple(refusal.reasons))
    text = _("The transfer was undone.")
    if stay:
        text += " " + ngettext(
            "%(n)s task stays where it is: it was closed or handed on since.",
            "%(n)s tasks stay where they are: they were closed or handed on since.",
            stay,
        ) % {"n": stay}
    notice(request, text)
    if request.htmx:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return redirect("servicing:book", pk)


@require(is_administrator)
def leave(request: SignedInRequest, pk: int) -> HttpResponse:
    """Somebody leaves the firm: what they still hold, and who takes it over."""
    person = get_object_or_404(User, pk=pk)
    if person == request.user:
        notice(request, _("You cannot take your own sign-in away."), went_wrong=True)
        return redirect("clients:people")
    holds = leaving.holdings(person)
    data = request.POST if request.method == "POST" else None
    form = LeavingForm(data, known_giver=person, needed=holds.any)
    if request.method == "POST" and form.is_valid():
        held = TeamMember.objects.filter(user=person).values("role")
        draft = book.make_draft(
            by=request.user,
            from_user=person,
            everything=True,
            leaving=True,
            role_ids=list(ServiceRole.objects.filter(pk__in=held).values_list("pk", flat=True)),
            selection={"all": True},
            **form.chosen,
        )
        return redirect("servicing:book", draft.pk)
    context = {
        "form": form,
        "person": person,
        "holds": holds,
        "alone": leaving.told(holds.stands_in),
        "next_tasks": _next_tasks(person),
    }
    return render(request, "servicing/book/leave.html", context, status=422 if form.is_bound else 200)


def _next_tasks(person: User) -> list[ServiceTask]:
    """Appointments of the person, the next first: each needs a call."""
    booked = ServiceTask.objects.open().filter(assigned_to=person, scheduled_at__isnull=False)
    return list(booked.select_related("client", "kind").order_by("scheduled_at")[:20])
