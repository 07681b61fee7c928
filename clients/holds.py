"""Legal holds: while one stands, nothing of the client is anonymised or deleted. The database refuses it; who
is about to do it asks here first, to say why in words."""

from __future__ import annotations

from django.db import IntegrityError
from django.db.models import Q
from django.utils.translation import gettext as _

from clients.commands import Refused
from clients.models import Anonymised, LegalHold
from clients.models.retention import ON_HOLD


def is_held(*clients: int) -> bool:
    """Whether a hold stands for one of `clients`, or for everybody."""
    of_these = Q(client__in=clients) | Q(client=None)
    return LegalHold.objects.filter(of_these, released_at=None).exists()


def broke_a_hold(error: BaseException) -> bool:
    """Whether the database refused something because of a legal hold."""
    cause = error.__cause__
    diagnosis = getattr(cause, "diag", None)
    return isinstance(error, IntegrityError) and getattr(diagnosis, "constraint_name", "") == ON_HOLD


def refuse_held(*clients: int) -> None:
    """Raises Refused where one of `clients` is under a hold, or its personal data is gone for good."""
    if is_held(*clients):
        raise Refused(in_words())
    if Anonymised.objects.filter(client__in=clients).exists():
        raise Refused(_("This record was anonymised: it belongs to nobody any more."))


def in_words() -> str:
    return _(
        "A legal hold keeps what is recorded here: nothing of it can be deleted or moved to another record. "
        "Ask compliance."
    )
