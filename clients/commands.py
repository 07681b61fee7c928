"""What all of the product's commands have in common: `--json`, exit codes, refusals, who acted.

Exit status 0: done. 1: refused or partly refused, with the reasons. 2: wrong usage, told on standard error
alone, `--json` or not. A command that fails changes nothing: its work is one transaction.
"""

from __future__ import annotations

import codecs
import datetime as dt
import json
import os
import sys
import tempfile
from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO, Any, cast

import pghistory
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder
from django.db import OperationalError, transaction
from django.utils.translation import gettext as _

REFUSED = 1
WRONG_USAGE = 2


class Refused(CommandError):
    """The work cannot be done as asked. Takes the reasons, each one sentence for a person."""

    def __init__(self, *reasons: object) -> None:
        self.reasons = [str(reason) for reason in reasons]
        super().__init__("\n".join(self.reasons), returncode=REFUSED)


class WrongUsage(CommandError):
    """Options that contradict each other or cannot be understood."""

    def __init__(self, reason: object) -> None:
        super().__init__(str(reason), returncode=WRONG_USAGE)


def iso_date(text: str) -> dt.date:
    """An option's date. Years as far off as 0206 are typing errors, and would plan or score accordingly."""
    try:
        date = dt.date.fromisoformat(text)
    except ValueError:
        date = None
    if date is None or not 1900 <= date.year <= 2099:
        reason = _("%(text)s is no date. Write YYYY-MM-DD, a day of the calendar between 1900 and 2099.")
        raise ArgumentTypeError(reason % {"text": text})
    return date


class ContractCommand(BaseCommand):
    """A command that others script. A subclass writes `add_options`, `work` and `text`."""

    atomic = True
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--json",
            action="store_true",
            help=_("Print one JSON object and nothing else."),
        )
        self.add_options(parser)

    def add_options(self, parser: CommandParser) -> None:
        """Adds the command's own options."""

    def work(self, **options: Any) -> dict[str, Any]:
        """Does the work and returns what `--json` prints. Raises Refused or WrongUsage."""
        raise NotImplementedError

    def text(self, result: dict[str, Any]) -> str:
        """`result` for people; an empty text prints nothing."""
        return "\n".join(f"{key}: {value}" for key, value in result.items())

    def exit_code(self, result: dict[str, Any]) -> int:
        """0, or 1 where `result` is a partial refusal (its reasons belong on standard error)."""
        return 0

    def handle(self, *args: Any, **options: Any) -> None:
        self.as_json = bool(options.pop("json"))
        try:
            result = self._run(**options)
        except OperationalError as error:
            raise self._explained(
                Refused(_("The database did not answer: %s") % str(error).strip())
            ) from None
        except CommandError as error:
            raise self._explained(error) from None
        except BrokenPipeError:  # the reader, such as `head`, has what it wanted
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return
        if self.as_json:
            for piece in DjangoJSONEncoder(ensure_ascii=False).iterencode(result):
                self.stdout.write(piece, ending="")
            self.stdout.write("")
        elif text := self.text(result):
            self.stdout.write(text)
        if code := self.exit_code(result):
            sys.exit(code)

    def progress(self, message: str) -> None:
        """Says how far the work is, where a person is watching."""
        if sys.stderr.isatty():
            self.stderr.write(message)

    def _run(self, **options: Any) -> dict[str, Any]:
        name = type(self).__module__.rpartition(".")[2]
        with (
            pghistory.context(command=name, user=None, by="command line"),
            transaction.atomic() if self.atomic else nullcontext(),
        ):
            return self.work(**options)

    def _explained(self, error: CommandError) -> BaseException:
        """The error after it was told: on the command line an exit status without a traceback or prefix."""
        if self.as_json and error.returncode != WRONG_USAGE:
            self.stdout.write(json.dumps({"error": str(error)}, ensure_ascii=False))
        if not getattr(self, "_called_from_command_line", False):
            return error
        self.stderr.write(str(error))
        return SystemExit(error.returncode)


@contextmanager
def output_file(path: str | None, stdout: Any) -> Iterator[IO[bytes]]:
    """A binary file to write an export to: `path`, or standard output where it is None.

    The file appears under its name only once it is whole. Raises Refused where it cannot be written.
    """
    if path is None:
        yield _binary(stdout)
        return
    target = Path(path)
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise Refused(
            _("%(path)s cannot be written: %(why)s.") % {"path": path, "why": error.strerror}
        ) from None
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        os.chmod(temporary, 0o640)
        os.replace(temporary, target)
    except BaseException as error:
        Path(temporary).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _unwritable(path, error) from None
        raise


def _unwritable(path: str, error: OSError) -> Refused:
    return Refused(_("%(path)s cannot be written: %(why)s.") % {"path": path, "why": error.strerror})


def _binary(stdout: Any) -> IO[bytes]:
    """The bytes side of a command's standard output, or a wrapper around a text stream in a test."""
    raw = getattr(stdout, "_out", stdout)
    buffer = getattr(raw, "buffer", None)
    return cast("IO[bytes]", buffer or _TextSink(raw))


class _TextSink:
    def __init__(self, stream: IO[str]) -> None:
        self.stream = stream
        self.decoder = codecs.getincrementaldecoder("utf-8")()

    def write(self, data: bytes) -> int:
        return self.stream.write(self.decoder.decode(bytes(data)))

    def flush(self) -> None:
        self.stream.flush()
