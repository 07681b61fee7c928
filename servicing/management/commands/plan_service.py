"""Plans the service tasks that are due."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from clients.commands import ContractCommand, Refused, iso_date
from clients.firm import firm_settings
from clients.models.people import holiday_trouble
from servicing import equity
from servicing.planning import lock, plan
from servicing.planning.hindsight import tasks_of_later_tiers


class Command(ContractCommand):
    help = "Plans the service tasks that are due on a date. A second run on the same day creates nothing."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--as-of", required=True, type=iso_date, metavar="DATE")
        parser.add_argument(
            "--force", action="store_true", help="plan for a day before the tiers that open tasks follow from"
        )

    def work(self, **options: Any) -> dict[str, Any]:
        firm = firm_settings()
        if trouble := holiday_trouble(firm.country, firm.subdivision):
            raise Refused(*(str(text) for text in trouble.values()))
        lock()
        if not options["force"] and (tasks := tasks_of_later_tiers(options["as_of"])):
            raise Refused(
                _(
                    "On %(day)s the tiers that %(tasks)s open tasks follow from had not begun: planning for "
                    "that day would cancel or move them. Name a later day, or add --force."
                )
                % {"day": options["as_of"].isoformat(), "tasks": tasks}
            )
        self.progress(_("Planning for all clients …"))
        equity.open_tasks(day=options["as_of"])
        return plan(as_of=options["as_of"]).as_dict()

    def text(self, result: dict[str, Any]) -> str:
        return _(
            "Planned as of %(as_of)s: %(created)s created, %(reopened)s opened again, %(moved)s moved, "
            "%(done)s done, %(missed)s missed, %(cancelled)s cancelled, %(waived)s waived, "
            "%(unchanged)s unchanged; %(open)s open."
        ) % {**result, "as_of": result["as_of"].isoformat()}
