"""Admin of what the firm promises: standards, kinds, exceptions, closing days; and a look at the tasks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import admin
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from clients.admin_history import Recorded
from clients.changes import noted_since, wake_sweeps
from clients.firm import firm_today
from clients.models import ChangeKind, Client, User
from servicing.absences.services import going_back, what_becomes
from servicing.absences.words import goes_back, in_sentences
from servicing.capacity.admin import ClientHoursAdmin
from servicing.equity.admin import EquityLeadAdmin
from servicing.meetings.admin import ReadyDecisionAdmin
from servicing.models import (
    Absence,
    CadenceOverride,
    ClosingDay,
    FulfilmentRule,
    ServiceItem,
    ServiceKind,
    ServiceStandard,
    ServiceTask,
    StandingPromise,
    Waiver,
)
from servicing.modifiers.admin import TaskModifierAdmin
from servicing.planning import plan
from servicing.standards.before_saving import ShownBeforeSaved
from servicing.standards.impact import Impact, fulfilling, of_rules, of_waiver
from servicing.standards.item_admin import ServiceItemAdmin
from servicing.standards.rules import what_moves
from servicing.transitions.admin import LeavingReasonAdmin, TransitionSettingsAdmin, TransitionStepAdmin
from servicing.work.words import promise

__all__ = [
    "ClientHoursAdmin",
    "EquityLeadAdmin",
    "LeavingReasonAdmin",
    "ReadyDecisionAdmin",
    "ServiceItemAdmin",
    "TaskModifierAdmin",
    "TransitionSettingsAdmin",
    "TransitionStepAdmin",
]


class ServiceItemInline(admin.TabularInline):
    """A look: each item has a page of its own, which says what a change would do."""

    model = ServiceItem
    extra = 0
    fields = ["service", "interval_months", "role", "channel", "planned_minutes", "ended_on"]
    readonly_fields = ["service", "planned_minutes"]
    ordering = ["position", "id"]
    can_delete = False
    verbose_name_plural = _("service items, changed on their own pages")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("service"))
    def service(self, item: ServiceItem) -> str:
        address = reverse("admin:servicing_serviceitem_change", args=[item.pk])
        return format_html('<a href="{}">{}</a>', address, item.kind.label)

    @admin.display(description=_("minutes"))
    def planned_minutes(self, item: ServiceItem) -> int:
        return item.planned_minutes


class StandingPromiseInline(admin.TabularInline):
    model = StandingPromise
    extra = 0


@admin.register(ServiceStandard)
class ServiceStandardAdmin(Recorded):
    parts = ((StandingPromise, "standard"), (ServiceItem, "standard"))
    list_display = ["tier", "promised", "standing"]
    inlines = [ServiceItemInline, StandingPromiseInline]

    def get_readonly_fields(self, request: HttpRequest, obj: ServiceStandard | None = None) -> list[str]:
        return ["tier"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: ServiceStandard | None = None) -> bool:
        """A standard with items stays: its items are ended, each at a date."""
        return super().has_delete_permission(request, obj) and not (obj and obj.items.exists())

    def get_queryset(self, request: HttpRequest) -> QuerySet[ServiceStandard]:
        items = (
            ServiceItem.objects.filter(ended_on__isnull=True)
            .select_related("kind")
            .order_by("position", "id")
        )
        return (
            super()
            .get_queryset(request)
            .select_related("tier")
            .prefetch_related(Prefetch("items", queryset=items, to_attr="current_items"))
            .annotate(standing_promises=Count("promises"))
        )

    @admin.display(description=_("promises"))
    def promised(self, standard: Any) -> str:
        lines = ((promise(item.kind.label, item.interval_months),) for item in standard.current_items)
        return format_html_join("; ", "{}", lines)

    @admin.display(description=_("standing promises"), ordering="standing_promises")
    def standing(self, standard: Any) -> int:
        return standard.standing_promises


class FulfilmentRuleInline(admin.TabularInline):
    model = FulfilmentRule
    extra = 0
    verbose_name_plural = _("fulfilled by a touch of these kinds that reached the client")


@dataclass(frozen=True)
class Fulfilled:
    """A service with the touches that fulfil it."""

    service: str = field(compare=False)
    by: tuple[str, ...]


@admin.register(ServiceKind)
class ServiceKindAdmin(Recorded, ShownBeforeSaved):
    parts = ((FulfilmentRule, "service_kind"),)
    list_display = ["label", "code", "touches", "position", "is_retired"]
    list_filter = [("retired_at", admin.EmptyFieldListFilter)]
    search_fields = ["label", "code"]
    inlines = [FulfilmentRuleInline]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        wake_sweeps(ChangeKind.SERVICE)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ServiceKind]:
        return super().get_queryset(request).prefetch_related("fulfilled_by__touch_kind")

    def get_readonly_fields(self, request: HttpRequest, obj: ServiceKind | None = None) -> list[str]:
        return ["code"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: ServiceKind | None = None) -> bool:
        """A kind in use is retired, not deleted."""
        if obj is not None and obj.items.exists():
            return False
        return super().has_delete_permission(request, obj)

    def standing(self, pk: int) -> Fulfilled | None:
        kind = ServiceKind.objects.filter(pk=pk, items__isnull=False).first()
        return Fulfilled(kind.label, fulfilling(pk)) if kind else None

    def what_it_does(self, pk: int, before: Any, after: Any, since: int) -> Impact:
        moves = what_moves(kind_id=pk, since=since)
        return Impact(tasks=of_rules(after.service, after.by, moves))

    def heading(self, standing: Any) -> str:
        return standing.service

    @admin.display(description=_("fulfilled by"))
    def touches(self, kind: ServiceKind) -> str:
        return ", ".join(rule.touch_kind.label for rule in kind.fulfilled_by.all())

    @admin.display(description=_("in use"), boolean=True, ordering="retired_at")
    def is_retired(self, kind: ServiceKind) -> bool:
        return kind.retired_at is None


@admin.register(Waiver)
class WaiverAdmin(ShownBeforeSaved):
    """Of any client. What is waived or comes back is shown before a waiver is saved."""

    list_display = ["client", "kind", "starts_on", "ends_on", "reason", "created_by"]
    list_filter = ["kind", "ends_on"]
    list_select_related = ["client", "kind", "created_by"]
    search_fields = ["client__name", "client__external_id"]
    autocomplete_fields = ["client"]
    date_hierarchy = "starts_on"

    def standing(self, pk: int) -> tuple[Any, ...] | None:
        return Waiver.objects.filter(pk=pk).values_list("client", "kind", "starts_on", "ends_on").first()

    def what_it_does(self, pk: int, before: Any, after: Any, since: int) -> Impact:
        clients = noted_since(ChangeKind.SERVICE, since)
        open_before = _open_tasks(clients)
        plan(as_of=firm_today(), clients=clients)
        open_after = _open_tasks(clients)
        return Impact(tasks=of_waiver(len(open_before - open_after), len(open_after - open_before)))

    def heading(self, standing: Any) -> str:
        client, kind, _starts_on, _ends_on = standing
        return f"{Client.objects.get(pk=client)} · {ServiceKind.objects.get(pk=kind)}"

    def save_model(self, request: HttpRequest, obj: Waiver, form: Any, change: bool) -> None:
        if not change:
            obj.created_by = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)
        wake_sweeps(ChangeKind.SERVICE)


def _open_tasks(clients: list[int]) -> set[int]:
    return set(ServiceTask.objects.open().filter(client__in=clients).values_list("pk", flat=True))


@admin.register(CadenceOverride)
class CadenceOverrideAdmin(admin.ModelAdmin):
    """A look only: own intervals are given and ended on the client's page, where planning follows at once."""

    list_display = ["client", "kind", "interval_months", "starts_on", "ends_on", "reason", "created_by"]
    list_filter = ["kind", "interval_months", "ends_on"]
    list_select_related = ["client", "kind", "created_by"]
    search_fields = ["client__name", "client__external_id"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: CadenceOverride | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: CadenceOverride | None = None) -> bool:
        return False


@admin.register(Absence)
class AbsenceAdmin(ShownBeforeSaved):
    """Anybody's. What becomes of the work is shown before an absence is saved or deleted."""

    counts_hours = False  # who is away changes who does the work, and when; not how much is promised
    delete_confirmation_template = "admin/servicing/absence_delete.html"
    list_display = ["user", "first_on", "last_on", "stand_in", "note"]
    list_filter = ["last_on"]
    list_select_related = ["user", "stand_in"]
    search_fields = ["user__username", "user__first_name", "user__last_name"]
    autocomplete_fields = ["user", "stand_in"]
    date_hierarchy = "first_on"

    def standing(self, pk: int) -> tuple[Any, ...] | None:
        return Absence.objects.filter(pk=pk).values_list("user", "first_on", "last_on", "stand_in").first()

    def what_it_does(self, pk: int, before: Any, after: Any, since: int) -> Impact:
        absence = Absence.objects.select_related("user", "stand_in").get(pk=pk)
        return Impact(tasks=in_sentences(what_becomes(absence=absence, since=since), absence))

    def heading(self, standing: Any) -> str:
        person, first_on, last_on, _stand_in = standing
        who = User.objects.get(pk=person).display_name
        return f"{who}, {date_format(first_on, 'DATE_FORMAT')} – {date_format(last_on, 'DATE_FORMAT')}"

    def get_actions(self, request: HttpRequest) -> Any:
        """One at a time: what each deletion gives back is looked at."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """The page that asks says which work goes back."""
        absence = self.get_object(request, object_id) if request.method == "GET" else None
        if absence and self.has_delete_permission(request, absence):
            says = goes_back(going_back(absence=absence), absence)
            extra_context = {**(extra_context or {}), "says": says}
        return super().delete_view(request, object_id, extra_context)

    def save_model(self, request: HttpRequest, obj: Absence, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        wake_sweeps(ChangeKind.SERVICE)

    def delete_model(self, request: HttpRequest, obj: Absence) -> None:
        super().delete_model(request, obj)
        wake_sweeps(ChangeKind.SERVICE)


@admin.register(ClosingDay)
class ClosingDayAdmin(Recorded):
    list_display = ["date", "name"]
    search_fields = ["name"]
    date_hierarchy = "date"


class LateFilter(admin.SimpleListFilter):
    title = _("late")
    parameter_name = "late"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Late")), ("unassigned", _("Open and unassigned"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "yes":
            return queryset.late(firm_today())
        if self.value() == "unassigned":
            return queryset.open().filter(Q(assigned_to__isnull=True))
        return queryset


@admin.register(ServiceTask)
class ServiceTaskAdmin(admin.ModelAdmin):
    """A look only: tasks are worked on the pages, where touches and planning follow."""

    list_display = ["client", "kind", "tier", "due_on", "window_end", "status", "assigned_to", "completed_on"]
    list_filter = ["status", LateFilter, "tier", "kind"]
    list_select_related = ["client", "kind", "tier", "assigned_to"]
    search_fields = ["client__name", "client__external_id"]
    date_hierarchy = "due_on"
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ServiceTask | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ServiceTask | None = None) -> bool:
        return False
