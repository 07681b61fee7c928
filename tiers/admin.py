"""Django admin of policies and overrides; runs and assignments to look at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Max, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from clients.commands import Refused
from clients.firm import firm_today
from tiers import overrides, policies
from tiers.models import (
    Override,
    Policy,
    PolicyFactor,
    PolicyStatus,
    PolicyTouchWeight,
    ScoringRun,
    TierAssignment,
    TierRule,
    TierSettings,
)


class ReadOnly:
    """Rows that only services write."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PartOfPolicy(admin.TabularInline):
    """A part of a policy, to be edited while the policy is a draft."""

    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None or obj.is_draft

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None or obj.is_draft

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None or obj.is_draft


class FactorInline(PartOfPolicy):
    model = PolicyFactor


class RuleInline(PartOfPolicy):
    model = TierRule

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("tier")


class TouchWeightInline(PartOfPolicy):
    model = PolicyTouchWeight

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("kind")


@admin.register(Policy)
class PolicyAdmin(admin.ModelAdmin):
    list_display = [
        "name",
        "version",
        "status",
        "stability_margin",
        "effective_on",
        "published_at",
        "published_by",
    ]
    list_filter = ["status"]
    list_select_related = ["published_by"]
    search_fields = ["name"]
    inlines = [FactorInline, RuleInline, TouchWeightInline]
    actions = ["copy", "publish"]
    readonly_fields = ["status", "prepared_by", "published_at", "published_by"]
    fieldsets = [
        (
            None,
            {
                "fields": ["name", "version", "status"],
                "description": _(
                    "A published policy never changes. Copy it, change the copy, give it a reason and a "
                    "date, and publish it with the action in the list. The policy studio does the same and "
                    "shows at once what a change would do."
                ),
            },
        ),
        (_("Score"), {"fields": ["half_life_days", "minimum_completeness", "stability_margin"]}),
        (
            _("Publication"),
            {"fields": ["effective_on", "reason", "prepared_by", "published_at", "published_by"]},
        ),
    ]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        newest = Policy.objects.aggregate(newest=Max("version"))["newest"] or 0
        return {"version": newest + 1, **super().get_changeform_initial_data(request)}

    def has_change_permission(self, request: HttpRequest, obj: Policy | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.is_draft)

    def has_delete_permission(self, request: HttpRequest, obj: Policy | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.is_draft)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Whoever changes a draft here has prepared it, as in the studio."""
        super().save_related(request, form, formsets, change)
        if form.has_changed() or any(formset.has_changed() for formset in formsets):
            policies.note_preparer(policy=form.instance, by=request.user)  # type: ignore[arg-type]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    @admin.action(description=_("Copy into a new draft"))
    def copy(self, request: HttpRequest, queryset: QuerySet[Policy]) -> None:
        for policy in queryset:
            draft = policies.clone_policy(policy=policy, by=request.user)  # type: ignore[arg-type]
            self.message_user(request, _("Draft made: %(policy)s.") % {"policy": draft})

    @admin.action(description=_("Publish the selected draft"))
    def publish(self, request: HttpRequest, queryset: QuerySet[Policy]) -> None:
        """Publishes with the reason and the date that the draft states."""
        if queryset.count() != 1:
            self.message_user(request, _("Select one draft."), messages.ERROR)
            return
        policy = queryset.get()
        try:
            policies.publish_policy(
                policy=policy,
                by=request.user,  # type: ignore[arg-type]
                reason=policy.reason,
                effective_on=policy.effective_on or firm_today(),
            )
        except Refused as refusal:
            for reason in refusal.reasons:
                self.message_user(request, reason, messages.ERROR)
        else:
            policy.refresh_from_db()
            text = (
                _("%(policy)s is published.")
                if policy.status == PolicyStatus.PUBLISHED
                else _("%(policy)s waits for its date.")
            )
            self.message_user(request, text % {"policy": policy})


@admin.register(TierSettings)
class TierSettingsAdmin(admin.ModelAdmin):
    """The one row of settings: the list leads to it."""

    fieldsets = [
        (_("By themselves"), {"fields": ["automatic_first_tiers", "automatic_upgrades"]}),
        (_("Policies"), {"fields": ["second_person"]}),
        (_("Watch list"), {"fields": ["watch_margin"]}),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        settings, _made = TierSettings.objects.get_or_create(pk=1)
        return redirect("admin:tiers_tiersettings_change", settings.pk)


class OverrideForm(ModelForm):
    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        starts_on, expires_on = cleaned.get("starts_on"), cleaned.get("expires_on")
        if starts_on and expires_on and expires_on < max(starts_on, firm_today()):
            self.add_error("expires_on", _("Choose a day from today on that is not before the first day."))
        return cleaned


@admin.register(Override)
class OverrideAdmin(admin.ModelAdmin):
    form = OverrideForm
    list_display = ["client", "tier", "reason", "starts_on", "expires_on", "ended_on", "created_by"]
    list_filter = ["tier", "reason", ("ended_on", admin.EmptyFieldListFilter)]
    list_select_related = ["client", "tier", "created_by"]
    search_fields = ["client__name", "client__external_id"]
    raw_id_fields = ["client"]
    date_hierarchy = "expires_on"
    fields = ["client", "tier", "reason", "text", "starts_on", "expires_on"]
    actions = ["end_today"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"starts_on": firm_today(), **super().get_changeform_initial_data(request)}

    def has_change_permission(self, request: HttpRequest, obj: Override | None = None) -> bool:
        return obj is None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Override | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Override, form: ModelForm, change: bool) -> None:
        made = overrides.pin_tier(
            client=obj.client,
            tier=obj.tier,
            reason=obj.reason,
            text=obj.text,
            starts_on=obj.starts_on,
            expires_on=obj.expires_on,
            by=request.user,  # type: ignore[arg-type]
        )
        obj.pk = made.pk

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().add_view(request, form_url, extra_context)
        except Refused as refusal:
            self.message_user(request, " ".join(refusal.reasons), messages.ERROR)
            return self.response_post_save_add(request, Override())

    @admin.action(description=_("End today"))
    def end_today(self, request: HttpRequest, queryset: QuerySet[Override]) -> None:
        for override in queryset:
            overrides.end_override(override=override)


@admin.register(ScoringRun)
class ScoringRunAdmin(ReadOnly, admin.ModelAdmin):
    list_display = [
        "id",
        "as_of",
        "status",
        "policy",
        "clients",
        "scored",
        "insufficient",
        "automatic",
        "page",
    ]
    list_filter = ["status", "automatic", "policy"]
    list_select_related = ["policy"]
    date_hierarchy = "as_of"

    @admin.display(description=_("page"))
    def page(self, run: ScoringRun) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("tiers:run", args=[run.pk]), _("Who moves"))


@admin.register(TierAssignment)
class TierAssignmentAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["client", "tier", "score", "starts_on", "ends_on", "source", "applied_by"]
    list_filter = ["tier", "source", ("ends_on", admin.EmptyFieldListFilter)]
    list_select_related = ["client", "tier", "applied_by"]
    search_fields = ["client__name", "client__external_id"]
    ordering = ["-starts_on", "-id"]
    show_full_result_count = False
