"""Sign-in: nobody signs up; people are invited. Administrators may do everything in Django admin."""

from __future__ import annotations

from smtplib import SMTPException
from typing import Any
from urllib.parse import urlsplit

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest
from django.urls import reverse

from clients.access import is_administrator, runs_the_firm
from clients.firm import firm_settings
from clients.models import Client

log = structlog.get_logger(__name__)
MAIL_FAILURES = (SMTPException, OSError)


def site_of(request: HttpRequest) -> str:
    """What links in mails begin with: PUBLIC_URL, or where none is set the address of this request."""
    return settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}"


class InvitedOnlyAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        return site_of(self.request) + urlsplit(super().get_reset_password_from_key_url(key)).path

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail that cannot be sent is logged; another page would tell whose address is known."""
        try:
            super().send_mail(template_prefix, email, {"firm": firm_settings(), **context})
        except MAIL_FAILURES as error:
            log.error("mail_not_sent", kind=template_prefix, error=type(error).__name__)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Into a firm without clients, those who run it are led to setting it up."""
        if request.user.is_authenticated and runs_the_firm(request.user) and not Client.objects.exists():
            return reverse("clients:welcome")
        return super().get_login_redirect_url(request)


class AdministratorBackend(BaseBackend):
    """Gives every permission of Django admin to administrators, by their group alone."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return user_obj.is_active and is_administrator(user_obj)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return user_obj.is_active and is_administrator(user_obj)
