from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServicingConfig(AppConfig):
    name = "servicing"
    verbose_name = _("Service")

    def ready(self) -> None:
        from clients import people
        from clients.actors import register_actor
        from clients.changes import register_sweep
        from clients.models import ChangeKind
        from clients.own_settings import SettingsPanel, register_settings_panel
        from clients.permission.erasing import Place, register_place
        from clients.register.records import Record, register_record
        from clients.register.usage import register_usage
        from clients.tabs import Panel, Tab, register_panel, register_tab
        from personas.conversation import register_part
        from personas.scripts import merge_fields
        from servicing import owner_steps
        from servicing.book.leaving import belongings
        from servicing.book.panel import became
        from servicing.capacity.of_draft import hours_of_draft
        from servicing.equity import sweep as equity_dates
        from servicing.exports.services import forget_for
        from servicing.meetings import tracked as kept_of_meetings
        from servicing.meetings.views import client_part
        from servicing.modifiers.forgetting import forget_ticks
        from servicing.modifiers.register_use import acting
        from servicing.ratings import tracked as kept_of_ratings
        from servicing.reminders import handing_over
        from servicing.requests import services as requests
        from servicing.retention import access as access_requests
        from servicing.retention import views as retention_views
        from servicing.review import tracked as kept_of_reviews
        from servicing.sending.fields import SERVICE
        from servicing.standards.exceptions import differences
        from servicing.transitions import keeping as transitions
        from servicing.transitions import tracked as kept_of_transitions
        from servicing.transitions import views as transition_views
        from servicing.views import calendar
        from servicing.views.client import service_tab
        from servicing.views.requests import client_requests
        from servicing.work import following, origins
        from tiers.panels import Panel as SimulationPanel
        from tiers.panels import register_panel as register_simulation_panel

        register_sweep(ChangeKind.SERVICE, "servicing.plan_changed")
        register_usage(acting)
        for record in (
            Record(_("Services that we planned or gave"), "servicing.ServiceTask", "due_on"),
            Record(_("What you asked of us"), "servicing.ClientRequest", "received_at"),
            Record(_("Services left out as agreed, with the reason"), "servicing.Waiver", "starts_on"),
            Record(_("Services at an interval of your own"), "servicing.CadenceOverride", "starts_on"),
            Record(_("Requests to see what we hold"), "servicing.AccessRequest", "asked_on"),
        ):
            register_record(record)
        kept_of_meetings.register()
        kept_of_transitions.register()
        kept_of_ratings.register()
        kept_of_reviews.register()
        register_actor("plan_changed", _("Planning, after something changed"))
        register_actor("plan_all", _("Nightly planning"))
        register_actor("plan_service", _("Planning, from the command line"))
        register_actor("rebuild_summaries", _("Rebuilding of summaries, from the command line"))
        register_actor("send_messages", _("Sending of e-mails to clients"))
        register_actor("escalate_requests", _("The look-out for requests that wait"))
        register_actor("anonymise", _("Anonymising of former clients"))
        register_actor("seed_demo", _("The demo firm"))
        register_tab(
            Tab(
                slug="service",
                label=_("Service"),
                template="servicing/client_tab.html",
                context=service_tab,
                order=40,
            )
        )
        register_panel(Panel("servicing/partials/differs_panel.html", differences, 20))
        register_settings_panel(
            SettingsPanel(calendar.PANEL, "servicing/calendar/panel.html", calendar.panel, 20)
        )
        register_panel(Panel("servicing/book/panel.html", became, 5))
        people.register_holdings(belongings)
        register_panel(Panel("servicing/partials/requests_panel.html", client_requests, 50))
        register_panel(Panel("servicing/retention/panel.html", retention_views.panel, 58))
        register_panel(Panel("servicing/transitions/panel.html", transition_views.panel, 55))
        following.register_source(requests.SOURCE, requests.keep_in_line)
        following.register_source(owner_steps.SOURCE, owner_steps.keep_in_line)
        following.register_source(transitions.SOURCE, transitions.keep_in_line)
        following.register_move(owner_steps.move_steps)
        origins.register_origin(owner_steps.SOURCE, "owner_steps")
        for source in equity_dates.SOURCES:
            origins.register_origin(source, "equity")
        following.register_hand_over(handing_over.tell_of_hand_over, handing_over.take_back)
        following.register_hand_over(transitions.handed_over, transitions.hand_over_undone)
        merge_fields.register(SERVICE)
        register_place(Place("exports", _("exports that waited to be downloaded"), forget_for))
        answers = _("answers to access requests that waited")
        register_place(Place("answers", answers, access_requests.forget_for))
        register_place(Place("prepared", _("ticks of what it asked to prepare"), forget_ticks))
        register_part(Panel("servicing/meetings/client_part.html", client_part, 15))
        register_simulation_panel(SimulationPanel("servicing/capacity/draft_panel.html", hours_of_draft, 10))
