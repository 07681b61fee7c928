"""What each error says: one sentence with what is allowed."""

from __future__ import annotations

from django.utils.translation import gettext as _

from clients.importing.columns import CONTACT_FIELDS, FIELDS, Mapping
from clients.importing.records import VOCABULARY
from clients.models import ClientStatus, Permission, TouchOutcome
from clients.models.vocabulary import Term

LENGTHS = {"external_id": 64, "name": 160, "phone": 40, "source": 40, "source_id": 64}


def message_rows(mapping: Mapping) -> list[tuple[str, str, str, str]]:
    """(field, code, the file's header, message) of every error that the mapping's kind of import knows."""
    names = [field.name for field in (*FIELDS[mapping.kind], *CONTACT_FIELDS)]
    rows = [("", "cell_count", "", _("This record has another number of cells than the header."))]
    for name in names:
        for code, message in _messages(name, mapping).items():
            rows.append((name, code, mapping.header_of(name), message))
    return rows


def _messages(name: str, mapping: Mapping) -> dict[str, str]:
    allowed = ", ".join(_allowed(name))
    return {
        "required": _("Give a value: it is required."),
        "not_clearable": _("This cannot be cleared."),
        "too_long": _("Use at most %(n)s characters.") % {"n": LENGTHS.get(name, 0)},
        "choice": _("Unknown value. Allowed: %(values)s.") % {"values": allowed},
        "retired": _("This value is retired. Allowed: %(values)s.") % {"values": allowed},
        "date": _("Write the date as YYYY-MM-DD, a day of the calendar between 1900 and 2099."),
        "moment": _(
            "Write the moment as YYYY-MM-DD HH:MM, with an offset such as -05:00 if you like, or a date."
        ),
        "future": _("A touch cannot lie in the future."),
        "amount": _(
            "Write the amount as 1234.50, without a sign or a currency and with at most two decimals."
        ),
        "signed_amount": _("Write the amount as 1234.50, without a currency and with at most two decimals."),
        "rating": _("Allowed: a whole number from 1 to 5."),
        "years": _("Allowed: whole years from 0 to 60."),
        "minutes": _("Allowed: whole minutes from 0 to 1440."),
        "email": _("This is no e-mail address."),
        "person": _("Nobody here has this username or e-mail address."),
        "shared": _("Several people here have this e-mail address or name. Use the username."),
        "inactive": _("This person's sign-in is switched off. Use another one."),
        "needs_permission": _(
            "A behavioral trigger is stored only while the client's permission is granted."
        ),
        "repeated": _("An earlier record of this file has the same key."),
        "merged": _(
            "This record is a part of the one after the arrow, which this file has too. Take this line out."
        ),
        "unknown_client": _("No client has this number. Import the client first."),
    }


def _allowed(name: str) -> list[str]:
    """Codes that can be chosen for a dropdown today."""
    if name == "status":
        return list(ClientStatus.values)
    if name == "permission":
        return list(Permission.values)
    if name == "outcome":
        return list(TouchOutcome.values)
    model = VOCABULARY.get(name)
    if model is None or not issubclass(model, Term):
        return []
    return list(model.objects.active().values_list("code", flat=True))
