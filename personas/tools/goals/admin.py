"""Admin of the goals that rankings offer, and of the questions for two that partners rank apart."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from clients.admin import TermAdmin
from personas.models import GoalKind, TradeOff


@admin.register(GoalKind)
class GoalKindAdmin(TermAdmin):
    """Goals to choose from; a round keeps the words that it was begun with."""


@admin.register(TradeOff)
class TradeOffAdmin(admin.ModelAdmin):
    """One question for each pair of goals; for the other pairs a general one is asked."""

    list_display = ["__str__", "question"]
    list_select_related = ["one", "other"]
    search_fields = ["question", "one__label", "other__label"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[TradeOff]:
        return super().get_queryset(request).select_related("one", "other")
