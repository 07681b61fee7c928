"""Forms of the message map: one row, and a file of rows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.as_shown import AsShown
from personas.models.mapping import CONDITIONS, PARTS, WORDS, MapRow, MessageChannel, lines

UPLOAD_LIMIT = 5 * 1024 * 1024  # a map of a thousand rows is a fifth of it


def tidied(text: str) -> str:
    """A word or phrase a line, without empty lines and without saying one twice."""
    first: dict[str, str] = {}
    for line in lines(text):
        first.setdefault(line.casefold(), line)
    return "\n".join(first.values())


def contradiction(use: str, avoid: str) -> list[str]:
    """The words that a row asks to use and to avoid."""
    unwanted = {word.casefold() for word in lines(avoid)}
    return [word for word in lines(use) if word.casefold() in unwanted]


class MapRowForm(AsShown, forms.ModelForm):
    """Who it is for, and what to say to them. At least one part is filled in; the model says so."""

    class Meta:
        model = MapRow
        fields = [*CONDITIONS, *PARTS, "order"]
        widgets = {
            "framing": forms.Textarea(attrs={"rows": 3}),
            "words_to_use": forms.Textarea(attrs={"rows": 4}),
            "words_to_avoid": forms.Textarea(attrs={"rows": 4}),
            "meeting_format": forms.Textarea(attrs={"rows": 3}),
            "preparation": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in CONDITIONS:
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (a key of the model)
            kept = Q(retired_at__isnull=True) | Q(pk=getattr(self.instance, f"{name}_id"))
            field.queryset = field.queryset.filter(kept)  # type: ignore[union-attr]
            field.empty_label = str(_("any"))
        channel = self.fields["channel"]
        assert isinstance(channel, forms.ChoiceField)  # noqa: S101  (it has choices)
        channel.choices = [("", _("not said")), *MessageChannel.choices]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in WORDS:
            data[name] = tidied(data.get(name) or "")
        if both := contradiction(data["words_to_use"], data["words_to_avoid"]):
            self.add_error(
                "words_to_avoid",
                _("These are among the words to use as well: %(words)s.") % {"words": ", ".join(both)},
            )
        return data


class MapFileForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV in UTF-8 or XLSX, with the columns of the export. A row with an id is changed, one without "
            "is added; rows that the file does not have stay. An empty cell keeps what is stored, the sign - "
            "clears it. Nothing is stored before you have seen a preview."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > UPLOAD_LIMIT:
            raise forms.ValidationError(_("The file is larger than 5 MB: it cannot be a message map."))
        return file
