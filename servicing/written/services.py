"""Writes of the written policy: its purpose, and a version that is kept."""

from __future__ import annotations

from django.db import connection, transaction
from django.utils.translation import gettext as _

from clients.commands import Refused
from clients.firm import firm_today
from clients.models import User
from servicing.models import PolicyPurpose, WrittenPolicy
from servicing.written.content import content

_LOCK = 7_305_012  # of whoever keeps a version, until its transaction ends


def state_purpose(*, text: str) -> None:
    """The firm's own opening words; history keeps what they were."""
    purpose = PolicyPurpose.objects.filter(pk=1).first() or PolicyPurpose(pk=1)
    if purpose.text != text:
        purpose.text = text
        purpose.save()


def keep_version(*, by: User, reason: str) -> WrittenPolicy:
    """Keeps the policy as it reads today. Raises Refused where it reads as the version kept last."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        last = WrittenPolicy.objects.first()
        now = content(firm_today())
        if last and last.content == now:
            raise Refused(_("Nothing has changed since version %(n)s was kept.") % {"n": last.number})
        number = last.number + 1 if last else 1
        return WrittenPolicy.objects.create(number=number, content=now, reason=reason, kept_by=by)
