"""`seed_demo`: a synthetic firm in an empty database."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from clients.changes import wake_sweeps
from clients.commands import ContractCommand, Refused, WrongUsage, iso_date
from clients.firm import firm_today
from clients.models import ChangeKind, Touch
from servicing.demo.firm import NotEmpty, seed_firm
from servicing.demo.history import play_history

# A larger firm is for measuring: it gets its facts, and its tiers and tasks as after an import.
MOST_WITH_HISTORY = 20_000


class Command(ContractCommand):
    help = (
        "Fills a database without clients with a synthetic firm: the same arguments give the same data. "
        "Up to 20,000 clients come with five months of tiers and tasks; for more they follow by themselves."
    )

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--clients", type=int, required=True, help="how many households")
        parser.add_argument("--seed", type=int, required=True, help="another number, another firm")
        parser.add_argument("--as-of", type=iso_date, help="the last day of its history (default: today)")

    def work(self, **options: Any) -> dict[str, Any]:
        if options["clients"] < 1:
            raise WrongUsage(_("--clients must be 1 or more."))
        as_of = options["as_of"] or firm_today()
        try:
            seeded = seed_firm(
                clients=options["clients"],
                seed=options["seed"],
                as_of=as_of,
                progress=self.progress,
            )
        except NotEmpty:
            raise Refused(
                _("The database has clients. The demo firm is loaded into an empty one only.")
            ) from None
        if options["clients"] <= MOST_WITH_HISTORY:
            play_history(as_of=as_of, progress=self.progress)
            seeded = dataclasses.replace(seeded, touches=Touch.objects.count())
        wake_sweeps(ChangeKind.FACTS, ChangeKind.SERVICE)
        return dataclasses.asdict(seeded)

    def text(self, result: dict[str, Any]) -> str:
        return (
            _(
                "Loaded %(clients)s clients of %(advisors)s advisors with %(revenue_rows)s revenue rows and "
                "%(touches)s touches."
            )
            % result
        )
