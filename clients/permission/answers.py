"""Recording what a client answered about being spoken to in a tailored way."""

from __future__ import annotations

import datetime as dt

import pghistory
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.changes import wake_sweeps
from clients.formats import short_date
from clients.models import AnswerSource, ChangeKind, Client, Permission, PermissionAnswer, User
from clients.permission import erasing

# What a client can say next: nobody withdraws what was not given, and nobody takes back having been asked.
_NEXT = {
    Permission.NOT_ASKED: (Permission.ASKED, Permission.GRANTED, Permission.DECLINED),
    Permission.ASKED: (Permission.GRANTED, Permission.DECLINED, Permission.ASKED),
    Permission.GRANTED: (Permission.GRANTED, Permission.WITHDRAWN),
    Permission.DECLINED: (Permission.ASKED, Permission.GRANTED, Permission.DECLINED),
    Permission.WITHDRAWN: (Permission.ASKED, Permission.GRANTED),
}
_ENDS = (Permission.DECLINED, Permission.WITHDRAWN)


class AnswerRefused(Exception):
    """The answer cannot be recorded: `field` of the form, and why."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field


def possible_answers(state: str) -> list[Permission]:
    """What can be recorded while `state` holds."""
    return list(_NEXT[Permission(state)])


@transaction.atomic
def record_answer(
    *,
    client: Client,
    answer: str,
    on: dt.date,
    how: str,
    by: User,
    asked_by: User | None = None,
    note: str = "",
    script: str = "",
) -> PermissionAnswer:
    """Records an answer with who asked, when, how and with which words; it holds at once.

    Where it ends a permission, the behavioral trigger is erased in every place that holds it, in the same
    transaction. Raises AnswerRefused where it cannot follow on the answer before it.
    """
    locked = Client.objects.select_for_update(of=("self",)).get(pk=client.pk)
    _refuse_impossible(locked, answer, on)
    asked_by = asked_by or by
    stored = PermissionAnswer.objects.create(
        client=locked,
        answer=answer,
        on=on,
        how=how,
        note=note,
        script=script,
        asked_by=asked_by,
        recorded_by=by,
        recorded_at=Now(),
        source=AnswerSource.PERSON,
    )
    said = ", ".join(part for part in (stored.get_how_display().lower(), note) if part)
    with pghistory.context(permission_asked_by=str(asked_by), permission_on=on.isoformat(), how=said):
        Client.objects.filter(pk=client.pk).exclude(permission=answer).update(permission=answer)
        erasing.sweep(clients=[client.pk])
    wake_sweeps(ChangeKind.SERVICE)
    client.permission = answer
    return stored


def _refuse_impossible(client: Client, answer: str, on: dt.date) -> None:
    if answer not in possible_answers(client.permission):
        if answer == Permission.WITHDRAWN:
            why = _("Nothing is granted, so nothing can be withdrawn. Record “Declined” where they said no.")
        elif client.permission == Permission.GRANTED:
            why = _("Permission is granted. Record “Withdrawn” where the client ends it.")
        else:
            why = _("This cannot follow on “%(state)s”.") % {"state": client.get_permission_display()}
        raise AnswerRefused("answer", why)
    if on > timezone.localdate():
        raise AnswerRefused("on", _("This day has not come yet. Give the day on which the client answered."))
    newest = PermissionAnswer.objects.filter(client=client).first()
    if newest is None:
        return
    since = newest.on or (timezone.localdate(newest.recorded_at) if newest.answer in _ENDS else None)
    if since and on < since:
        raise AnswerRefused(
            "on",
            _("The client answered on %(day)s: %(answer)s. An earlier answer no longer counts.")
            % {"day": short_date(since), "answer": newest.get_answer_display().lower()},
        )
