"""What the three import commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from clients.commands import ContractCommand, Refused
from clients.importing.columns import FORMATS
from clients.importing.engine import ImportResult, run_import
from clients.importing.files import FileRefused
from clients.models.imports import ImportKind

SHOWN_ERRORS = 20


class ImportCommand(ContractCommand):
    """Imports one file. A subclass names its `kind`."""

    kind: ImportKind

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help=_("CSV (UTF-8) or XLSX."))
        parser.add_argument("--format", choices=["auto", *FORMATS], default="auto")
        parser.add_argument("--dry-run", action="store_true", help=_("Say what would happen; write nothing."))
        parser.add_argument(
            "--errors", metavar="FILE.csv", help=_("Write all errors of all records to this file.")
        )
        parser.add_argument(
            "--partial", action="store_true", help=_("Take the good records of a file with bad ones.")
        )

    def work(self, **options: Any) -> dict[str, Any]:
        path = Path(options["file"])
        try:
            result = run_import(
                kind=self.kind,
                path=path,
                file_name=path.name,
                format_name=options["format"],
                partial=options["partial"],
                dry_run=options["dry_run"],
            )
        except FileRefused as refusal:
            raise Refused(refusal) from None
        if options["errors"]:
            self._save_errors(result, options["errors"])
        self._say_mapping(result)
        self.refused = bool(result.rejected) and not (options["partial"] or options["dry_run"])
        return {
            "format": result.mapping.format.name,
            "dry_run": options["dry_run"],
            "rows": result.rows,
            "refused": self.refused,
            "created": 0 if self.refused else result.created,
            "updated": 0 if self.refused else result.updated,
            "unchanged": result.unchanged,
            "rejected": result.rejected,
            "members": result.members,
            "written": result.batch is not None,
            "import": result.batch.pk if result.batch else None,
            "mapping": result.mapping.as_json(),
            "ignored": result.mapping.ignored,
            "errors": result.errors,
        }

    def exit_code(self, result: dict[str, Any]) -> int:
        return 1 if result["rejected"] else 0

    def text(self, result: dict[str, Any]) -> str:
        counts = (
            _(
                "%(rows)s records: %(created)s created, %(updated)s updated, %(unchanged)s unchanged, "
                "%(rejected)s rejected."
            )
            % result
        )
        if result["dry_run"]:
            return _("Nothing was written (dry run). ") + counts
        if self.refused:
            return _("Nothing was written: %(rejected)s of %(rows)s records are wrong.") % result
        if not result["written"]:
            return _("Nothing changed. ") + counts
        return counts

    def _save_errors(self, result: ImportResult, path: str) -> None:
        try:
            result.errors.save(Path(path))
        except OSError as error:
            raise Refused(
                _("%(path)s cannot be written: %(why)s.") % {"path": path, "why": error.strerror}
            ) from None

    def _say_mapping(self, result: ImportResult) -> None:
        """The columns as they were understood, and the first errors, for a person."""
        if self.as_json:
            return
        self.stderr.write(_("Format: %s") % result.mapping.format.label)
        for column in result.mapping.columns:
            self.stderr.write(f"  {column.header} -> {column.field or _('left out')}")
        for number, error in enumerate(result.errors):
            if number == SHOWN_ERRORS:
                self.stderr.write(
                    _("... and %(n)s more; --errors FILE.csv writes all of them.")
                    % {"n": len(result.errors) - SHOWN_ERRORS}
                )
                break
            place = _("Record %(row)s") % error
            header = f", {error['column']}" if error["column"] else ""
            value = f": {error['value'][:80]!r}" if error["value"] else ""
            self.stderr.write(f"{place}{header}{value}: {error['message']}")
