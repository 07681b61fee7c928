"""What a browser would send of a form on a page that nobody touched."""

from __future__ import annotations

from html.parser import HTMLParser


class _Fields(HTMLParser):
    """The values of the fields inside the form that has a field called `having`."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self._inside = False
        self._select = self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self.forms.append({})
            self._inside = True
        if not self._inside:
            return
        sent = self.forms[-1]
        if tag == "input" and name:
            ticks = given.get("type") in ("checkbox", "radio")
            if not ticks or "checked" in given:
                sent[name] = given.get("value", "on" if ticks else "")
        elif tag == "select":
            self._select = name
            sent.setdefault(name, "")
        elif tag == "option" and self._select and "selected" in given:
            sent[self._select] = given.get("value", "")
        elif tag == "textarea":
            self._text = name
            sent[name] = ""

    def handle_data(self, data: str) -> None:
        if self._text:
            self.forms[-1][self._text] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            sent = self.forms[-1]
            words = sent[self._text].removeprefix("\n")  # browsers drop the first line's end
            sent[self._text] = "\r\n".join(words.splitlines())
            self._text = ""


def form_of(page: str, having: str) -> dict[str, str]:
    """Name and value of each field of the form on `page` that has a field called `having`."""
    fields = _Fields()
    fields.feed(page)
    (found,) = [form for form in fields.forms if having in form]
    return found
