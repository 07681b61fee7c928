"""Telling a person that work was handed over to them."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients import notices
from clients.models import User
from clients.notices import Tell
from servicing.models import ServiceTask


def tell_of_hand_over(tasks: list[int], to: User, by: User | None, key: str) -> None:
    """One notice: of the task, or of how many they are. Who hands work to themselves knows."""
    if not tasks or to == by:
        return
    who = by.display_name if by else _("Somebody")
    if len(tasks) == 1:
        task = ServiceTask.objects.select_related("client", "kind").get(pk=tasks[0])
        text = _("%(by)s handed over to you: %(task)s for %(client)s.")
        text %= {"by": who, "task": task.name, "client": task.client}
        url = reverse("servicing:task", args=[task.pk])
    else:
        text = ngettext(
            "%(by)s handed over %(n)s task to you.", "%(by)s handed over %(n)s tasks to you.", len(tasks)
        )
        text %= {"by": who, "n": len(tasks)}
        url = f"{reverse('servicing:tasks')}?advisor={to.pk}"
    notices.tell([Tell(to.pk, text, url, _key(key))], again=True)


def take_back(key: str) -> None:
    """The work went back before they saw it."""
    notices.take_back(_key(key))


def _key(key: str) -> str:
    return f"handed_over:{key}"
