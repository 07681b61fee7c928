"""Addresses of this app, under /personas/."""

from django.contrib.auth.decorators import login_required
from django.urls import include, path
from django.views.generic import RedirectView

app_name = "personas"
urlpatterns = [
    path("", login_required(RedirectView.as_view(pattern_name="personas:map")), name="home"),
    path("map/", include("personas.mapping.urls")),
    path("scripts/", include("personas.scripts.urls")),
    path("messages/", include("personas.sending.urls")),
    path("tools/equity/", include("personas.tools.equity.urls")),
    path("tools/runway/", include("personas.tools.runway.urls")),
    path("tools/goals/", include("personas.tools.goals.urls")),
    path("tools/debt/", include("personas.tools.debt.urls")),
    path("tools/owner/", include("personas.tools.owner.urls")),
]
