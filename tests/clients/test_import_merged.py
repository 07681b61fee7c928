"""Files go on using the number of a record that went into another: nothing is lost or counts twice."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from django.urls import reverse

from clients.importing.undo import UndoRefused, undo_import
from clients.models import Client, FormerNumber, ImportBatch, Revenue, Touch, User
from servicing.book import merging, parting
from tests.clients.files import done, person, run, write
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
MONEY = "external_id,date,amount,source\nK-1,2026-01-31,200,custodian\nG-1,2026-01-31,100,custodian\n"
TOUCHES = "external_id,occurred_at,kind\nK-1,2026-01-05 10:00,call\nG-1,2026-01-05 10:00,meeting\n"


@pytest.fixture
def merged(tmp_path: Path):
    """G-1 went into K-1 after both had money and touches from files."""
    person()
    results = [
        done("clients", write(tmp_path, "external_id,name,phone\nK-1,Kept,1\nG-1,Gone,2\n")),
        done("revenue", write(tmp_path, MONEY)),
        done("touches", write(tmp_path, TOUCHES)),
    ]
    merge = merging.merge(
        kept=Client.objects.get(external_id="K-1").pk,
        gone=Client.objects.get(external_id="G-1").pk,
        take=(),
        by=UserFactory(groups=["operations"]),
    )
    return merge, results


def total() -> Decimal:
    return sum(Revenue.objects.values_list("amount", flat=True), Decimal(0))


def test_the_same_files_again_change_nothing(tmp_path: Path, merged):
    assert total() == 300
    for kind, text in (("revenue", MONEY), ("touches", TOUCHES)):
        again = done(kind, write(tmp_path, text))
        assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 2), kind
    assert total() == 300
    corrected = done("revenue", write(tmp_path, MONEY.replace("G-1,2026-01-31,100", "G-1,2026-01-31,150")))
    assert (corrected["created"], corrected["updated"]) == (0, 1)
    assert total() == 350
    more = done("revenue", write(tmp_path, MONEY.replace("2026-01-31", "2026-02-28")))
    assert more["created"] == 2
    assert set(Revenue.objects.values_list("client__external_id", flat=True)) == {"K-1"}
    assert Touch.objects.count() == 2
    # parted again, the money that came under the other number goes with it
    merge, _results = merged
    parting.part(merge=merge, by=User.objects.latest("pk"))
    sums = {number: sum(Revenue.objects.filter(client__external_id=number).values_list("amount", flat=True))
            for number in ("K-1", "G-1")}  # fmt: skip
    assert sums == {"K-1": 400, "G-1": 250}
    for kind, text in (("revenue", MONEY.replace("2026-01-31", "2026-02-28")), ("touches", TOUCHES)):
        assert done(kind, write(tmp_path, text))["unchanged"] == 2, kind


def test_a_client_record_under_the_former_number_means_the_one_that_stayed(tmp_path: Path, merged):
    result = done("clients", write(tmp_path, "external_id,name,phone\nG-1,Kept,77\n"))
    assert (result["created"], result["updated"]) == (0, 1)
    assert Client.objects.get().phone == "77"
    assert Client.objects.get().external_id == "K-1"


def test_a_file_with_both_is_refused_at_the_line_that_is_too_many(tmp_path: Path, merged):
    code, result = run("clients", write(tmp_path, "external_id,name\nG-1,Gone\nK-1,Kept\n"))
    assert (code, result["rejected"]) == (1, 1)
    error = result["errors"][0]
    assert (error["row"], error["value"]) == (2, "G-1 → K-1")
    assert "Take this line out" in error["message"]
    assert Client.objects.get().name == "Kept"


def test_no_new_record_gets_a_former_number(merged, signed_in, operations):
    response = signed_in(operations).post(reverse("clients:new"), {"name": "New", "external_id": "G-1"})
    assert response.status_code == 422
    assert "a part of Kept, number K-1, now" in response.content.decode()
    assert FormerNumber.objects.get().external_id == "G-1"


def test_an_import_of_merged_clients_is_not_taken_back(merged):
    merge, results = merged
    for result in results:
        with pytest.raises(UndoRefused) as refusal:
            undo_import(batch=ImportBatch.objects.get(pk=result["import"]), by=None)
        assert "merged" in " ".join(refusal.value.reasons)
    parting.part(merge=merge, by=User.objects.latest("pk"))
    for result in results[1:]:
        undo_import(batch=ImportBatch.objects.get(pk=result["import"]), by=None)
    assert not Revenue.objects.exists()
    assert not Touch.objects.exists()


def test_the_old_address_leads_to_the_record_that_stayed(merged, signed_in, operations):
    merge, _results = merged
    browser = signed_in(operations)
    kept = Client.objects.get()
    gone = reverse("clients:tab", args=[merge.absorbed_id, "history"])
    assert browser.get(gone).url == reverse("clients:tab", args=[kept.pk, "history"])
    assert "number G-1" in browser.get(reverse("clients:detail", args=[kept.pk])).content.decode()
    outsider = signed_in(UserFactory(groups=["advisor"]))
    assert outsider.get(gone).status_code == 404
