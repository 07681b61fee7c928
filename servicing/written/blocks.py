"""Parts of the written policy as plain values: a section has a code, a title and blocks."""

from __future__ import annotations

from typing import Any

Block = dict[str, Any]
Section = dict[str, Any]


def text(words: str) -> Block:
    return {"sort": "text", "text": words}


def heading(words: str) -> Block:
    return {"sort": "heading", "text": words}


def items(lines: list[str], *, numbered: bool = False) -> Block:
    return {"sort": "steps" if numbered else "list", "lines": lines}


def table(head: list[str], rows: list[list[str]]) -> Block:
    return {"sort": "table", "head": head, "rows": rows}


def section(code: str, title: str, blocks: list[Block]) -> Section:
    return {"code": code, "title": title, "blocks": blocks}
