"""Admin of what tags change in tasks; the open tasks of the whole firm follow a change by themselves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clients.admin import RetiredFilter
from clients.changes import wake_sweeps
from clients.models import ChangeKind
from servicing.models import TaskModifier
from servicing.models.modifiers import EFFECTS, TAGS
from servicing.models.standards import Channel


class TaskModifierForm(forms.ModelForm):
    replaces = forms.MultipleChoiceField(
        choices=Channel.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("in place of"),
        help_text=_("The standard's channels that it takes the place of. None: any other."),
    )

    class Meta:
        model = TaskModifier
        fields = [*TAGS, *EFFECTS, "replaces", "follow_up_channel", "reason", "order"]


@admin.register(TaskModifier)
class TaskModifierAdmin(admin.ModelAdmin):
    """One value of a tag, and what it changes. Behavioral ones act only while permission is granted."""

    form = TaskModifierForm
    list_display = ["__str__", "channel", "most_minutes", "length_percent", "booking_days", "time_of_day",
                    "follow_up_days", "prepare", "order", "retired_at"]  # fmt: skip
    list_filter = [RetiredFilter]
    list_select_related = TAGS
    search_fields = ["reason", "prepare"]
    fieldsets = [
        (_("For clients with"), {"fields": list(TAGS), "description": _("Exactly one of these.")}),
        (_("How it is held"), {"fields": ["channel", "replaces", "time_of_day", "booking_days"]}),
        (_("How long"), {"fields": ["most_minutes", "length_percent"]}),
        (_("Before and after"), {"fields": ["prepare", "follow_up_days", "follow_up_channel"]}),
        (None, {"fields": ["reason", "order"]}),
    ]
    actions = ["retire", "bring_back"]

    def save_model(self, request: HttpRequest, obj: TaskModifier, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        wake_sweeps(ChangeKind.SERVICE)

    def delete_model(self, request: HttpRequest, obj: TaskModifier) -> None:
        super().delete_model(request, obj)
        wake_sweeps(ChangeKind.SERVICE)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[TaskModifier]) -> None:
        super().delete_queryset(request, queryset)
        wake_sweeps(ChangeKind.SERVICE)

    @admin.action(description=_("Retire: change nothing any more"))
    def retire(self, request: HttpRequest, queryset: QuerySet[TaskModifier]) -> None:
        number = queryset.filter(retired_at__isnull=True).update(retired_at=timezone.now())
        wake_sweeps(ChangeKind.SERVICE)
        self.message_user(request, ngettext("%d retired.", "%d retired.", number) % number)

    @admin.action(description=_("Use again"))
    def bring_back(self, request: HttpRequest, queryset: QuerySet[TaskModifier]) -> None:
        number = queryset.filter(retired_at__isnull=False).update(retired_at=None)
        wake_sweeps(ChangeKind.SERVICE)
        self.message_user(request, ngettext("%d in use again.", "%d in use again.", number) % number)
