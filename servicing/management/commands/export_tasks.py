"""Writes service tasks as CSV."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from clients.commands import ContractCommand, WrongUsage, iso_date, output_file
from servicing.work.export import write_tasks


class Command(ContractCommand):
    help = "Writes service tasks due in a period as CSV, to a file or to standard output."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="first", type=iso_date, metavar="DATE")
        parser.add_argument("--to", dest="last", type=iso_date, metavar="DATE")
        parser.add_argument("--output", metavar="FILE")

    def work(self, **options: Any) -> dict[str, Any]:
        first, last, output = options["first"], options["last"], options["output"]
        if first and last and first > last:
            raise WrongUsage(_("--from must not be after --to."))
        if self.as_json and not output:
            raise WrongUsage(_("--json needs --output: both would write to standard output."))
        with output_file(output, self.stdout) as file:
            rows = write_tasks(file, first=first, last=last)
        return {"rows": rows, "output": output}

    def text(self, result: dict[str, Any]) -> str:
        if result["output"] is None:
            return ""
        return _("%(rows)s tasks written to %(output)s.") % result
