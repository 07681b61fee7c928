from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _


class ClientsConfig(AppConfig):
    name = "clients"
    verbose_name = "Clients"

    def ready(self) -> None:
        from clients import page_parts
        from clients.actors import register_actor
        from clients.audit import name_ignored_triggers
        from clients.register import usage
        from clients.register.fields import register_own

        connection_created.connect(name_ignored_triggers)
        register_own()
        usage.register_own()
        page_parts.register()
        register_actor("import_clients", _("Import of clients, from the command line"))
        register_actor("import_revenue", _("Import of revenue, from the command line"))
        register_actor("import_touches", _("Import of touches, from the command line"))


class FirmAdminConfig(AdminConfig):
    """Django admin with the product's own door."""

    default_site = "clients.admin_site.FirmAdminSite"

    def ready(self) -> None:
        super().ready()
        from clients.admin import guard_second_steps

        guard_second_steps()
