"""Pages of ratings: of one task, behind a link without an account, and across the firm."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients.access import WHO_MAY, may_edit_clients, require, sees_all_clients
from clients.feedback import notice
from clients.firm import firm_today
from clients.limits import too_often
from clients.models import Tier
from clients.register.active import is_active
from clients.requests import SignedInRequest
from servicing.delivery.periods import CHOICES, MONTHS, Period, period_of
from servicing.models import ServiceKind, ServiceTask
from servicing.ratings import reading, services
from servicing.ratings.forms import RatingForm
from servicing.ratings.tracked import RATING
from servicing.views.task import is_id

PAGE = 50
MOST_PAGES = 200
SINCE = dt.date(2000, 1, 1)
FILTERS = ("service", "tier", "value", "low")


# --- One task ---------------------------------------------------------------------------------------------


@login_required
def rate(request: SignedInRequest, pk: int) -> HttpResponse:
    """Notes or corrects what the client said of a delivered service, and makes the link that asks."""
    task = _task(request, pk)
    rating, may_work = reading.rating_of(pk), may_edit_clients(request.user)
    if request.method == "POST" and not may_work:
        raise PermissionDenied(WHO_MAY[may_edit_clients])
    before = {"rating": rating.value, "rating_comment": rating.comment} if rating else None
    form = RatingForm(request.POST if request.method == "POST" else None, initial=before)
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            services.rate(task=task, rated=form.rated, by=request.user)
        except services.RatingRefused as error:
            refused = str(error)
        else:
            notice(request, _("Rating saved."))
            return redirect("servicing:task", pk)
    context = {
        "task": task,
        "client": task.client,
        "rating": rating,
        "form": form if may_work else None,
        "refused": refused,
        "can_be_rated": services.can_be_rated(task),
        "days": services.DAYS,
    }
    status = 409 if refused else 422 if form.errors else 200
    return render(request, "servicing/ratings/rate.html", context, status=status)


@require(may_edit_clients)
@require_POST
@never_cache
def link(request: SignedInRequest, pk: int) -> HttpResponse:
    """The link that asks the client, shown this once; an earlier one leads nowhere any more."""
    task = _task(request, pk)
    try:
        token = services.make_link(task=task, by=request.user)
    except services.RatingRefused as refused:
        notice(request, str(refused), went_wrong=True)
        return redirect("servicing:rate", pk)
    address = request.build_absolute_uri(reverse("servicing:rating_answer", args=[token]))
    context = {"task": task, "client": task.client, "address": address, "days": services.DAYS}
    return render(request, "servicing/ratings/link.html", context)


def _task(request: SignedInRequest, pk: int) -> ServiceTask:
    """A task that the person may see, of a service, while the field register keeps ratings; else 404."""
    if not is_active(RATING):
        raise Http404
    visible = ServiceTask.objects.visible_to(request.user).filter(kind__isnull=False)
    return get_object_or_404(visible.select_related("client", "kind"), pk=pk)


# --- Without an account -----------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind a link: which service, one question, a comment; nothing else of the client."""
    if too_often(request, "ratings"):
        return _public(request, {"state": "busy"}, 429)
    link = services.link_of(token)
    if link is None:
        raise Http404
    if not is_active(RATING) or not services.is_open(link):
        rated = is_active(RATING) and reading.rating_of(link.task_id) is not None
        return _public(request, {"state": "saved" if rated else "over"}, 200 if rated else 410)
    form = RatingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.rate_by_link(link=link, rated=form.rated)
        except services.RatingRefused:
            return _public(request, {"state": "over"}, 410)
        return redirect("servicing:rating_answer", token)
    context = {"state": "open", "link": link, "task": link.task, "form": form}
    return _public(request, context, 422 if form.errors else 200)


def _public(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    response = render(request, "servicing/ratings/answer.html", context, status=status)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


# --- Across the firm --------------------------------------------------------------------------------------


@require(sees_all_clients)
@require_GET
def ratings(request: SignedInRequest) -> HttpResponse:
    """What clients valued, by service and tier; each figure opens its ratings."""
    period = _period(request)
    context = {
        "found": reading.valued(first=period.first, last=period.last),
        "scale": reading.SCALE,
        "low": reading.LOW,
        "period": period,
        "periods": [(code, label) for code, label in CHOICES if code != MONTHS],
        "tracked": is_active(RATING),
    }
    return render(request, "servicing/ratings/ratings.html", context)


@require(sees_all_clients)
@require_GET
def ratings_list(request: SignedInRequest) -> HttpResponse:
    """The ratings behind a figure, the lowest first."""
    period, page = _period(request), _page(request)
    chosen = {name: request.GET.get(name, "").replace("\x00", "") for name in FILTERS}
    rows, number = reading.ratings_behind(
        first=period.first, last=period.last, chosen=chosen, limit=PAGE, offset=(page - 1) * PAGE
    )
    context = {
        "rows": rows,
        "number": number,
        "previous": page - 1,
        "next": page + 1 if page * PAGE < number and page < MOST_PAGES else None,
        "chosen": _in_words(chosen),
        "period": period,
    }
    return render(request, "servicing/ratings/list.html", context)


@require(sees_all_clients)
@require_GET
def ratings_file(request: SignedInRequest) -> HttpResponse:
    """The table as CSV."""
    period = _period(request)
    return HttpResponse(
        reading.as_csv(reading.valued(first=period.first, last=period.last)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="ratings.csv"'},
    )


def _period(request: SignedInRequest) -> Period:
    asked = {name: request.GET.get(name, "") for name in ("first", "last")}
    return period_of(request.GET.get("period", ""), firm_today(), since=SINCE, **asked)


def _page(request: SignedInRequest) -> int:
    asked = request.GET.get("page", "")
    return max(1, min(int(asked), MOST_PAGES)) if is_id(asked) else 1


def _in_words(chosen: dict[str, str]) -> list[str]:
    """What narrows the list, for its heading."""
    found = []
    if (code := chosen["service"]) and code != reading.ANY:
        found.append(str(ServiceKind.objects.filter(code=code).first() or _("unknown service")))
    if code := chosen["tier"]:
        if code == reading.NONE:
            found.append(_("no tier"))
        elif code != reading.ANY:
            found.append(str(Tier.objects.filter(code=code).first() or _("unknown tier")))
    if value := chosen["value"]:
        found.append(_("rated %(value)s") % {"value": value})
    if chosen["low"]:
        found.append(_("%(low)s or lower") % {"low": reading.LOW})
    return found
