"""Short notices after an action: at the corner of the page, with undo where it can be undone."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django_htmx.http import trigger_client_event


def with_notice(
    response: HttpResponse, text: str, *, undo_url: str = "", went_wrong: bool = False
) -> HttpResponse:
    """Adds a notice to the answer of an htmx request."""
    detail: dict[str, object] = {"text": text, "late": went_wrong}
    if undo_url:
        detail["undo"] = {"url": undo_url, "label": _("Undo")}
    return trigger_client_event(response, "toast", detail)


def notice(request: HttpRequest, text: str, *, undo_url: str = "", went_wrong: bool = False) -> None:
    """Keeps a notice for the next page that the person sees."""
    level = messages.WARNING if went_wrong else messages.SUCCESS
    messages.add_message(request, level, text, extra_tags=undo_url)


def refusal(text: str, *, status: int = 422) -> HttpResponse:
    """A plain sentence that says why nothing was done; app.js shows it."""
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
