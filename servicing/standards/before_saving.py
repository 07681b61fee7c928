"""Admin of what planning acts on: a change is tried and taken back, and what it does is shown first."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.contrib.messages import get_messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from clients.changes import newest_change
from servicing.standards.a_year import hours_by_role
from servicing.standards.impact import Impact, by_role

CONFIRMED = "_confirmed"


class ShownBeforeSaved(admin.ModelAdmin):
    """An admin says how a row stands, and what the step from one standing to another does.

    `counts_hours`: whether a change can change the hours that standards ask for.
    """

    counts_hours = True

    def standing(self, pk: int) -> Any:
        """What planning acts on, of one stored row; equal where nothing would change. None: there is none."""
        raise NotImplementedError

    def what_it_does(self, pk: int, before: Any, after: Any, since: int) -> Impact:
        """Inside the transaction that is taken back. `since`: the newest noted change before it began."""
        raise NotImplementedError

    def heading(self, standing: Any) -> str:
        """What is changed, in words."""
        return str(standing)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        if request.method != "POST" or CONFIRMED in request.POST:
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            pk = int(object_id) if object_id and object_id.isdecimal() else None
            before = self.standing(pk) if pk else None
            newest, since = self._newest(), newest_change()
            hours = hours_by_role() if self.counts_hours else ()
            response = super().changeform_view(request, object_id, form_url, extra_context)
            if not isinstance(response, HttpResponseRedirect):
                return response
            pk = pk or self._newest()
            after = self.standing(pk) if pk > newest or before else None
            if before == after:
                return response
            done = self.what_it_does(pk, before, after, since)
            if self.counts_hours:
                done.roles.extend(by_role(hours, hours_by_role()))
            transaction.set_rollback(True)
        _forget_messages(request)
        return self._ask(request, self.heading(after or before), done)

    def _ask(self, request: HttpRequest, heading: str, done: Impact) -> HttpResponse:
        """The page that says what the change would do, with everything that was typed in it."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Before this is saved"),
            "heading": heading,
            "impact": done,
            "typed": [
                (name, value)
                for name, values in request.POST.lists()
                if name != "csrfmiddlewaretoken"
                for value in values
            ],
        }
        return TemplateResponse(request, "admin/servicing/before_saving.html", context)

    def _newest(self) -> int:
        rows = self.model._default_manager.order_by("-pk").values_list("pk", flat=True)
        return rows.first() or 0


def _forget_messages(request: HttpRequest) -> None:
    """What admin said about a change that was taken back."""
    cast(Any, get_messages(request))._queued_messages.clear()
