"""Django admin: for administrators alone, entered by the product's own sign-in with its rate limits."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clients.access import WHO_MAY, is_administrator


class FirmAdminSite(AdminSite):
    site_title = _("Settings")
    site_header = _("Settings of the firm")
    index_title = _("What administrators edit")
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return user.is_active and user.is_authenticated and is_administrator(user)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """No door of its own: the product's sign-in knows rate limits and the second step."""
        if request.user.is_authenticated:
            raise PermissionDenied(WHO_MAY[is_administrator])
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))
