"""Forms of the script library."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.as_shown import AsShown
from clients.firm import firm_today
from clients.forms import DateInput
from clients.models import Term
from personas.models import ScriptChannel, ScriptVersion
from personas.models.mapping import CONDITIONS
from personas.scripts import merge_fields
from personas.scripts.services import CONTENT

YEAR = dt.timedelta(days=365)


class ScriptForm(AsShown, forms.ModelForm):
    """What a version says and for whom. A word that was retired can be kept, not chosen."""

    class Meta:
        model = ScriptVersion
        fields = [name for name in CONTENT if name != "position"]
        widgets = {"body": forms.Textarea(attrs={"rows": 12}), "reach": forms.RadioSelect}
        help_texts = {
            "reach": _(
                "A script that reaches more than 25 clients in 30 days has to be meant for many when it is "
                "approved."
            ),
            "channel": _("E-mails that go out by themselves are taken from scripts for e-mail."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("situation", "role", *CONDITIONS):
            field: Any = self.fields[name]
            terms = field.queryset
            chosen = getattr(self.instance, f"{name}_id", None)
            field.queryset = terms.filter(retired_at__isnull=True) | terms.filter(pk=chosen)
            field.empty_label = _("Choose") if name == "situation" else _("any")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in ("subject", "body"):
            if text := cleaned.get(name):
                try:
                    merge_fields.check(text)
                except forms.ValidationError as error:
                    self.add_error(name, error)
        if cleaned.get("channel") == ScriptChannel.EMAIL and not cleaned.get("subject"):
            self.add_error("subject", _("An e-mail needs a subject."))
        return cleaned

    @property
    def content(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class ApproveForm(forms.Form):
    """Until when an approval holds."""

    review_on = forms.DateField(label=_("To be reviewed on"), widget=DateInput())
    comment = forms.CharField(
        label=_("Comment"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["review_on"].initial = firm_today() + YEAR


class ReturnForm(forms.Form):
    comment = forms.CharField(
        label=_("What has to change"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )


class ImportForm(forms.Form):
    file = forms.FileField(label=_("File"), help_text=_("CSV or XLSX with the columns of the export."))


def terms_of(name: str) -> list[Term]:
    """The words that a filter offers."""
    model: Any = ScriptVersion._meta.get_field(name).related_model
    return list(model._default_manager.all())
