"""The page of connections: tokens and webhooks, and what was sent to each."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from clients.access import is_administrator, require
from clients.feedback import notice
from clients.requests import SignedInRequest
from servicing.api import tokens
from servicing.api.forms import TokenForm
from servicing.models import ApiToken, WebhookDelivery, WebhookEndpoint
from servicing.webhooks import services
from servicing.webhooks.forms import EndpointForm
from servicing.webhooks.sending import wake

SHOWN = 100  # tokens
PAGE = 50  # messages


@require(is_administrator)
@require_GET
def connections(request: SignedInRequest) -> HttpResponse:
    """Tokens, those in force first, and webhooks."""
    now = timezone.now()
    every = list(ApiToken.objects.select_related("acting_as", "made_by", "ended_by", "use")[:SHOWN])
    context = {
        "live": [token for token in every if token.is_live(now)],
        "over": [token for token in every if not token.is_live(now)],
        "endpoints": [(endpoint, endpoint.is_failing(now)) for endpoint in services.with_last_message()],
    }
    return render(request, "servicing/webhooks/connections.html", context)


# --- Tokens ------------------------------------------------------------------------------------------


@require(is_administrator)
@never_cache
def new_token(request: SignedInRequest) -> HttpResponse:
    """The form of a token; once it is made, its secret, this one time."""
    form = TokenForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        token, secret = tokens.make_token(by=request.user, **form.values())
        return _show_once(request, secret, token=token)
    status = 422 if request.method == "POST" else 200
    return render(request, "servicing/webhooks/token_form.html", {"form": form}, status=status)


@require(is_administrator)
@require_POST
def end_token(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ends a token at once."""
    token = get_object_or_404(ApiToken, pk=pk)
    ended = tokens.end_token(token=token, by=request.user)
    words = _("The token of “%(name)s” has ended.") if ended else _("The token had ended already.")
    notice(request, words % {"name": token.name})
    return redirect("servicing:connections")


def _show_once(request: SignedInRequest, secret: str, **about: Any) -> HttpResponse:
    return render(request, "servicing/webhooks/secret.html", {"secret": secret, **about})


# --- Webhooks ----------------------------------------------------------------------------------------


@require(is_administrator)
@never_cache
def new_webhook(request: SignedInRequest) -> HttpResponse:
    """The form of a webhook; once it is made, its signing secret, this one time."""
    form = EndpointForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        endpoint, secret = services.make_endpoint(
            name=data["name"], url=data["url"], topics=data["topics"], by=request.user
        )
        return _show_once(request, secret, endpoint=endpoint)
    status = 422 if request.method == "POST" else 200
    return render(request, "servicing/webhooks/webhook_form.html", {"form": form}, status=status)


@require(is_administrator)
@require_GET
def webhook(request: SignedInRequest, pk: int) -> HttpResponse:
    """A webhook: how it does, and what was sent to it, the newest first."""
    endpoint = get_object_or_404(WebhookEndpoint.objects.select_related("made_by"), pk=pk)
    before = request.GET.get("before", "")
    messages = WebhookDelivery.objects.filter(endpoint=endpoint)
    if before.isascii() and before.isdigit() and len(before) < 19:
        messages = messages.filter(pk__lt=int(before))
    found = list(messages.order_by("-pk")[: PAGE + 1])
    context = {
        "endpoint": endpoint,
        "failing": endpoint.is_failing(timezone.now()),
        "sent": found[:PAGE],
        "older": found[PAGE - 1].pk if len(found) > PAGE else None,
        "days": services.KEPT.days,
    }
    return render(request, "servicing/webhooks/webhook.html", context)


@require(is_administrator)
def edit_webhook(request: SignedInRequest, pk: int) -> HttpResponse:
    """Changes a webhook, or switches it."""
    endpoint = get_object_or_404(WebhookEndpoint, pk=pk)
    form = EndpointForm(request.POST if request.method == "POST" else None, instance=endpoint)
    if request.method == "POST" and form.is_valid():
        stored = WebhookEndpoint.objects.get(pk=pk)
        data = form.cleaned_data
        services.change_endpoint(
            endpoint=stored, name=data["name"], url=data["url"], topics=data["topics"], is_on=data["is_on"]
        )
        notice(request, _("Saved."))
        return redirect("servicing:webhook", pk)
    context = {"form": form, "endpoint": endpoint}
    status = 422 if request.method == "POST" else 200
    return render(request, "servicing/webhooks/webhook_form.html", context, status=status)


@require(is_administrator)
@require_POST
@never_cache
def webhook_step(request: SignedInRequest, pk: int, step: str) -> HttpResponse:
    """Sends a message to try it (`try`), gives another secret (`secret`), ends a pause (`resume`), or turns
    it `on` or `off`."""
    endpoint = get_object_or_404(WebhookEndpoint, pk=pk)
    if step == "secret":
        return _show_once(request, services.new_secret(endpoint=endpoint), endpoint=endpoint, again=True)
    if step == "try":
        services.try_out(endpoint=endpoint)
        notice(request, _("A message is on its way. Look again in a moment."))
    elif step in ("on", "off"):
        services.switch(endpoint=endpoint, on=step == "on")
        notice(
            request,
            _("It is told again of what happens from now on.")
            if step == "on"
            else _("Nothing is sent to it any more."),
        )
    elif step == "resume":
        services.resume(endpoint=endpoint)
        notice(request, _("It is told again of what happens from now on."))
    else:
        raise Http404
    wake()
    return redirect("servicing:webhook", pk)


@require(is_administrator)
@require_POST
def send_again(request: SignedInRequest, pk: int, message: int) -> HttpResponse:
    """Sends a message once more."""
    services.send_again(delivery=get_object_or_404(WebhookDelivery, pk=message, endpoint=pk))
    wake()
    notice(request, _("The message is sent again."))
    return redirect("servicing:webhook", pk)
