"""Records that are sent, taken by the engine of imports: the same rules, the same words for what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from clients.importing.engine import ImportResult, run_import
from clients.importing.files import FileRefused, Records
from clients.importing.staging import FORMULA_STARTS
from clients.models.imports import ImportKind
from servicing.api.problems import Problem, Wrong, wrong_fields
from servicing.api.schemas import In
from servicing.api.tokens import Caller

MOST = 1_000
# Columns that a file of the kind must have, whether a record fills them or leaves them as they are.
_ALWAYS = {ImportKind.CLIENTS: ("external_id", "name")}
CLEARED = "-"  # the word by which a file clears a value
FIRST_RECORD = 2  # the number that an import gives it; the header is 1


def refuse_too_many(records: Sequence[Any]) -> None:
    if len(records) > MOST:
        raise Problem(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            _("Send at most %(n)s records at once.") % {"n": MOST},
        )


def take_records(kind: ImportKind, records: Sequence[In], caller: Caller) -> dict[str, int]:
    """Imports `records`, all or none; returns what became of them. Raises Problem with every error."""
    refuse_too_many(records)
    sent = (name for record in records for name in sorted(record.model_fields_set))
    header = list(dict.fromkeys([*_ALWAYS.get(kind, ()), *sent]))
    rows = ([_cell(record, name) for name in header] for record in records)
    try:
        result = run_import(
            kind=kind,
            path=Records(header=header, rows=rows, strict=True),
            file_name=_("API, %(connection)s") % {"connection": caller.name},
            format_name="native",
            by=caller.user,
        )
    except FileRefused as refusal:
        if isinstance(refusal.__context__, IntegrityError):
            raise Problem(HTTPStatus.CONFLICT, str(refusal)) from None
        raise wrong_fields(str(refusal)) from None
    _refuse_wrong(result)
    return {
        "records": result.rows,
        "created": result.created,
        "updated": result.updated,
        "unchanged": result.unchanged,
    }


def _cell(record: In, name: str) -> str:
    """A value as the cell of a file: nothing leaves what is stored, null clears it, text is text."""
    if name not in record.model_fields_set:
        return ""
    value = getattr(record, name)
    if value is None:
        return CLEARED
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, str) and value[:1] == "'" and value.lstrip("'")[:1] in FORMULA_STARTS:
        return f"'{value}"  # a file's apostrophe before a formula is taken off; this one is the caller's own
    return str(value).replace("\0", "")


def _refuse_wrong(result: ImportResult) -> None:
    if result.rejected:
        raise wrong_fields(
            _("%(wrong)s of %(all)s records are wrong, and nothing was written.")
            % {"wrong": result.rejected, "all": result.rows},
            *(
                Wrong(error["column"], error["message"], error["row"] - FIRST_RECORD)
                for error in result.errors
            ),
        )
