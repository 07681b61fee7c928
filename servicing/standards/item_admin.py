"""Admin of one service item: its terms, steps, and what a change would do, shown before it is saved."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clients.admin_history import Recorded
from clients.models import TouchKind
from servicing.models import FulfilmentRule, ServiceClock, ServiceItem, ServiceStep
from servicing.standards.before_saving import ShownBeforeSaved
from servicing.standards.impact import Footing, Impact, footing, how_counted, of_item
from servicing.standards.months import refusal
from servicing.standards.rules import what_moves
from servicing.work.words import often

LONGEST_WINDOW = 366


class ServiceItemForm(forms.ModelForm):
    fulfilled_by = forms.ModelMultipleChoiceField(
        queryset=TouchKind.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("fulfilled by"),
        help_text=_(
            "A touch of these kinds that reached the client fulfils it, in every tier that promises it."
        ),
    )

    class Meta:
        model = ServiceItem
        exclude: list[str] = []
        widgets = {
            "checklist": forms.Textarea(attrs={"rows": 4, "cols": 60}),
            "agenda": forms.Textarea(attrs={"rows": 4, "cols": 60}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "fulfilled_by" in self.fields:
            rules = FulfilmentRule.objects.filter(service_kind=self.instance.kind_id)
            self.initial["fulfilled_by"] = list(rules.values_list("touch_kind", flat=True))

    def clean_allowed_months(self) -> list[int]:
        months = self.cleaned_data["allowed_months"] or []
        if any(not 1 <= month <= 12 for month in months):
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
        if months and interval and (why_not := refusal(interval, months)):
            self.add_error("allowed_months", why_not)
        self._refuse_second(data)
        return data

    def _refuse_second(self, data: dict[str, Any]) -> None:
        """A standard promises a service once."""
        standard = data.get("standard") or getattr(self.instance, "standard", None)
        kind = data.get("kind") or getattr(self.instance, "kind", None)
        if data.get("ended_on") or not (standard and kind):
            return
        others = ServiceItem.objects.filter(standard=standard, kind=kind, ended_on__isnull=True)
        if others.exclude(pk=self.instance.pk).exists():
            field = "kind" if "kind" in self.fields else "ended_on"
            self.add_error(field, _("This standard promises this service already. End that item first."))

    def _get_validation_exclusions(self) -> set[str]:
        """The form says it itself, at the field and with what to do."""
        return super()._get_validation_exclusions() | {"standard"}  # type: ignore[misc]


class ServiceStepInline(admin.TabularInline):
    model = ServiceStep
    extra = 1
    fields = ["position", "text", "role", "minutes"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "text":
            kwargs["widget"] = forms.Textarea(attrs={"rows": 2, "cols": 60})
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(ServiceItem)
class ServiceItemAdmin(Recorded, ShownBeforeSaved):
    parts = ((ServiceStep, "item"),)
    form = ServiceItemForm
    inlines = [ServiceStepInline]
    list_display = ["kind", "tier", "how_often", "role", "channel", "minutes", "ended_on"]
    list_display_links = ["kind"]
    list_filter = ["standard__tier", "kind", ("ended_on", admin.EmptyFieldListFilter)]
    list_select_related = ["standard__tier", "kind", "role"]
    search_fields = ["kind__label"]

    def get_fieldsets(self, request: HttpRequest, obj: ServiceItem | None = None) -> Any:
        how: list[Any] = ["checklist", "agenda", "position"]
        if obj:
            how.insert(0, "fulfilled_by")
        end = (
            _("In use, so it cannot be deleted: give it the date from which it is no longer promised.")
            if obj and in_use(obj)
            else None
        )
        return [
            (
                None,
                {
                    "description": _(
                        "Before a change is saved, a page shows what it does to open tasks and to hours a "
                        "year. Open tasks follow it at the next planning, each night; their dates stay."
                    ),
                    "fields": [
                        "standard",
                        ("kind", "interval_months", "basis"),
                        ("role", "channel", "automated"),
                    ],
                },
            ),
            (_("Time"), {"fields": [("duration_minutes", "preparation_minutes")]}),
            (
                _("When"),
                {
                    "fields": [
                        ("lead_days", "window_before_days", "window_after_days"),
                        ("first_offset_months", "allowed_months"),
                    ]
                },
            ),
            (_("From and until"), {"fields": [("starts_on", "ended_on")], "description": end}),
            (_("How"), {"fields": how}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: ServiceItem | None = None) -> list[str]:
        """What it promises to whom stays: another promise is another item."""
        return ["standard", "kind"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: ServiceItem | None = None) -> bool:
        """A service in use is ended at a date; the database refuses to delete it too."""
        return super().has_delete_permission(request, obj) and not (obj and in_use(obj))

    def get_actions(self, request: HttpRequest) -> Any:
        """One at a time: each deletion is looked at."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if "fulfilled_by" in form.changed_data:
            chosen = set(form.cleaned_data["fulfilled_by"])
            rules = FulfilmentRule.objects.filter(service_kind=form.instance.kind_id)
            rules.exclude(touch_kind__in=chosen).delete()
            FulfilmentRule.objects.bulk_create(
                [FulfilmentRule(service_kind_id=form.instance.kind_id, touch_kind=kind) for kind in chosen],
                ignore_conflicts=True,
            )

    def standing(self, pk: int) -> Footing | None:
        return footing(pk)

    def what_it_does(self, pk: int, before: Any, after: Any, since: int) -> Impact:
        moves = None
        if before and after and before.fulfilled_by != after.fulfilled_by:
            moves = what_moves(
                kind_id=ServiceItem.objects.values_list("kind", flat=True).get(pk=pk), since=since
            )
        return Impact(tasks=of_item(before, after, moves), counted=how_counted(after or before))

    def heading(self, standing: Any) -> str:
        return f"{standing.tier} · {standing.service}, {standing.often}"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ServiceItem]:
        return super().get_queryset(request).order_by("standard__tier__position", "position", "id")

    @admin.display(description=_("tier"), ordering="standard__tier__position")
    def tier(self, item: ServiceItem) -> str:
        return item.standard.tier.code

    @admin.display(description=_("how often"), ordering="interval_months")
    def how_often(self, item: ServiceItem) -> str:
        return often(item.interval_months)

    @admin.display(description=_("minutes"))
    def minutes(self, item: ServiceItem) -> int:
        return item.planned_minutes


def in_use(item: ServiceItem) -> bool:
    """Whether a task was ever made of it, or a client has a date for it."""
    return item.tasks.exists() or ServiceClock.objects.filter(item=item).exists()
