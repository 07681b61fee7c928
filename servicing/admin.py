"""Admin of what the firm promises: standards, kinds, exceptions, closing days; and a look at the tasks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from servicing.models import (
    ClosingDay,
    FulfilmentRule,
    ServiceItem,
    ServiceKind,
    ServiceStandard,
    ServiceTask,
    StandingPromise,
    Waiver,
)
from servicing.work.words import promise

LONGEST_WINDOW = 366


class ServiceItemForm(forms.ModelForm):
    class Meta:
        model = ServiceItem
        exclude: list[str] = []
        widgets = {"procedure": forms.Textarea(attrs={"rows": 4, "cols": 50})}

    def clean_allowed_months(self) -> list[int]:
        months = self.cleaned_data["allowed_months"] or []
        wrong = [month for month in months if not 1 <= month <= 12]
        if wrong:
            raise ValidationError(_("Months are numbers from 1 (January) to 12 (December)."))
        return sorted(set(months))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("automated") and data.get("duration_minutes") == 0:
            self.add_error(
                "duration_minutes",
                _("An item of no minutes must be automated. Give it time, or tick automated."),
            )
        for name in ("window_before_days", "window_after_days", "lead_days"):
            if (data.get(name) or 0) > LONGEST_WINDOW:
                self.add_error(name, _("At most a year (366 days)."))
        first, last = data.get("starts_on"), data.get("ended_on")
        if first and last and last < first:
            self.add_error("ended_on", _("It cannot end before it is promised."))
        months, interval = data.get("allowed_months"), data.get("interval_months")
        if months and interval and interval < 12 and len(months) < 12 // interval:
            self.add_error(
                "allowed_months",
                _("So few months cannot hold one every %(n)s months. Allow more, or promise it less often.")
                % {"n": interval},
            )
        return data


class ServiceItemInline(admin.StackedInline):
    model = ServiceItem
    form = ServiceItemForm
    extra = 0
    show_change_link = True
    fieldsets = [
        (None, {"fields": [("kind", "interval_months", "basis"), ("role", "channel", "automated")]}),
        (_("Time"), {"fields": [("duration_minutes", "preparation_minutes")]}),
        (
            _("When"),
            {
                "fields": [
                    ("lead_days", "window_before_days", "window_after_days"),
                    ("first_offset_months", "allowed_months"),
                    ("starts_on", "ended_on"),
                ]
            },
        ),
        (_("How"), {"fields": ["procedure", "position"]}),
    ]


class StandingPromiseInline(admin.TabularInline):
    model = StandingPromise
    extra = 0


@admin.register(ServiceStandard)
class ServiceStandardAdmin(admin.ModelAdmin):
    list_display = ["tier", "promised", "standing"]
    inlines = [ServiceItemInline, StandingPromiseInline]

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


@admin.register(ServiceKind)
class ServiceKindAdmin(admin.ModelAdmin):
    list_display = ["label", "code", "touches", "position", "is_retired"]
    list_filter = [("retired_at", admin.EmptyFieldListFilter)]
    search_fields = ["label", "code"]
    inlines = [FulfilmentRuleInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ServiceKind]:
        return super().get_queryset(request).prefetch_related("fulfilled_by__touch_kind")

    def get_readonly_fields(self, request: HttpRequest, obj: ServiceKind | None = None) -> list[str]:
        return ["code"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: ServiceKind | None = None) -> bool:
        """A kind in use is retired, not deleted."""
        if obj is not None and obj.items.exists():
            return False
        return super().has_delete_permission(request, obj)

    @admin.display(description=_("fulfilled by"))
    def touches(self, kind: ServiceKind) -> str:
        return ", ".join(rule.touch_kind.label for rule in kind.fulfilled_by.all())

    @admin.display(description=_("in use"), boolean=True, ordering="retired_at")
    def is_retired(self, kind: ServiceKind) -> bool:
        return kind.retired_at is None


@admin.register(Waiver)
class WaiverAdmin(admin.ModelAdmin):
    list_display = ["client", "kind", "starts_on", "ends_on", "reason", "created_by"]
    list_filter = ["kind", "ends_on"]
    list_select_related = ["client", "kind", "created_by"]
    search_fields = ["client__name", "client__external_id"]
    autocomplete_fields = ["client"]
    date_hierarchy = "starts_on"

    def save_model(self, request: HttpRequest, obj: Waiver, form: Any, change: bool) -> None:
        if not change:
            obj.created_by = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)


@admin.register(ClosingDay)
class ClosingDayAdmin(admin.ModelAdmin):
    list_display = ["date", "name"]
    search_fields = ["name"]
    date_hierarchy = "date"


class LateFilter(admin.SimpleListFilter):
    title = _("late")
    parameter_name = "late"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Late")), ("unassigned", _("Open and unassigned"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        from clients.firm import firm_today

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
