"""`score_clients`: a scoring run, and with `--apply` the tiers that it proposes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from clients.commands import ContractCommand, Refused, iso_date
from clients.firm import firm_today
from tiers import runs, services
from tiers.models import Policy, ScoringRun


class Command(ContractCommand):
    help = "Scores every active client and proposes its tier."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--as-of", type=iso_date, metavar="DATE", help="The run's date; default: today.")
        parser.add_argument("--policy", type=int, metavar="ID", help="Default: the published policy.")
        parser.add_argument(
            "--apply", action="store_true", help="Start the proposed tiers at the run's date."
        )

    def work(self, **options: Any) -> dict[str, Any]:
        policy = None
        if options["policy"] is not None:
            policy = Policy.objects.filter(pk=options["policy"]).first()
            if policy is None:
                raise Refused(_("There is no policy %(id)s.") % {"id": options["policy"]})
        run = services.propose_run(as_of=options["as_of"] or firm_today(), policy=policy)
        result = summary(run)
        if options["apply"]:
            applied = services.apply_run(run=run, applied_by=None)
            result["applied"] = {"moved": applied.moved, "first": applied.first}
        return result

    def text(self, result: dict[str, Any]) -> str:
        lines = [
            _("Run %(run)s under policy %(policy)s as of %(as_of)s") % result,
            _("%(clients)s clients: %(scored)s scored, %(insufficient)s with insufficient data") % result,
        ]
        for code, tier in result["tiers"].items():
            lines.append(
                _("Tier %(code)s: %(clients)s clients, revenue %(revenue).2f") % {"code": code, **tier}
            )
        for move in result["moves"]:
            lines.append(
                _("%(from)s → %(to)s: %(clients)s clients") % {**move, "from": move["from"] or _("no tier")}
            )
        lines += result["warnings"]
        if "applied" in result:
            lines.append(_("Applied: %(moved)s moved, %(first)s got their first tier") % result["applied"])
        return "\n".join(lines)


def summary(run: ScoringRun) -> dict[str, Any]:
    """The run as `--json` prints it; amounts are numbers with two decimals."""
    return {
        "run": run.pk,
        "policy": run.policy_id,
        "as_of": run.as_of.isoformat(),
        "clients": run.clients,
        "scored": run.scored,
        "insufficient": run.insufficient,
        "total_revenue": _number(run.total_revenue),
        "tiers": {
            row["tier"]: {"clients": row["clients"], "revenue": _number(row["revenue"])} for row in run.tiers
        },
        "moves": run.moves,
        "warnings": runs.warning_texts(run),
    }


def _number(amount: Decimal | str) -> float:
    """An amount for JSON, which knows no decimals; exact to the cent below 10^13."""
    return float(round(Decimal(amount), 2))
