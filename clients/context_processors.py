"""What every page needs: the firm, what the person may do, and where they can go."""

from functools import cache
from typing import Any

from django.http import HttpRequest

from clients import access
from clients.firm import firm_settings
from clients.navigation import navigation


def page(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    firm = getattr(request, "firm", None) or firm_settings()
    if user is None or not user.is_authenticated:
        return {"firm": firm}
    return {
        "firm": firm,
        "navigation": cache(lambda: navigation(user, request.path)),  # only pages draw it, and twice
        "unseen_notices": access.standing_of(user).unseen_notices,
        "may": {
            "run_the_firm": access.runs_the_firm(user),
            "see_all": access.sees_all_clients(user),
            "edit_clients": access.may_edit_clients(user),
            "administer": access.is_administrator(user),
        },
    }
