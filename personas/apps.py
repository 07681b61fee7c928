from django.apps import AppConfig


class PersonasConfig(AppConfig):
    name = "personas"
    verbose_name = "Conversations"

    def ready(self) -> None:
        from clients.tabs import Panel
        from personas import conversation
        from personas.mapping.views import client_part
        from personas.scripts import merge_fields
        from personas.scripts.client_views import tab_part

        merge_fields.register(merge_fields.RECORD)
        conversation.register()
        conversation.register_part(Panel("personas/mapping/client_part.html", client_part, 10))
        conversation.register_part(Panel("personas/scripts/client_part.html", tab_part, 20))
