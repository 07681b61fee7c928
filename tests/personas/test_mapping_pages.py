"""Pages of the message map: the matrix, a row in its place, the client's part, files there and back."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from clients.models import Persona
from personas.mapping import files, importing
from personas.models import MapImport, MapRow
from tests.factories import ClientFactory, UserFactory

HTMX = {"HX-Request": "true"}


@pytest.fixture
def operations(db):
    browser = Browser()
    browser.force_login(UserFactory(groups=["operations"]))
    return browser


@pytest.fixture
def advisor(db):
    browser = Browser()
    browser.person = UserFactory(groups=["advisor"])
    browser.force_login(browser.person)
    return browser


def sent(row, **changes):
    """The row as its form sends it."""
    from personas.mapping.forms import MapRowForm

    form = MapRowForm(instance=row)
    values = {name: form.initial.get(name) for name in form.fields}
    return {name: value for name, value in (values | changes).items() if value is not None}


def test_the_map_reads_as_a_matrix_within_twelve_queries(operations, advisor):
    for number in range(5):
        ClientFactory(persona=Persona.objects.all()[number % 4])
    with CaptureQueriesContext(connection) as queries:
        page = operations.get(reverse("personas:map"))
    assert len(queries) <= 12
    text = page.content.decode()
    assert text.count('class="map-row"') == MapRow.objects.count()
    assert "price of entry" in text
    assert reverse("personas:new_map_row") in text
    read = advisor.get(reverse("personas:map")).content.decode()
    assert "price of entry" in read
    assert reverse("personas:new_map_row") not in read
    row = MapRow.objects.get(persona__code="physician", complexity_driver=None, attention_constraint=None)
    assert b'name="framing"' not in advisor.get(reverse("personas:map_row", args=[row.pk])).content
    assert advisor.post(reverse("personas:map_row", args=[row.pk]), sent(row)).status_code == 403


def test_a_row_is_edited_in_its_place_and_on_its_page(operations):
    row = MapRow.objects.get(persona__code="general")
    address = reverse("personas:map_row", args=[row.pk])
    form = operations.get(address, headers=HTMX).content.decode()
    assert form.lstrip().startswith("<tr")
    assert "hx-post" in form
    saved = operations.post(address, sent(row, framing="Begin with the wish"), headers=HTMX)
    assert saved.content.decode().lstrip().startswith("<tr")
    assert "Begin with the wish" in saved.content.decode()
    wrong = operations.post(
        address, sent(row, words_to_use="a plan\nsteps", words_to_avoid="Steps"), headers=HTMX
    )
    assert wrong.status_code == 422
    assert "among the words to use" in wrong.content.decode()
    row.refresh_from_db()
    assert operations.post(address, sent(row, order=7)).status_code == 302
    row.refresh_from_db()
    assert (row.order, row.framing) == (7, "Begin with the wish")
    empty = dict.fromkeys(("framing", "words_to_use", "words_to_avoid", "meeting_format", "preparation"), "")
    assert operations.post(address, sent(row, **empty)).status_code == 422
    again = {"persona": Persona.objects.get(code="general").pk, "framing": "Twin", "order": "1"}
    assert operations.post(reverse("personas:new_map_row"), again).status_code == 302
    retire = reverse("personas:retire_map_row", args=[row.pk])
    operations.post(retire)
    assert not MapRow.objects.in_use().filter(pk=row.pk).exists()
    operations.post(retire, {"back": "1"})
    assert MapRow.objects.in_use().filter(pk=row.pk).exists()


def test_the_client_page_says_how_to_speak_and_which_row_says_so(advisor):
    client = ClientFactory(persona=Persona.objects.get(code="physician"), lead=advisor.person)
    address = reverse("clients:tab", args=[client.pk, "conversation"])
    text = advisor.get(address).content.decode()
    assert "Without permission only what holds for everyone is used." in text
    assert "price of entry" not in text
    type(client).objects.filter(pk=client.pk).update(permission="granted")
    with CaptureQueriesContext(connection) as queries:
        text = advisor.get(address).content.decode()
    assert len(queries) <= 15
    assert "price of entry" in text
    assert '<span class="from">Physician</span>' in text


def uploaded(operations, content, name="map.csv"):
    answer = operations.post(reverse("personas:import_map"), {"file": SimpleUploadedFile(name, content)})
    return answer.headers.get("Location", ""), answer


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_exported_and_imported_again_changes_nothing(operations, kind):
    MapRow.objects.create(
        framing="=HYPERLINK(1)\nsecond line", words_to_use="+1\n'quoted", meeting_format="-", channel="post"
    )
    MapRow.objects.filter(persona__code="general").update(retired_at="2026-01-01T00:00Z")
    before = list(MapRow.objects.order_by("pk").values())
    content = operations.get(reverse("personas:export_map", args=[kind])).content
    if kind == "xlsx":
        sheet = load_workbook(io.BytesIO(content)).active
        assert not any(cell.data_type == "f" for line in sheet.iter_rows() for cell in line)
    else:
        cells = [cell for line in csv.reader(io.StringIO(content.decode())) for cell in line]
        assert not any(cell[:1] in ("=", "+", "-", "@") for cell in cells)
    address, _answer = uploaded(operations, content, f"map.{kind}")
    page = operations.get(address)
    assert "importing it changes nothing" in page.content.decode()
    operations.post(address)
    assert list(MapRow.objects.order_by("pk").values()) == before


def lines(*rows):
    file = io.StringIO()
    csv.writer(file).writerows(
        [("id", "persona", "tier", "framing", "words_to_avoid", "channel", "order"), *rows]
    )
    return file.getvalue().encode()


def test_an_import_is_all_or_nothing_with_each_error_on_its_line(operations):
    row = MapRow.objects.get(persona__code="general")
    good = (row.pk, "", "", "Changed by the file", "-", "E-mail", "")
    bad = [
        ("999999", "", "", "x", "", "", ""),
        ("", "astronaut", "", "x", "", "", ""),
        ("", "general", "A", "", "", "", ""),
        ("", "", "", "x", "", "pigeon", "many"),
        (row.pk, "", "", "again", "", "", ""),
        ("", "", "", "x" * 601, "", "", ""),
    ]
    address, _answer = uploaded(operations, lines(good, *bad))
    plan = importing.plan_import(MapImport.objects.get().records)
    assert [(number, column) for number, column, _value, _what in plan.errors] == [
        (3, "id"), (4, "persona"), (5, "framing"), (6, "channel"), (6, "order"), (7, "id"), (8, "framing"),
    ]  # fmt: skip
    assert operations.post(address).status_code == 422
    row.refresh_from_db()
    assert row.framing != "Changed by the file"
    address, _answer = uploaded(operations, lines(good, ("", "General", "B", "New", "", "", "")))
    assert operations.post(address).status_code == 302
    row.refresh_from_db()
    assert (row.framing, row.words_to_avoid, row.channel) == ("Changed by the file", "", "email")
    assert MapRow.objects.get(framing="New").tier.code == "B"
    assert operations.post(address).status_code == 404  # a second time: nothing


@pytest.mark.parametrize(
    "content", [b"", b"id,unknown\n1,2\n", b"id,id\n1,2\n", b"id,framing\n", b"\xff\xfe\0", b"PK\x03\x04x"]
)
def test_a_file_that_is_no_map_is_refused_with_the_reason(operations, content):
    address, answer = uploaded(operations, content)
    assert (address, answer.status_code) == ("", 422)
    assert b"error-summary" in answer.content
    assert not MapImport.objects.exists()


def test_an_import_takes_a_fixed_number_of_queries(operations):
    def planned(number):
        records = [{"persona": "physician", "framing": f"Row {n}"} for n in range(number)]
        with CaptureQueriesContext(connection) as queries:
            importing.apply_import(
                batch=MapImport.objects.create(file_name="x", records=records, read_by=UserFactory())
            )
        return len(queries)

    assert planned(2) == planned(60)
    assert files.MOST_ROWS >= 60


def test_the_worksheet_prints_every_row_in_use(operations):
    text = operations.get(reverse("personas:print_map")).content.decode()
    assert text.count('class="map-entry"') == MapRow.objects.in_use().count()


def test_administrators_edit_the_map_topics_and_what_tags_change_in_admin(db):
    from servicing.models import TaskModifier

    browser = Browser()
    browser.force_login(UserFactory(groups=["administrator"], is_staff=True))
    row = MapRow.objects.get(persona__code="general")
    listed = browser.get(reverse("admin:personas_maprow_changelist"))
    assert listed.status_code == 200
    changed = browser.post(reverse("admin:personas_maprow_change", args=[row.pk]), sent(row, order=3))
    assert changed.status_code == 302
    row.refresh_from_db()
    assert row.order == 3
    modifier = TaskModifier.objects.get(attention_constraint__code="time_poverty")
    address = reverse("admin:servicing_taskmodifier_change", args=[modifier.pk])
    values = {
        "attention_constraint": modifier.attention_constraint_id,
        "most_minutes": 20,
        "replaces": ["in_person"],
        "channel": "video",
        "follow_up_channel": "email",
        "reason": "Shorter still.",
        "order": 1,
    }
    assert browser.post(address, values).status_code == 302
    modifier.refresh_from_db()
    assert (modifier.most_minutes, modifier.replaces, modifier.follow_up_days) == (20, ["in_person"], None)
    two = browser.post(address, values | {"persona": row.persona_id})
    assert "exactly one" in two.content.decode()
    nothing = browser.post(address, {**values, "most_minutes": "", "channel": ""})
    assert "at least one change" in nothing.content.decode()
