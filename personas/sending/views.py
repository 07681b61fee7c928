"""The archive of what was sent, and the way to unsubscribe."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients.access import may_edit_clients, require
from clients.contact import may_contact
from clients.feedback import notice
from clients.models import Client, ContactChannel
from clients.requests import SignedInRequest
from personas.models import Message, MessageState
from personas.sending import queue
from personas.sending.unsubscribing import message_of, unsubscribe

PAGE = 50
STATES = [
    MessageState.SENT,
    MessageState.QUEUED,
    MessageState.FAILED,
    MessageState.UNCLEAR,
    MessageState.CANCELLED,
]


def _visible(request: SignedInRequest) -> Any:
    return Message.objects.filter(client__in=Client.objects.visible_to(request.user))


@login_required
@require_GET
def messages(request: SignedInRequest) -> HttpResponse:
    """What was sent to the clients that the person sees, the newest first; by client, state and address."""
    found = _visible(request).select_related("client", "version__script")
    state = request.GET.get("state", "")
    if state in MessageState.values:
        found = found.filter(state=state)
    client = request.GET.get("client", "")
    if client.isascii() and client.isdigit() and len(client) < 19:
        found = found.filter(client=int(client))
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    if text:
        found = found.filter(Q(recipient__iexact=text) | Q(client__name__icontains=text))
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        found = found.filter(pk__lt=int(before))
    rows = list(found.order_by("-pk")[: PAGE + 1])
    context = {
        "section": "messages",
        "rows": rows[:PAGE],
        "next": rows[PAGE - 1].pk if len(rows) > PAGE else None,
        "state": state,
        "states": [(each.value, each.label) for each in STATES],
        "text": text,
        "client": client,
        "filtered": bool(state or text or client),
    }
    return render(request, "personas/sending/messages.html", context)


@login_required
@require_GET
def message(request: SignedInRequest, pk: int) -> HttpResponse:
    """One message as it was sent."""
    found = get_object_or_404(
        _visible(request).select_related("client", "version__script", "decided_by"), pk=pk
    )
    return render(request, "personas/sending/message.html", {"section": "messages", "message": found})


@require(may_edit_clients)
@require_POST
def try_address(request: SignedInRequest, pk: int) -> HttpResponse:
    """Lets e-mails go again to the address of a message that the mail server refused."""
    refused = get_object_or_404(_visible(request), pk=pk)
    queue.try_address(client=refused.client_id, address=refused.recipient)
    notice(request, _("E-mails go to %(address)s again.") % {"address": refused.recipient})
    return redirect("clients:tab", refused.client_id, "conversation")


# Mail programs post here by themselves (RFC 8058): there is no session, so there is no token of ours.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def unsubscribe_page(request: HttpRequest, token: str) -> HttpResponse:
    """One click leads here and one more confirms; a mail program's own button posts at once.

    Looking at the page changes nothing: mail scanners follow every link.
    """
    found = message_of(token)
    if found is None:
        raise Http404
    if request.method == "POST":
        unsubscribe(message=found)
        done = True
    else:
        done = not may_contact(found.client_id, ContactChannel.EMAIL)
    context = {"done": done, "message": found}
    response = render(request, "personas/sending/unsubscribe.html", context)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
