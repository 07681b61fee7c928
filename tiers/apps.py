from django.apps import AppConfig


class TiersConfig(AppConfig):
    name = "tiers"
    verbose_name = "Tiers"

    def ready(self) -> None:
        from clients.changes import register_sweep
        from clients.models import ChangeKind

        register_sweep(ChangeKind.FACTS, "tiers.first_tiers")
