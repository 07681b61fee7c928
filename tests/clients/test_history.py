"""A client's history says who changed what, in words, whoever or whatever it was."""

from __future__ import annotations

import ast
import io
from pathlib import Path
from typing import Any

import pghistory
import pytest
from django.apps import apps
from django.core.management import call_command, get_commands, load_command_class
from django.db import transaction

from clients.actors import is_known
from clients.commands import ContractCommand
from clients.history import history_of
from clients.models import Client, ImportBatch
from tests.clients.files import NATIVE, OKAFOR, person, write

OWN = ("clients", "tiers", "personas", "servicing", "segmentation_crm")
WAYS = {"command line", "schedule", "page"}  # how it came, beside who acted


def of_alignment(client: Client) -> Any:
    """What the newest change of the client's alignment is told as."""
    return next(
        entry for entry in history_of(client) if "Alignment" in {change.label for change in entry.changes}
    )


def contexts() -> set[str]:
    """Every `command=` and `by=` that the product's own code names in a change's context."""
    found = set()
    for app in OWN:
        for file in Path(apps.get_app_config(app).path).rglob("*.py"):
            text = file.read_text("utf-8")
            for node in ast.walk(ast.parse(text)) if "pghistory.context" in text else ():
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "pghistory.context":
                    values = {each.arg: each.value for each in node.keywords}
                    named = values.get("command", values.get("by"))
                    if isinstance(named, ast.Constant):
                        found.add(str(named.value))
    return found


def test_every_task_that_acts_by_itself_has_a_phrase():
    named = contexts()
    assert "nightly run" in named
    assert {key for key in named - WAYS if not is_known(key)} == set()


def test_every_command_that_changes_something_has_a_phrase():
    commands = {
        name
        for name, app in get_commands().items()
        if str(app) in OWN and isinstance(load_command_class(app, name), ContractCommand)
    }
    assert "import_clients" in commands
    changing = {name for name in commands if not name.startswith("export_")}
    assert {name for name in changing if not is_known(name)} == set()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("context", "who"),
    [
        ({"command": "plan_changed", "by": "schedule", "user": None}, "Planning, after something changed"),
        ({"by": "nightly run", "user": None}, "Nightly scoring"),
        ({"command": "score_clients", "by": "command line"}, "Scoring, from the command line"),
        ({"command": "of_another_product"}, "The command of_another_product"),
        ({"by": "of another product"}, "By itself"),
    ],
)
def test_it_says_in_words_what_acted(okafor, context, who):
    with pghistory.context(**context), transaction.atomic():
        Client.objects.filter(pk=okafor.pk).update(alignment=3)
    assert of_alignment(okafor).who == who


@pytest.mark.django_db
def test_it_says_where_a_change_came_from_no_program_of_ours(okafor):
    Client.objects.filter(pk=okafor.pk).update(alignment=3)
    assert of_alignment(okafor).who == "Directly in the database"


@pytest.mark.django_db
def test_it_names_the_file_that_an_import_took_it_from(tmp_path, operations, signed_in):
    person()
    call_command("import_clients", str(write(tmp_path, f"{NATIVE}\n{OKAFOR}\n")), stdout=io.StringIO())
    added = of_alignment(Client.objects.get())
    assert (added.who, added.note) == ("Import of clients, from the command line", "from the file file.csv")


@pytest.mark.django_db
def test_it_says_that_an_import_was_undone_and_by_whom(tmp_path, okafor, operations, signed_in):
    text = f"external_id,name,alignment\n{okafor.external_id},{okafor.name},5\n"
    call_command("import_clients", str(write(tmp_path, text)), stdout=io.StringIO())
    signed_in(operations).post(f"/clients/import/{ImportBatch.objects.get().pk}/undo/")
    undone = of_alignment(okafor)
    assert (undone.who, undone.note) == (operations.display_name, "the import of file.csv was undone")
    assert [(each.label, each.before, each.after) for each in undone.changes] == [
        ("Alignment", "5", "nothing")
    ]
