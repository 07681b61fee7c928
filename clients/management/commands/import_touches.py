"""`manage.py import_touches FILE`."""

from clients.importing.command import ImportCommand
from clients.models.imports import ImportKind


class Command(ImportCommand):
    help = "Imports touches from a CSV or XLSX file."
    kind = ImportKind.TOUCHES
