"""The request as views behind the sign-in have it; for type checkers."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from clients.models import Firm, User


class SignedInRequest(HttpRequest):
    user: User
    htmx: HtmxDetails
    firm: Firm
