"""`manage.py import_revenue FILE`."""

from clients.importing.command import ImportCommand
from clients.models.imports import ImportKind


class Command(ImportCommand):
    help = "Imports revenue from a CSV or XLSX file."
    kind = ImportKind.REVENUE
