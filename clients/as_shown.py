"""Forms that several people have open at once: what one leaves as it was shown is never written over."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

QUOTED = 80  # characters; longer words are not repeated in a message


class AsShown(forms.BaseForm):
    """Form that carries along what it showed, so that it knows what the person changed.

    Where somebody stored other values meanwhile, the fields that the person left alone take those. A field
    that both changed is refused once, with what is stored now; sent again, it is taken. A request without
    what was shown is compared with what is stored, and so is a form of something new. For widgets of one
    input.
    """

    def __getitem__(self, name: str) -> forms.BoundField:
        bound = super().__getitem__(name)
        carried = not self.is_bound or bound.html_initial_name in self.data
        bound.field.show_hidden_initial = carried and not self._is_new()
        return bound

    def _is_new(self) -> bool:
        instance = getattr(self, "instance", None)
        return instance is not None and instance._state.adding

    def _clean_fields(self) -> None:
        both = self._catch_up()
        super()._clean_fields()  # type: ignore[misc]
        for name, said in both.items():
            if name not in self.errors:
                self.add_error(name, said)

    def _catch_up(self) -> dict[str, str]:
        """Brings what was shown up to date; returns what to say at fields that two people changed."""
        shown = [bound for bound in self if bound.field.show_hidden_initial]
        moved = [bound for bound in shown if _differs(bound, self.data[bound.html_initial_name])]
        if not moved:
            return {}
        self.data = self.data.copy()  # type: ignore[attr-defined]
        both = {}
        for bound in moved:
            stored = bound.field.prepare_value(bound.initial)
            if bound._has_changed():  # type: ignore[attr-defined]
                if _differs(bound, bound.data):
                    both[bound.name] = _said(bound, stored)
            else:
                self._put(bound.html_name, bound, stored)
            self._put(bound.html_initial_name, bound, stored)
        return both

    def _put(self, key: str, bound: forms.BoundField, stored: Any) -> None:
        data: Any = self.data
        if isinstance(bound.field, forms.BooleanField):
            data[key] = "True" if stored else ""
        else:
            data[key] = "" if stored is None else str(stored)


def _differs(bound: forms.BoundField, sent: Any) -> bool:
    """Is what was sent something else than what is stored? Browsers end lines in their own way."""
    stored = bound.initial
    if isinstance(stored, str) and isinstance(sent, str):
        stored, sent = "\n".join(stored.splitlines()), "\n".join(sent.splitlines())
    return bool(bound.field.has_changed(stored, sent))


def _said(bound: forms.BoundField, stored: Any) -> str:
    words = "" if stored is None else str(stored)
    for value, label in getattr(bound.field, "choices", ()):
        if words and str(value) == words:
            words = str(label)
            break
    if len(words) > QUOTED:
        return _("Somebody changed these words meanwhile. Save again to put yours in their place.")
    if not words:
        return _("Somebody emptied this meanwhile. Save again to keep what you entered.")
    return _("Somebody changed this to “%(now)s” meanwhile. Save again to keep what you entered.") % {
        "now": words
    }
