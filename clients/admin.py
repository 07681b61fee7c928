"""Django admin of the record: the firm, its words, its people and their teams."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.db.models.deletion import ProtectedError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clients.models import (
    AttentionConstraint,
    BehavioralTrigger,
    Client,
    ClientSummary,
    ComplexityDriver,
    Firm,
    IncomeStructure,
    Persona,
    RatingMeaning,
    ServiceRole,
    TeamMember,
    Term,
    Tier,
    TouchKind,
    User,
)
from clients.register.active import kept


class RetiredFilter(admin.SimpleListFilter):
    title = _("use")
    parameter_name = "retired"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("Can be chosen")), ("yes", _("Retired"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() in ("yes", "no"):
            return queryset.filter(retired_at__isnull=self.value() == "no")
        return queryset


class TermAdmin(admin.ModelAdmin):
    """A word: its code stays, and where it is in use it is retired, never deleted."""

    list_display = ["label", "code", "changes", "position", "is_active"]
    list_editable = ["position"]
    list_filter = [RetiredFilter]
    search_fields = ["label", "code"]
    ordering = ["position", "label"]
    fields = ["label", "code", "changes", "position", "retired_at"]
    readonly_fields = ["retired_at"]
    actions = ["retire", "bring_back"]

    @admin.display(description=_("can be chosen"), boolean=True)
    def is_active(self, term: Term) -> bool:
        return term.retired_at is None

    def get_readonly_fields(self, request: HttpRequest, obj: Term | None = None) -> list[str]:
        return [*self.readonly_fields, "code"] if obj else self.readonly_fields

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def has_delete_permission(self, request: HttpRequest, obj: Term | None = None) -> bool:
        """Only a word that nothing uses can be deleted."""
        return obj is not None and not _in_use(obj) and super().has_delete_permission(request, obj)

    def delete_model(self, request: HttpRequest, obj: Term) -> None:
        try:
            super().delete_model(request, obj)
        except ProtectedError:
            self.message_user(request, _("It is in use: retire it instead."), messages.ERROR)

    @admin.action(description=_("Retire: keep it where it is, no longer offer it"))
    def retire(self, request: HttpRequest, queryset: QuerySet[Term]) -> None:
        number = queryset.filter(retired_at__isnull=True).update(retired_at=timezone.now())
        self.message_user(request, ngettext("%d word retired.", "%d words retired.", number) % number)

    @admin.action(description=_("Offer again"))
    def bring_back(self, request: HttpRequest, queryset: QuerySet[Term]) -> None:
        number = queryset.filter(retired_at__isnull=False).update(retired_at=None)
        self.message_user(
            request,
            ngettext("%d word can be chosen again.", "%d words can be chosen again.", number) % number,
        )


def _in_use(term: Term) -> bool:
    """Whether any row points at the word, whichever app it belongs to."""
    relations: list[Any] = [
        relation
        for relation in term._meta.get_fields(include_hidden=True)
        if relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)
    ]
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: term}).exists()
        for relation in relations
    )


admin.site.register(
    [ComplexityDriver, BehavioralTrigger, AttentionConstraint, Persona, IncomeStructure], TermAdmin
)


@admin.register(Tier)
class TierAdmin(TermAdmin):
    """The order of the tiers is also kept beside every client, for the list: it follows."""

    list_display = ["label", "code", "position", "changes", "is_active"]

    def save_model(self, request: HttpRequest, obj: Tier, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        stale = ClientSummary.objects.filter(tier=obj).exclude(tier_position=obj.position)
        stale.update(tier_position=obj.position)


@admin.register(ServiceRole)
class ServiceRoleAdmin(TermAdmin):
    list_display = ["label", "code", "hourly_cost", "position", "is_active"]
    list_editable = ["hourly_cost", "position"]
    fields = ["label", "code", "hourly_cost", "changes", "position", "retired_at"]


@admin.register(TouchKind)
class TouchKindAdmin(TermAdmin):
    list_display = ["label", "code", "engagement_weight", "default_outcome", "position", "is_active"]
    list_editable = ["engagement_weight", "position"]
    list_filter = [RetiredFilter, "default_outcome"]
    fields = ["label", "code", "engagement_weight", "default_outcome", "changes", "position", "retired_at"]


@admin.register(RatingMeaning)
class RatingMeaningAdmin(admin.ModelAdmin):
    """What the ratings from 1 to 5 mean; shown where clients are rated and printed with the policy."""

    list_display = ["rated", "rating", "meaning", "example"]
    list_display_links = ["meaning"]
    list_filter = ["rated"]
    fields = ["rated", "rating", "meaning", "example"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["rated", "rating"] if obj else []


@admin.register(Firm)
class FirmAdmin(admin.ModelAdmin):
    """The one firm."""

    list_display = ["__str__", "time_zone", "country", "subdivision", "currency"]
    fieldsets = [
        (
            None,
            {"fields": ["name", "time_zone", "country", "subdivision", "currency", "postal_address"]},
        ),
        (
            _("Office hours"),
            {
                "fields": ["opens_at", "closes_at"],
                "description": _(
                    "Promised answer times count in them. A request keeps the time that was promised when it "
                    "came in; a change holds for those that come after it."
                ),
            },
        ),
        (_("Reminders"), {"fields": ["digest_hour", "escalate_after_days"]}),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class PersonAdmin(UserAdmin):
    """People. New ones are invited from the People page; what they may do follows from their groups."""

    list_display = ["username", "first_name", "last_name", "email", "roles", "is_active", "last_login"]
    list_filter = ["groups", "is_active"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Person"), {"fields": ["first_name", "last_name", "email", "time_zone"]}),
        (
            _("Rights"),
            {
                "fields": ["is_active", "groups"],
                "description": _("The group decides: administrators enter these settings, nobody else does."),
            },
        ),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    readonly_fields = ["last_login", "date_joined"]
    filter_horizontal = ["groups"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=_("roles"))
    def roles(self, user: User) -> str:
        return ", ".join(group.name for group in user.groups.all())

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """People are deactivated: their names stay on what they did."""
        return False


class ReadOnlyGroupAdmin(GroupAdmin):
    """The four roles are the product's; people are put into them, they are not edited."""

    fields = ["name"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


admin.site.unregister(Group)
admin.site.register(Group, ReadOnlyGroupAdmin)


@admin.register(TeamMember)
class TeamMemberAdmin(admin.ModelAdmin):
    """Who serves which client in which role."""

    list_display = ["client", "role", "user"]
    list_filter = ["role"]
    list_select_related = ["client", "role", "user"]
    search_fields = ["client__external_id", "user__username", "user__last_name"]
    search_help_text = _("Client number, or a person's username or last name")
    autocomplete_fields = ["client", "user"]
    show_full_result_count = False


class TeamInline(admin.TabularInline):
    model = TeamMember
    extra = 0
    autocomplete_fields = ["user"]


@admin.register(Client)
class ClientAdmin(admin.ModelAdmin):
    """To look a client up. The record is changed on the client's own page, which knows its rules."""

    list_display = ["name", "external_id", "status", "permission", "client_since"]
    list_filter = ["status", "permission", "persona"]
    search_fields = ["name", "external_id"]
    search_help_text = _("Name or client number")
    show_full_result_count = False
    inlines = [TeamInline]
    fields = ["name", "external_id", "status", "client_since", "permission"]
    readonly_fields = ["name", "external_id", "status", "client_since", "permission"]

    def get_list_display(self, request: HttpRequest) -> Any:
        return kept(self.list_display)

    def get_list_filter(self, request: HttpRequest) -> Any:
        return kept(self.list_filter)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return kept(self.fields or [])

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing inside retention is deleted: a client who leaves becomes a former one."""
        return False


class AuthenticatorAdmin(admin.ModelAdmin):
    """Whose sign-in has a second step. It can be taken away when a phone is lost; its secret is not shown."""

    list_display = ["user", "type", "created_at", "last_used_at"]
    list_filter = ["type"]
    list_select_related = ["user"]
    search_fields = ["user__username", "user__email"]
    fields = ["user", "type", "created_at", "last_used_at"]
    readonly_fields = ["user", "type", "created_at", "last_used_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


def guard_second_steps() -> None:
    """Puts our own admin of second steps in the place of the one that shows their secrets."""
    admin.site.unregister(Authenticator)
    admin.site.register(Authenticator, AuthenticatorAdmin)
