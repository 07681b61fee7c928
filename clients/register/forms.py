"""What the register does to forms: fields without an entry are not in them, and each says why it is there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.models import FieldEntry, ReviewOutcome
from clients.register.active import active_fields
from clients.register.entries import reasons
from clients.register.fields import tracked_fields


def keep_registered(form: forms.BaseForm, codes: Mapping[str, str]) -> None:
    """Takes the fields without an entry in force out of `form`, and puts the why under each of the others.

    `codes`: the register's code by the name of a field of the form. A field that the form does not have is
    passed over. One query.
    """
    active, entries = active_fields(), reasons()
    for name, code in codes.items():
        if name not in form.fields:
            continue
        if code not in active:
            del form.fields[name]
        elif entry := entries.get(code):
            _say_why(form.fields[name], name, entry)


def _say_why(field: forms.Field, name: str, entry: FieldEntry) -> None:
    about = str(field.help_text)
    # Read out with the field: its own help, else that there is a why; not the whole of it each time.
    described = field.widget.attrs.setdefault("aria-describedby", f"about-{name}" if about else f"why-{name}")
    if about and f'id="{described}"' not in about:
        about = f'<span id="{described}">{about}</span>'
    field.help_text = mark_safe(about + _why(name, field.label, entry))  # noqa: S308  (help texts of our own)


def _why(name: str, label: Any, entry: FieldEntry) -> SafeString:
    """The why of a field as a disclosure; drawn in Python, as a form has a score of them."""
    return format_html(
        '<details class="why"><summary id="why-{}">{}<span class="visually-hidden">: {}</span></summary>'
        '<p class="why-text">{}</p></details>',
        name,
        _("Why we ask"),
        label,
        _reason(entry),
    )


def _reason(entry: FieldEntry) -> SafeString:
    kept = _("It changes %(purpose)s; kept for %(time)s after the client leaves.")
    return format_html(
        '{} <span class="soft">{} <a href="{}#{}">{}</a></span>',
        entry.reason,
        kept % {"purpose": entry.get_purpose_display().lower(), "time": entry.kept_for},
        reverse("clients:register"),
        entry.field,
        _("The register"),
    )


def tell_why(form: forms.BaseForm, *codes: str) -> None:
    """Gives `form` the why of fields that it asks for in parts, as a loan by its balance, rate and payment.

    `{{ form.why }}` draws it once for all of them, as one disclosure; the register is read when it is drawn.
    """
    form.why = Why(*codes)  # type: ignore[attr-defined]


class Why:
    """One disclosure with the reasons of all fields of a form; nothing where the register has no entry."""

    def __init__(self, *codes: str) -> None:
        self.codes = codes

    def __str__(self) -> str:
        held, known = reasons(), tracked_fields()
        told = [(known[code].label, _reason(held[code])) for code in self.codes if code in held]
        if not told:
            return SafeString()
        lines = format_html_join("", '<p class="why-text"><strong>{}</strong>: {}</p>', told)
        summary = _("Why we ask for this")
        return format_html('<details class="why why-form"><summary>{}</summary>{}</details>', summary, lines)


class TemplateForm(forms.Form):
    """A field template to be taken in."""

    file = forms.FileField(
        label=gettext_lazy("File"), help_text=gettext_lazy("CSV or XLSX with the columns of the export.")
    )


class EntryForm(forms.ModelForm):
    """Why a field is tracked, who answers for it and for how long it is kept."""

    class Meta:
        model = FieldEntry
        fields = ["purpose", "reason", "owner", "retention_months"]
        widgets = {"reason": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)  # noqa: S101
        owner.queryset = owner.queryset.filter(is_active=True).order_by("first_name", "last_name", "username")  # type: ignore[union-attr]
        owner.empty_label = str(_("Operations"))

    def clean_retention_months(self) -> int:
        months: int = self.cleaned_data["retention_months"]
        field = tracked_fields().get(self.instance.field)
        if field and months < field.least_months:
            raise forms.ValidationError(
                _("It stays as long as the client's record, which the law asks for: %(n)s months or more.")
                % {"n": field.least_months}
            )
        return months


class ReviewForm(forms.Form):
    """What came of looking at a field."""

    field = forms.ChoiceField(choices=())
    outcome = forms.ChoiceField(choices=ReviewOutcome.choices)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        error_messages={"required": gettext_lazy("Give the reason.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["field"]
        assert isinstance(chosen, forms.ChoiceField)  # noqa: S101
        chosen.choices = [(code, field.label) for code, field in tracked_fields().items()]
