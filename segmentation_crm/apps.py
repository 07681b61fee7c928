from django.apps import AppConfig


class WiringConfig(AppConfig):
    name = "segmentation_crm"
    verbose_name = "Segmentation CRM"

    def ready(self) -> None:
        from segmentation_crm import checks  # noqa: F401  (registers the system checks)
