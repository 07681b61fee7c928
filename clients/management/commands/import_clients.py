"""`manage.py import_clients FILE`."""

from clients.importing.command import ImportCommand
from clients.models.imports import ImportKind


class Command(ImportCommand):
    help = "Imports clients from a CSV or XLSX file."
    kind = ImportKind.CLIENTS
