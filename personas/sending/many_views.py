"""Pages of one e-mail to many clients: choosing, the look ahead, and what became of it."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.db.models import Count
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from clients.access import may_edit_clients, require, sees_all_clients
from clients.feedback import notice
from clients.filters import ListFilters, matching
from clients.firm import firm_today
from clients.models import Client
from clients.requests import SignedInRequest
from clients.words import words_for
from personas.models import BulkMessage, MessageState, ScriptChannel, ScriptVersion, Topic
from personas.sending import many
from personas.sending.readiness import obstacles

SHOWN = 200


@require(may_edit_clients)
def write(request: SignedInRequest) -> HttpResponse:
    """Chooses a script and a topic for the clients of a filter, shows who would get it, and queues it."""
    asked = request.POST if request.method == "POST" else request.GET
    filters = ListFilters(QueryDict(asked.get("filter", "")), words_for(request.user), today=localdate())
    clients = matching(request.user, filters)
    scripts = ScriptVersion.objects.usable(firm_today()).filter(channel=ScriptChannel.EMAIL)
    scripts = scripts.exclude(subject="").with_words()
    version = scripts.filter(script__code=_plain(asked.get("script", ""))).first()
    topic = Topic.objects.filter(code=_plain(asked.get("topic", ""))).first()
    key = _key(request)
    found, refused = None, ""
    try:
        if request.method == "POST" and version is not None:
            bulk = many.send(
                clients=clients,
                version=version,
                topic=topic,
                by=request.user,
                asked=filters.query,
                key=key,
                seen=request.POST.get("seen", ""),
            )
            said = ngettext("%(n)s e-mail is queued.", "%(n)s e-mails are queued.", bulk.clients)
            notice(request, said % {"n": bulk.clients})
            return redirect("personas:bulk", bulk.pk)
        if version is not None:
            found = many.reckon(clients=clients, version=version, topic=topic)
    except many.BulkChanged as error:
        found, refused = error.found, str(error)
    except many.BulkRefused as error:
        refused = str(error)
    context = {
        "section": "messages",
        "filters": filters,
        "chips": filters.chips(),
        "scripts": scripts,
        "topics": Topic.objects.filter(retired_at__isnull=True),
        "version": version,
        "topic": topic,
        "found": found,
        "key": key or uuid4(),
        "example": found.going[0] if found and found.going else None,
        "refused": refused,
        "obstacles": obstacles(),
    }
    return render(request, "personas/sending/many.html", context, status=422 if refused else 200)


def _key(request: SignedInRequest) -> UUID | None:
    """The key of the page that sends; None where it has none."""
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return None


def _plain(text: str) -> str:
    """A code as somebody sent it, without what the database cannot hold."""
    return text.replace("\x00", "")[:80]


def _bulk(request: SignedInRequest, pk: int) -> BulkMessage:
    found = BulkMessage.objects.select_related("version__script", "topic", "by")
    return get_object_or_404(
        found if sees_all_clients(request.user) else found.filter(by=request.user), pk=pk
    )


@require(may_edit_clients)
@require_GET
def bulk(request: SignedInRequest, pk: int) -> HttpResponse:
    """What became of a message to many: numbers of all, and those to clients whom the person still sees."""
    found = _bulk(request, pk)
    numbers = dict(found.messages.order_by().values_list("state").annotate(number=Count("id")))
    seen = found.messages.filter(client__in=Client.objects.visible_to(request.user))
    listed = seen.count()
    context = {
        "section": "messages",
        "bulk": found,
        "numbers": [(state.label, numbers[state]) for state in MessageState if state in numbers],
        "waiting": numbers.get(MessageState.QUEUED, 0),
        "rows": seen.select_related("client").order_by("client__name", "pk")[:SHOWN],
        "shown": SHOWN if listed > SHOWN else 0,
        "left_out": sum(numbers.values()) - listed,
    }
    return render(request, "personas/sending/bulk.html", context)


@require(may_edit_clients)
@require_POST
def stop(request: SignedInRequest, pk: int) -> HttpResponse:
    """Takes back what waits still."""
    number = many.stop(bulk=_bulk(request, pk), by=request.user)
    notice(
        request, ngettext("%(n)s e-mail stays unsent.", "%(n)s e-mails stay unsent.", number) % {"n": number}
    )
    return redirect("personas:bulk", pk)
