"""Change rows, and the sweeps that take them."""

import pytest

from clients.changes import take_changes
from clients.models import Change, ChangeKind

pytestmark = pytest.mark.django_db


def note(*clients):
    Change.objects.bulk_create(Change(kind=ChangeKind.SERVICE, client_id=client) for client in clients)


def test_all_that_is_noted_of_a_client_is_taken_together():
    """Tiers of many were changed in one statement: first all ends were noted, then all beginnings."""
    Change.objects.all().delete()
    note(1, 2, 3, 4, 5)
    note(1, 2, 3, 4, 5)
    assert sorted(take_changes(ChangeKind.SERVICE, limit=2)) == [1, 2]
    assert sorted(take_changes(ChangeKind.SERVICE, limit=2)) == [3, 4]
    assert take_changes(ChangeKind.SERVICE, limit=2) == [5]
    assert not Change.objects.exists()


def test_rows_of_another_kind_stay():
    Change.objects.all().delete()
    note(1)
    Change.objects.create(kind=ChangeKind.FACTS, client_id=1)
    assert take_changes(ChangeKind.SERVICE) == [1]
    assert list(Change.objects.values_list("kind", flat=True)) == [ChangeKind.FACTS]
