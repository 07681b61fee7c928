"""`manage.py export_clients [--output FILE]`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from clients.commands import ContractCommand, WrongUsage, output_file
from clients.exporting import client_lines


class Command(ContractCommand):
    help = "Exports all clients as CSV; imported again it changes nothing."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--output", metavar="FILE", help=_("Write to this file, not to standard output."))

    def work(self, **options: Any) -> dict[str, Any]:
        path = options["output"]
        if self.as_json and path is None:
            raise WrongUsage(_("--json needs --output: both would write to standard output."))
        size = 0
        with output_file(path, self.stdout) as file:
            for piece in client_lines():
                size += len(piece)
                file.write(piece)
            file.flush()
        return {"output": path, "bytes": size}

    def text(self, result: dict[str, Any]) -> str:
        return _("Written to %(output)s.") % result if result["output"] else ""
