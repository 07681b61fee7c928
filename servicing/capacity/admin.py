"""Admin of the hours that people have for clients: what is stated here measures their weeks at once."""

from __future__ import annotations

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from servicing.capacity import weeks
from servicing.models import ClientHours


@admin.register(ClientHours)
class ClientHoursAdmin(admin.ModelAdmin):
    list_display = ["user", "hours_a_week"]
    list_select_related = ["user"]
    autocomplete_fields = ["user"]
    search_fields = ["user__username", "user__first_name", "user__last_name"]
    ordering = ["user__first_name", "user__last_name", "user__username"]

    def get_readonly_fields(self, request: HttpRequest, obj: ClientHours | None = None) -> list[str]:
        return ["user"] if obj else []

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: ClientHours, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        weeks.measure([obj.user_id])

    @transaction.atomic
    def delete_model(self, request: HttpRequest, obj: ClientHours) -> None:
        super().delete_model(request, obj)
        weeks.measure([obj.user_id])

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ClientHours]) -> None:
        people = list(queryset.values_list("user_id", flat=True))
        super().delete_queryset(request, queryset)
        weeks.measure(people)
