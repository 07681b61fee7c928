"""Plans the service tasks that are due."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from clients.commands import ContractCommand, iso_date
from servicing.planning import plan


class Command(ContractCommand):
    help = "Plans the service tasks that are due on a date. A second run on the same day creates nothing."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--as-of", required=True, type=iso_date, metavar="DATE")

    def work(self, **options: Any) -> dict[str, Any]:
        self.progress(_("Planning for all clients …"))
        return plan(as_of=options["as_of"]).as_dict()

    def text(self, result: dict[str, Any]) -> str:
        return _(
            "Planned as of %(as_of)s: %(created)s created, %(reopened)s opened again, %(moved)s moved, "
            "%(done)s done, %(missed)s missed, %(cancelled)s cancelled, %(waived)s waived, "
            "%(unchanged)s unchanged; %(open)s open."
        ) % {**result, "as_of": result["as_of"].isoformat()}
