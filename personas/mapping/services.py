"""Writes to the message map: one row out of use, and back."""

from __future__ import annotations

from django.utils import timezone

from personas.models.mapping import MapRow


def retire_row(*, row: MapRow, retired: bool) -> MapRow:
    """Takes a row out of use, or back into it; it keeps its day if it was out of use already."""
    row.retired_at = (row.retired_at or timezone.now()) if retired else None
    row.save(update_fields=["retired_at"])
    return row
