"""What every page needs: the firm, and what the person may reach."""

from typing import Any

from django.http import HttpRequest

from clients import access
from clients.firm import firm_settings


def page(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    firm = getattr(request, "firm", None) or firm_settings()
    if user is None or not user.is_authenticated:
        return {"firm": firm}
    return {
        "firm": firm,
        "may": {
            "run_the_firm": access.runs_the_firm(user),
            "see_all": access.sees_all_clients(user),
            "edit_clients": access.may_edit_clients(user),
            "administer": access.is_administrator(user),
        },
    }
