"""Sign-in: nobody signs up; people are invited. Administrators may do everything in Django admin."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest
from django.urls import reverse

from clients.access import is_administrator, runs_the_firm
from clients.models import Client


class InvitedOnlyAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

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
