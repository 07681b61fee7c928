"""Exceptions to the standards: a client's own interval, the way back, and the list of them all."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clients.access import may_edit_clients, require, sees_all_clients
from clients.feedback import notice
from clients.firm import firm_today
from clients.models import Client, TeamMember, Tier, User
from clients.requests import SignedInRequest
from servicing.models import CadenceOverride, ServiceKind
from servicing.standards import exceptions, services
from servicing.standards.forms import OwnIntervalForm

PAGE = 50


@require(may_edit_clients)
def own_interval(request: SignedInRequest, pk: int) -> HttpResponse:
    """A client's own interval of one service; `kind` in the address chooses the service."""
    client = _client(request, pk)
    kinds = {kind.code: kind for kind in ServiceKind.objects.all()}
    chosen = kinds.get(request.GET.get("kind", ""))
    form = OwnIntervalForm(
        request.POST if request.method == "POST" else None, client=client, initial={"kind": chosen}
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.give_own_interval(cadence=form.save(commit=False), by=request.user)
        except ValidationError as refused:
            form.add_error(None, refused.messages)
        else:
            notice(request, _("Saved. What is not planned yet is dated by the client's own interval."))
            return redirect("clients:tab", pk, "service")
    context = {
        "client": client,
        "form": form,
        "title": _("Another interval"),
        "lead": _(
            "This client is given a service more or less often than its tier's standard says. "
            "An open task keeps its date; the next ones follow the client's own interval."
        ),
        "submit_label": _("Save the exception"),
    }
    return render(request, "servicing/client_form.html", context, status=422 if form.is_bound else 200)


@require(may_edit_clients)
@require_POST
def to_standard(request: SignedInRequest, pk: int, cadence: int) -> HttpResponse:
    """One click back: the tier's standard holds again from today on."""
    client = _client(request, pk)
    services.back_to_standard(cadence=get_object_or_404(CadenceOverride, client=client, pk=cadence))
    notice(request, _("The tier's standard holds again."))
    if request.POST.get("list"):
        return redirect("servicing:exceptions")
    return redirect("clients:tab", pk, "service")


@login_required
@require_GET
def exception_list(request: SignedInRequest) -> HttpResponse:
    """Waivers and own intervals of the clients that the person may see, fifty a page."""
    today = firm_today()
    states = {
        exceptions.IN_FORCE: _("In force"),
        exceptions.TO_COME: _("To come"),
        exceptions.ENDED: _("Ended"),
    }
    options = _options(request.user)
    chosen = {
        option["name"]: value
        for option in options
        if (value := request.GET.get(option["name"], "")) in dict(option["choices"])
    }
    state = request.GET.get("state", "")
    state = state if state in states else exceptions.IN_FORCE
    asked = exceptions.Asked(
        state=state,
        what=chosen.get("what", ""),
        kind=chosen.get("kind", ""),
        tier=chosen.get("tier", ""),
        advisor=int(chosen["advisor"]) if "advisor" in chosen else None,
        after=_position(request.GET.get("after", "")),
    )
    found = list(exceptions.listed(asked, request.user, today)[: PAGE + 1])
    rows = found[:PAGE]
    for row in rows:
        row["words"] = exceptions.in_words(row)
        row["by"] = (
            f"{row['created_by__first_name'] or ''} {row['created_by__last_name'] or ''}".strip()
            or row["created_by__username"]
        )
    last = rows[-1] if rows else None
    return render(
        request,
        "servicing/exceptions.html",
        {
            "section": "exceptions",
            "rows": rows,
            "next": f"{last['end'].isoformat()}:{last['what']}:{last['id']}"
            if last and len(found) > PAGE
            else "",
            "state": state,
            "states": states.items(),
            "options": options,
            "chosen": chosen,
            "ended": state == exceptions.ENDED,
        },
    )


def _options(user: User) -> list[dict[str, Any]]:
    """The filters beside the state, each with its choices as (value, label)."""
    leading = TeamMember.objects.filter(role__code="lead_advisor").order_by().values("user")
    people = User.objects.filter(pk__in=leading).order_by("first_name", "username")
    options = [
        {
            "name": "what",
            "label": _("Any exception"),
            "choices": [
                (exceptions.WAIVED, _("Waived")),
                (exceptions.OTHER_INTERVAL, _("Another interval")),
            ],
        },
        {
            "name": "kind",
            "label": _("Any service"),
            "choices": [(kind.code, kind.label) for kind in ServiceKind.objects.all()],
        },
        {
            "name": "tier",
            "label": _("Any tier"),
            "choices": [(tier.code, tier.label) for tier in Tier.objects.all()],
        },
    ]
    if sees_all_clients(user):
        choices = [(str(person.pk), person.display_name) for person in people]
        options.append({"name": "advisor", "label": _("Any advisor"), "choices": choices})
    return options


def _position(text: str) -> tuple[dt.date, str, int] | None:
    match = re.fullmatch(r"(\d{4}-\d{2}-\d{2}):(waiver|interval):(\d{1,18})", text, re.ASCII)
    try:
        return (dt.date.fromisoformat(match[1]), match[2], int(match[3])) if match else None
    except ValueError:
        return None


def _client(request: SignedInRequest, pk: int) -> Client:
    return get_object_or_404(Client.objects.visible_to(request.user), pk=pk)
