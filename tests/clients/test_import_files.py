"""The files that import reads: encodings, delimiters, spreadsheets; and those that it refuses."""

from __future__ import annotations

import datetime as dt
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook

from clients.importing import files
from clients.models import Client
from tests.clients.files import counts, done, refused, run, write

pytestmark = pytest.mark.django_db


def names() -> list[str]:
    return list(Client.objects.order_by("external_id").values_list("name", flat=True))


@pytest.mark.parametrize(
    ("delimiter", "mark", "end"),
    [
        (",", b"", "\n"),
        (",", b"\xef\xbb\xbf", "\r\n"),
        (";", b"", "\r"),
        (";", b"\xef\xbb\xbf", "\n"),
        ("\t", b"\xef\xbb\xbf", "\r\n"),
    ],
)
def test_it_reads_every_delimiter_with_and_without_a_byte_order_mark(
    tmp_path: Path, delimiter: str, mark: bytes, end: str
) -> None:
    rows = [
        ["external_id", "name"],
        ["A", "Müller, Jørg; x" if delimiter == "\t" else "Müller"],
        ["B", "Plain"],
    ]
    text = end.join(delimiter.join(row) for row in rows)
    done("clients", write(tmp_path, mark + text.encode()))
    assert names()[1] == "Plain"
    assert names()[0].startswith("Müller")


def test_it_reads_quoted_line_breaks_tabs_and_backslashes(tmp_path: Path) -> None:
    text = 'external_id,name\nA,"Line\r\nbreak, ""quoted"""\nB,"back\\slash\ttab"\nC,\\N\nD,"a\n\\.\nb"\n'
    assert counts(done("clients", write(tmp_path, text))) == (4, 0, 0, 0)
    assert names() == ['Line\r\nbreak, "quoted"', "back\\slash\ttab", "\\N", "a\n\\.\nb"]
    assert counts(done("clients", write(tmp_path, text))) == (0, 0, 4, 0)


def test_it_counts_records_not_lines_and_passes_over_blank_ones(tmp_path: Path) -> None:
    text = 'external_id,name,alignment\nA,"two\nlines",1\n\n,,\nB,B,9\n'
    _code, result = run("clients", write(tmp_path, text))
    assert result["rows"] == 2
    assert [error["row"] for error in result["errors"]] == [5]


def test_it_trims_spaces_around_cells(tmp_path: Path) -> None:
    done("clients", write(tmp_path, "external_id , Name\n A ,\u00a0 Müller  \n"))
    assert names() == ["Müller"]
    assert Client.objects.get().external_id == "A"


REFUSED = [
    (b"", "empty"),
    (b"\n\n", "no header"),
    (b"name\nA\n", "no column external_id"),
    (b"external_id,name,Name\nA,B,C\n", "twice"),
    ("external_id,name\nA,B\nC,Müller\n".encode("latin-1"), "not UTF-8 text (see line 3)"),
    ("external_id,name\nA,B\n".encode("utf-16"), "not UTF-8"),
    (b"external_id,name\nA,\0\n", "not a text file"),
    (b"external_id\0,name\nA,B\n", "not a text file"),
    (b'external_id,name\nA,"open\nB,C\n', "quotation mark"),
    (b'external_id,name\nA,"x"y\n', "quotation mark"),
    (b"\xd0\xcf\x11\xe0rest", "old Excel"),
    (b"PK\x03\x04 not a zip", "cannot be read as a spreadsheet"),
    (b"%PDF-1.7\n%\xe2\xe3", "not UTF-8"),
]


@pytest.mark.parametrize(("content", "says"), REFUSED)
def test_it_refuses_what_it_cannot_read_in_one_sentence(tmp_path: Path, content: bytes, says: str) -> None:
    assert says in refused("clients", write(tmp_path, content))
    assert not Client.objects.exists()


def test_it_refuses_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    assert "No such file" in refused("clients", tmp_path / "nothing.csv")
    assert "directory" in refused("clients", tmp_path)


@pytest.mark.parametrize(("limit", "content"), [("CSV_LIMIT", b"external_id,name\n"), ("XLSX_LIMIT", None)])
def test_it_refuses_what_is_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, content: bytes | None
) -> None:
    monkeypatch.setattr(files, limit, 10)
    path = write(tmp_path, content) if content else spreadsheet(tmp_path, [["external_id", "name"]])
    assert "larger than" in refused("clients", path)


@pytest.mark.parametrize("limit", ["XLSX_SHEETS_LIMIT", "XLSX_PARTS_LIMIT"])
def test_it_refuses_a_spreadsheet_that_unpacks_to_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(files, limit, 10)
    assert "unpacked" in refused("clients", spreadsheet(tmp_path, [["external_id", "name"]]))


@pytest.mark.parametrize("count", [5_000, 1_000_000])
def test_it_refuses_more_columns_than_anyone_looks_at(tmp_path: Path, count: int) -> None:
    header = ",".join(["external_id", "name", *map(str, range(count))])
    assert f"names {count + 2} columns" in refused("clients", write(tmp_path, header + "\n"))


def test_it_says_that_a_cell_is_too_long(tmp_path: Path) -> None:
    assert "Record 2 cannot be read: a cell is too long" in refused(
        "clients", write(tmp_path, f"external_id,name\nA,{'n' * 200_000}\n")
    )


def test_it_refuses_a_spreadsheet_with_a_cell_that_would_fill_the_memory(tmp_path: Path) -> None:
    plain = spreadsheet(tmp_path, [["external_id", "name"], ["C-1", "Okafor"]])
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            content = source.read(member)
            if member.filename == "xl/worksheets/sheet1.xml":
                text = (
                    b'<c r="B2" t="inlineStr"><is><t>' + b"x" * 3_000_000 + b"</t></is></c></row></sheetData>"
                )
                content = content.replace(b"</row></sheetData>", text)
            target.writestr(member, content)
    assert "more text" in refused("clients", bomb)


def spreadsheet(folder: Path, rows: list[list[object]]) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    path = folder / "file.xlsx"
    book.save(path)
    return path


def test_it_reads_a_spreadsheet(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["external_id", "name", "client_since", "assets_under_management", "growth_potential", "phone"],
        [
            1001,
            "Okafor",
            dt.datetime(2014, 5, 2),  # noqa: DTZ001  (as a spreadsheet has it)
            0.1 + 0.2,
            4.0,
            "+1 555",
        ],
        ["C-2", "=1+1", dt.date(2020, 1, 1), 12000],
        [],
        ["C-3", "Last"],
    ]
    path = spreadsheet(tmp_path, rows)
    result = done("clients", path)
    assert result["rows"] == 3
    first = Client.objects.get(external_id="1001")
    assert first.client_since == dt.date(2014, 5, 2)
    assert first.assets_under_management == Decimal("0.30")
    assert first.growth_potential == 4
    assert Client.objects.get(external_id="C-2").name == "=1+1"
    assert counts(done("clients", path)) == (0, 0, 3, 0)
