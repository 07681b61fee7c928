from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PersonasConfig(AppConfig):
    name = "personas"
    verbose_name = "Conversations"

    def ready(self) -> None:
        from clients.permission.erasing import Place, register_place
        from clients.permission.scripts import register_source
        from clients.register.records import Record, register_record
        from clients.register.usage import register_usage
        from clients.tabs import Panel
        from personas import conversation, register_use
        from personas.mapping.views import client_part
        from personas.scripts import merge_fields
        from personas.scripts.client_views import tab_part
        from personas.scripts.forgetting import forget_scripts
        from personas.tools import tab as tools_tab
        from personas.tools.debt import tool as debt
        from personas.tools.equity import tool as equity
        from personas.tools.goals import tool as goals
        from personas.tools.owner import tool as owner
        from personas.tools.runway import tool as runway

        register_usage(register_use.conditions)
        register_record(
            Record(
                _("E-mails that went to you by themselves"),
                "personas.Message",
                "created_at",
                "t.state = 'sent'",
            )
        )
        register_record(
            Record(_("Prepared words that we said or wrote to you"), "personas.ScriptUse", "used_at")
        )
        register_source(register_use.asking_words)
        merge_fields.register(merge_fields.RECORD)
        register_place(
            Place("scripts", _("links of what was said to the scripts that it chose"), forget_scripts)
        )
        conversation.register()
        tools_tab.register()
        runway.register()
        goals.register()
        debt.register()
        equity.register()
        owner.register()
        conversation.register_part(Panel("personas/mapping/client_part.html", client_part, 10))
        conversation.register_part(Panel("personas/scripts/client_part.html", tab_part, 20))
