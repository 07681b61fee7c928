from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TiersConfig(AppConfig):
    name = "tiers"
    verbose_name = "Tiers"

    def ready(self) -> None:
        from clients.actors import register_actor
        from clients.changes import register_sweep
        from clients.models import ChangeKind
        from clients.register.records import Record, register_record
        from clients.register.usage import register_usage
        from tiers import client_page
        from tiers.register_use import charged, weighed

        register_sweep(ChangeKind.FACTS, "tiers.first_tiers")
        client_page.register()
        register_usage(weighed)
        register_usage(charged)
        register_record(Record(_("Your service levels so far"), "tiers.TierAssignment", "starts_on"))
        register_record(
            Record(_("Service levels that a person set, with the reason"), "tiers.Override", "starts_on")
        )
        register_actor("first tiers", _("First tiers, once facts arrived"))
        register_actor("nightly run", _("Nightly scoring"))
        register_actor("score_clients", _("Scoring, from the command line"))
