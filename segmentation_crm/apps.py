from django.apps import AppConfig, apps


class WiringConfig(AppConfig):
    name = "segmentation_crm"
    verbose_name = "Segmentation CRM"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from segmentation_crm import checks, schedules  # noqa: F401  (registers the system checks)

        # The timetable's tables are django-celery-beat's; the rows follow when they are there.
        post_migrate.connect(
            schedules.seed, sender=apps.get_app_config("django_celery_beat"), dispatch_uid="schedules"
        )
