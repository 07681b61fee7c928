"""`export_run`: why a run proposes what it proposes, one line a client."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from clients.commands import ContractCommand, Refused, WrongUsage, output_file
from tiers import runs
from tiers.models import ScoringRun


class Command(ContractCommand):
    help = "Writes the explanations of a scoring run as CSV."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("run", type=int, metavar="RUN", help="The run's number.")
        parser.add_argument("--output", metavar="FILE", help="Default: standard output.")

    def work(self, **options: Any) -> dict[str, Any]:
        run = ScoringRun.objects.filter(pk=options["run"]).first()
        if run is None:
            raise Refused(_("There is no run %(id)s.") % {"id": options["run"]})
        if not run.has_details:
            raise Refused(_("The details of run %(id)s are no longer kept.") % {"id": run.pk})
        if options["output"] is None and self.as_json:
            raise WrongUsage(_("Name a file with --output: standard output is taken by --json."))
        with output_file(options["output"], self.stdout) as file:
            for lines in runs.csv_lines(run):
                file.write(lines)
        return {"run": run.pk, "clients": run.clients, "output": options["output"]}

    def text(self, result: dict[str, Any]) -> str:
        if result["output"] is None:
            return ""
        return _("Wrote %(clients)s clients of run %(run)s to %(output)s") % result
