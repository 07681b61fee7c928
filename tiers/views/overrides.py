"""The firm's overrides: in force, about to end, to come, and ended."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clients.firm import firm_today
from clients.models import Tier
from clients.requests import SignedInRequest
from tiers import overrides
from tiers.models import Override

PAGE = 50


@login_required
@require_GET
def override_list(request: SignedInRequest) -> HttpResponse:
    """Overrides of the clients that the person may see, fifty a page."""
    today = firm_today()
    states = {
        overrides.IN_FORCE: _("In force"),
        overrides.ENDS_SOON: _("End within 30 days"),
        overrides.TO_COME: _("To come"),
        overrides.ENDED: _("Ended"),
    }
    state = request.GET.get("state", "")
    state = state if state in states else overrides.IN_FORCE
    tiers = list(Tier.objects.all())
    asked = _asked(request, [tier.code for tier in tiers])
    rows = overrides.listed(state, request.user, today)
    if "tier" in asked:
        rows = rows.filter(tier__code=asked["tier"])
    if "reason" in asked:
        rows = rows.filter(reason=asked["reason"])
    if position := _position(request.GET.get("after", "")):
        rows = overrides.after(rows, state, *position)
    found = list(rows[: PAGE + 1])
    page = found[:PAGE]
    return render(
        request,
        "tiers/overrides.html",
        {
            "section": "overrides",
            "rows": page,
            "next": f"{page[-1].end.isoformat()}:{page[-1].pk}" if len(found) > PAGE else "",  # type: ignore[attr-defined]
            "state": state,
            "states": states.items(),
            "tiers": tiers,
            "reasons": Override.Reason.choices,
            "asked": asked,
            "ended": state == overrides.ENDED,
        },
    )


def _asked(request: SignedInRequest, tiers: list[str]) -> dict[str, str]:
    """The filters that the address asks for; what is unknown is left out."""
    known: dict[str, Any] = {"tier": tiers, "reason": Override.Reason.values}
    return {name: value for name in known if (value := request.GET.get(name, "")) in known[name]}


def _position(text: str) -> tuple[dt.date, int] | None:
    match = re.fullmatch(r"(\d{4}-\d{2}-\d{2}):(\d{1,18})", text, re.ASCII)
    try:
        return (dt.date.fromisoformat(match[1]), int(match[2])) if match else None
    except ValueError:
        return None
