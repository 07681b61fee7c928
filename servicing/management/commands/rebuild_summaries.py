"""Writes the derived columns of the client list anew."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from clients.commands import ContractCommand
from clients.services_facts import refresh_last_touch
from servicing.planning import rebuild_summaries
from tiers.services import refresh_scores, refresh_tiers


class Command(ContractCommand):
    help = (
        "Rebuilds what the client list shows from other tables: tier, score, last touch, next due, lateness."
    )

    def work(self, **options: Any) -> dict[str, Any]:
        return {
            "tiers": refresh_tiers(),
            "scores": refresh_scores(),
            "touches": refresh_last_touch(),
            "service": rebuild_summaries(),
        }

    def text(self, result: dict[str, Any]) -> str:
        return (
            _(
                "Rows that differed: %(tiers)s in tier, %(scores)s in score, %(touches)s in last touch, "
                "%(service)s in service."
            )
            % result
        )
