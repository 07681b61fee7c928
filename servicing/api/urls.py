"""The API under /api/v1/: its operations, and its document."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI

from servicing.api import clients, facts, tasks, tiers, views
from servicing.api.auth import TokenAuth, caller_of, scoped
from servicing.api.problems import answer, handle_problems, not_found
from servicing.api.schemas import Me
from servicing.api.tokens import A_MINUTE

DESCRIPTION = """The firm's clients, facts, tasks and tiers, for planning, portfolio and marketing systems.
Every call carries a token; it sees and does what the person may whom it acts as, and no more than its scopes.
Dates are ISO 8601, moments have an offset, money is text with a decimal point in the firm's currency. Errors
are `application/problem+json`."""

api = NinjaAPI(
    title="Segmentation CRM",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api",
    docs_url=None,
    openapi_url=None,
    auth=TokenAuth(),
)
handle_problems(api)


@api.get("/me", response=Me, tags=["Connection"], url_name="me", summary="Try the token")
@scoped()
def me(request: HttpRequest) -> Any:
    """Which connection this is, what it may, and how many calls this minute has left."""
    caller = caller_of(request)
    return {
        "connection": caller.name,
        "scopes": sorted(caller.scopes),
        "acting_as": caller.user.username,
        "expires_at": caller.expires_at,
        "calls_a_minute": A_MINUTE,
        "calls_left": max(A_MINUTE - caller.calls, 0),
    }


api.add_router("/clients", clients.router)
api.add_router("", facts.router)
api.add_router("", tiers.router)
api.add_router("/tasks", tasks.router)


@csrf_exempt
def nothing_here(request: HttpRequest) -> HttpResponse:
    """Any other address under the API's: an answer in its own form."""
    return answer(not_found())


urlpatterns = [
    path("api/v1/openapi.json", views.openapi, name="openapi"),
    path("api/v1/reference/", views.reference, name="api_reference"),
    path("api/v1/", api.urls),
    re_path(r"^api/.*$", nothing_here, name="api_unknown"),
]
