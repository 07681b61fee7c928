"""The form of a webhook."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from servicing.models import WebhookEndpoint, WebhookEvent
from servicing.webhooks.addresses import AddressRefused, machines_of, parsed


class EndpointForm(forms.ModelForm):
    """Where to, and what is told there; an address is looked up before it is stored."""

    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        help_text=_("Begins with https:// and can be reached from outside."),
        widget=forms.URLInput,
    )
    topics = forms.MultipleChoiceField(
        label=_("Is told of"),
        choices=WebhookEvent.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one event.")},
    )

    class Meta:
        model = WebhookEndpoint
        fields = ["name", "is_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial.update({"url": self.instance.url, "topics": self.instance.topics})
        else:
            del self.fields["is_on"]
        self.order_fields(["name", "url", "topics", "is_on"])

    def clean_url(self) -> str:
        url = self.cleaned_data["url"].strip()
        try:
            machines_of(parsed(url))
        except AddressRefused as refused:
            raise forms.ValidationError(str(refused)) from None
        return url
