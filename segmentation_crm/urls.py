"""Every address of the product, by app."""

from django.contrib import admin
from django.urls import include, path

from segmentation_crm import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("servicing.api.urls")),
    path("", include("servicing.urls")),
    path("", include("clients.urls")),
    path("tiers/", include("tiers.urls")),
    path("clients/<int:pk>/tier/", include("tiers.client_urls")),
    path("personas/", include("personas.urls")),
]
