"""Scripts for one client: what is offered, with the words as they are for this client, and their use."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clients.access import may_edit_clients, require
from clients.contact import channel_of, closed_channels
from clients.feedback import notice, refusal, with_notice
from clients.models import Client, Permission, TeamMember, User
from clients.own_words import own_word
from clients.requests import SignedInRequest
from personas.models import Message, ScriptChannel, ScriptUse, ScriptVersion, Situation
from personas.models.mapping import CONDITIONS
from personas.scripts import matching, merge_fields, recipients, services
from personas.scripts.services import ScriptRefused

EVERY = 500
MOST = 40
LAST = 8


def tab_part(request: HttpRequest, client: Client) -> dict[str, Any]:
    """The part of the Conversation tab: the best of what is offered, and what was used last."""
    user: Any = request.user
    held = next((member.role_id for member in client.team.all() if member.user_id == user.pk), None)
    return {
        "offers": offers_of(client, role_id=held, limit=EVERY, one_a_situation=True),
        "refused": _refused(client),
        "used": list(
            ScriptUse.objects.filter(client=client)
            .select_related("version", "by")
            .only(
                "used_at",
                "channel",
                "version__title",
                "version__number",
                "by__first_name",
                "by__last_name",
                "by__username",
            )
            .order_by("-used_at", "-id")[:LAST]
        ),
        "granted": client.permission == Permission.GRANTED,
    }


def _refused(client: Client) -> list[dict[str, Any]]:
    """The client's addresses that the mail server refuses, each with its latest answer."""
    refused = Message.objects.filter(client=client, refused=True).order_by("pk")
    rows = refused.values("pk", "recipient", "error", "claimed_at")
    once: dict[str, dict[str, Any]] = {row["recipient"].lower(): dict(row) for row in rows}
    return sorted(once.values(), key=lambda row: -row["pk"])


def role_of(client: Client, user: User) -> int | None:
    """The role that `user` has on the client's team; None for whoever is not on it."""
    held = TeamMember.objects.filter(client=client, user=user).order_by("role__position")
    return held.values_list("role_id", flat=True).first()


def offers_of(
    client: Client,
    *,
    role_id: int | None,
    situations: list[int] | None = None,
    limit: int = MOST,
    one_a_situation: bool = False,
) -> list[dict[str, Any]]:
    """What is offered, best match first, each with its words for the client; a fixed number of queries.

    `one_a_situation`: the best of each situation, in the firm's order of situations.
    """
    closed = _closed(client)
    found = matching.offered(
        client_id=client.pk,
        today=timezone.localdate(),
        situations=situations,
        role_id=role_id,
        closed=closed,
        limit=limit,
        one_a_situation=one_a_situation,
    )
    versions = [offer.version for offer in found]
    wanted = {name for version in versions for name in merge_fields.used_in(version.subject, version.body)}
    values = merge_fields.values_of([client.pk], wanted=wanted)[client.pk] if wanted else {}
    reached = recipients.reached({v.script_id for v in versions if not v.is_approved_for_many})
    return [
        {
            "version": offer.version,
            "specific": offer.specific,
            "conditions": _own_words(client, offer.version),
            "filled": merge_fields.fill(offer.version.subject, offer.version.body, values),
            "closed": closed.get(offer.version.channel, ""),
            "reached": reached.get(offer.version.script_id, 0),
            "warns": reached.get(offer.version.script_id, 0) >= recipients.WARN_FROM,
        }
        for offer in found
    ]


def _own_words(client: Client, version: ScriptVersion) -> list[str]:
    """What the version asks for, in words: it fits, so that they are the client's own. A word that the client
    was given since it was read is left out."""
    asked = [name for name in CONDITIONS if getattr(version, f"{name}_id") is not None]
    words = (client.summary.tier if name == "tier" else own_word(client, name) for name in asked)
    return [word.label for word in words if word is not None]


def _closed(client: Client) -> dict[str, str]:
    """Why words may not go out, by channels of scripts that the client has closed; a query where the client
    was read without what is closed."""
    known: Iterable[str] | None = getattr(client, "closed", None)
    closed = set(closed_channels(client.pk) if known is None else known)
    return {
        word.value: services.closed_words(channel)
        for word in ScriptChannel
        if (channel := channel_of(word.value)) in closed and channel
    }


@login_required
@require_GET
def for_client(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everything that is offered for a client, by situation or for the service of a task."""
    client = get_object_or_404(Client.objects.visible_to(request.user).for_tab(), pk=pk)
    everything = list(Situation.objects.active())
    asked, service = request.GET.get("situation", ""), request.GET.get("service", "")
    chosen = [each for each in everything if each.code == asked or (service and service in each.services)]
    everyone = request.GET.get("role") == "any"
    context = {
        "client": client,
        "section": "scripts",
        "situations": everything,
        "asked": chosen[0].code if chosen and asked else "",
        "service": service if chosen and not asked else "",
        "everyone": everyone,
        "offers": offers_of(
            client,
            role_id=None if everyone else role_of(client, request.user),
            situations=[each.pk for each in chosen] or None,
            limit=6 if request.htmx else MOST,
        ),
        "granted": client.permission == Permission.GRANTED,
        "service_task": _number(request.GET.get("task", "")),
        "limit": recipients.LIMIT,
    }
    template = "personas/scripts/for_client.html"
    return render(request, f"{template}#offers" if request.htmx else template, context)


@require(may_edit_clients)
@require_POST
def use(request: SignedInRequest, pk: int, version: int) -> HttpResponse:
    """Records the use of a version on the client; where no script runs the words follow on a page."""
    client = get_object_or_404(Client.objects.visible_to(request.user), pk=pk)
    chosen = get_object_or_404(ScriptVersion.objects.with_words(), pk=version)
    try:
        used = services.use(
            version=chosen,
            client=client,
            by=request.user,
            service_task=_number(request.POST.get("task", "")),
        )
    except ScriptRefused as refused:
        if request.htmx:
            return refusal(str(refused), status=409)
        notice(request, str(refused), went_wrong=True)
        return redirect("personas:scripts_for", pk)
    if request.htmx:
        answer = render(request, "personas/scripts/used.html", {"used": used})
        return with_notice(answer, _("Copied, and noted that it was used."))
    context = {"client": client, "used": used, "version": chosen, "section": "scripts"}
    return render(request, "personas/scripts/used_page.html", context)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
