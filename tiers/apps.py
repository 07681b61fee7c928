from django.apps import AppConfig


class TiersConfig(AppConfig):
    name = "tiers"
    verbose_name = "Tiers"

    def ready(self) -> None:
        from clients.changes import register_sweep
        from clients.models import ChangeKind
        from tiers import client_page

        register_sweep(ChangeKind.FACTS, "tiers.first_tiers")
        client_page.register()
