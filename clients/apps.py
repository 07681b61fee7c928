from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ClientsConfig(AppConfig):
    name = "clients"
    verbose_name = "Clients"

    def ready(self) -> None:
        from clients import page_parts

        page_parts.register()


class FirmAdminConfig(AdminConfig):
    """Django admin with the product's own door."""

    default_site = "clients.admin_site.FirmAdminSite"

    def ready(self) -> None:
        super().ready()
        from clients.admin import guard_second_steps

        guard_second_steps()
