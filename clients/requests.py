"""The request as views behind the sign-in have it, and the page that it came from."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

from clients.models import Firm, User


class SignedInRequest(HttpRequest):
    user: User
    htmx: HtmxDetails
    firm: Firm


def back_path(request: HttpRequest) -> str:
    """Where the form or the link says that the person came from, a page of this site; else ""."""
    asked = request.POST.get("back") or request.GET.get("back") or ""
    if asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None):
        return asked
    return ""
