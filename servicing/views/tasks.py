"""The task list: everything that is open or was closed, with filters; and one step with many of them."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from clients.access import require, runs_the_firm, sees_all_clients
from clients.feedback import notice
from clients.models import User
from clients.requests import back_path
from servicing.forms import BULK_FORMS, serving_people
from servicing.models import BulkAction, BulkStep, ServiceTask
from servicing.querysets import ServiceTaskQuerySet
from servicing.work import listing
from servicing.work.bulk import undo_step
from servicing.work.words import zone_of


@login_required
@require_GET
def task_list(request: HttpRequest) -> HttpResponse:
    """Tasks in the order that was asked for, 50 a page, counted up to 1,000."""
    user, today = cast(User, request.user), timezone.localdate()
    options = listing.options()
    asked = listing.asked_for(request.GET, options)
    tasks = listing.matching(user, asked, today)
    sort, descending = listing.parse_sort(request.GET.get("sort", ""))
    unsorted = sort != listing.DUE and listing.too_many_to_sort(tasks)
    if unsorted:
        sort, descending = listing.DUE, False
    any_status = asked.get("status", ("", ""))[0] == "any" and sees_all_clients(user)
    page = listing.read_page(tasks, sort, descending, request.GET, any_status=any_status)
    return render(
        request,
        "servicing/tasks.html",
        {
            "rows": [listing.row_of(row, today, zone_of(user)) for row in page.rows],
            "page": page,
            "count": tasks.order_by()[: listing.COUNTED + 1].count(),
            "cap": listing.COUNTED,
            "chips": [
                (said, _without(request.GET, name, "after", "before")) for name, (_v, said) in asked.items()
            ],
            "options": options,
            "chosen": request.GET,
            "kept": _without(request.GET, "after", "before"),
            "unsorted": listing.SORTED if unsorted else 0,
            "columns": _columns(request.GET, sort, descending),
            "sort": request.GET.get("sort", ""),
            "may_do_many": runs_the_firm(user),
            "actions": [(action.value, action.label) for action in BulkAction],
            "people": serving_people() if runs_the_firm(user) else [],
            "today": today,
        },
    )


def _columns(params: QueryDict, sort: str, descending: bool) -> dict[str, dict[str, Any]]:
    """For each order its label, how it is sorted now, and the address that sorts by it or turns it."""
    columns = {}
    for name, order in listing.ORDERS.items():
        current = name == sort
        turned = params.copy()
        for gone in ("after", "before", "sort"):
            turned.pop(gone, None)
        turned["sort"] = f"-{name}" if current and not descending else name
        columns[name] = {
            "label": order.label,
            "query": turned.urlencode(),
            "state": ("descending" if descending else "ascending") if current else "",
        }
    return columns


def _without(params: QueryDict, *names: str) -> str:
    kept = params.copy()
    for name in names:
        kept.pop(name, None)
    return kept.urlencode()


@require(runs_the_firm)
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Does one step with the chosen tasks, and says how many changed, with undo."""
    user = cast(User, request.user)
    kind = BULK_FORMS.get(request.POST.get("action", ""))
    form = kind(request.POST) if kind else None
    if form is None or not form.is_valid():
        texts = [str(text) for errors in form.errors.values() for text in errors] if form else []
        notice(request, " ".join(texts) or _("Choose what to do."), went_wrong=True)
        return _back(request)
    step = form.work(tasks=_chosen(request, user), by=user)
    if step.changed:
        notice(request, _said(step), undo_url=reverse("servicing:bulk_undo", args=[step.pk]))
    else:
        notice(request, _("Nothing to change: no open task among those chosen is different from it."))
    return _back(request)


def _chosen(request: HttpRequest, user: User) -> ServiceTaskQuerySet:
    """The tasks that the form names: the rows that were checked, or everything that the filter matches."""
    if request.POST.get("all"):
        asked = listing.asked_for(QueryDict(request.POST.get("filter", "")), listing.options())
        return listing.matching(user, asked, timezone.localdate())
    ids = [int(pk) for pk in request.POST.getlist("task") if pk.isdecimal() and len(pk) < 19]
    return ServiceTask.objects.visible_to(user).filter(pk__in=ids)


def _said(step: BulkStep) -> str:
    texts = {
        BulkAction.REASSIGN: ngettext("%(n)s task handed over.", "%(n)s tasks handed over.", step.changed),
        BulkAction.RESCHEDULE: ngettext("%(n)s task moved.", "%(n)s tasks moved.", step.changed),
        BulkAction.SNOOZE: ngettext("%(n)s task put off.", "%(n)s tasks put off.", step.changed),
    }
    return texts[BulkAction(step.action)] % {"n": step.changed}


@require(runs_the_firm)
@require_POST
def bulk_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a step with many back; only the person who did it."""
    step = get_object_or_404(BulkStep, pk=pk)
    if step.by_id != request.user.pk:
        raise PermissionDenied(_("The person who made a change takes it back."))
    undone = undo_step(step=step)
    text = ngettext("%(n)s task is as it was.", "%(n)s tasks are as they were.", undone.restored) % {
        "n": undone.restored
    }
    if undone.kept:
        text += " " + ngettext(
            "%(n)s stays: it was changed since.", "%(n)s stay: they were changed since.", undone.kept
        ) % {"n": undone.kept}
    notice(request, text)
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponseClientRefresh()
    return redirect("servicing:tasks")


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """Back to the list where the person was."""
    return HttpResponseRedirect(back_path(request) or reverse("servicing:tasks"))
