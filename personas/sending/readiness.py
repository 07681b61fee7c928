"""Whether messages may go out at all: the firm's switch, its addresses, a mail server."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from clients.firm import firm_settings
from personas.models import SendingSettings

_WITHOUT_A_SERVER = ("console", "dummy", "filebased")


def sending_settings() -> SendingSettings:
    """The one row of settings; off where nobody has made it yet."""
    return SendingSettings.objects.filter(pk=1).first() or SendingSettings(pk=1)


def obstacles() -> list[str]:
    """Why nothing is sent now, each as a sentence that says what to do; none: messages go out."""
    sending, found = sending_settings(), []
    if not sending.switched_on:
        found.append(_("Sending is switched off. An administrator switches it on in the sending settings."))
    if not sending.sender_address:
        found.append(_("There is no sender's address. An administrator enters it in the sending settings."))
    if not firm_settings().postal_address.strip():
        found.append(_("The firm's postal address is missing; every such e-mail has to show it."))
    if settings.EMAIL_BACKEND.rsplit(".", 2)[-2] in _WITHOUT_A_SERVER:
        found.append(_("No mail server is named on this machine (EMAIL_URL)."))
    if not settings.PUBLIC_URL:
        found.append(
            _("This installation's address is not named (PUBLIC_URL): the way out would lead nowhere.")
        )
    return found
