"""Small files and the commands that read them, for the tests of import and export."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

from django.core.management import call_command

from clients.commands import Refused
from clients.models import Client, User

NATIVE = (
    "external_id,name,status,client_since,advisor,complexity_driver,behavioral_trigger,attention_constraint,"
    "persona,income_structure,permission,assets_under_management,potential_revenue,growth_potential,"
    "alignment,email,phone"
)
OKAFOR = (
    "C-1,Okafor household,Active,2014-05-02,ann,concentration_risk,Avoidance,TIME POVERTY,Physician,"
    'dual_income,granted,"1,234,500.50",12000,4,5,ok@example.com,+1 555 010 0000'
)


def person(username: str = "ann", **fields: Any) -> User:
    return User.objects.create_user(username, fields.pop("email", f"{username}@example.com"), "x", **fields)


def write(folder: Path, text: str | bytes, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def run(kind: str, path: Path, *options: str) -> tuple[int, dict[str, Any]]:
    """Runs an import command with --json; returns its exit status and what it printed."""
    out = io.StringIO()
    code = 0
    try:
        call_command(f"import_{kind}", str(path), "--json", *options, stdout=out, stderr=io.StringIO())
    except SystemExit as end:
        code = int(end.code or 0)
    except Refused as refusal:
        code = refusal.returncode
    return code, json.loads(out.getvalue())


def done(kind: str, path: Path, *options: str) -> dict[str, Any]:
    """Runs an import that must succeed."""
    code, result = run(kind, path, *options)
    assert code == 0, result
    return result


def refused(kind: str, path: Path) -> str:
    """Runs an import that must refuse the file as a whole; returns the reason."""
    code, result = run(kind, path)
    assert code == 1
    assert set(result) == {"error"}, result
    return result["error"]


def counts(result: dict[str, Any]) -> tuple[int, int, int, int]:
    return result["created"], result["updated"], result["unchanged"], result["rejected"]


def exported(folder: Path) -> Path:
    path = folder / "export.csv"
    call_command("export_clients", "--output", str(path), stdout=io.StringIO())
    return path


def exported_rows(folder: Path) -> list[dict[str, str]]:
    with exported(folder).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def client(number: str, name: str = "Someone", **fields: Any) -> Client:
    return Client.objects.create(external_id=number, name=name, **fields)
