"""What would be sent today and what would not, and the messages that wait for a person."""

from __future__ import annotations

import datetime as dt
from itertools import islice

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clients.access import require, runs_the_firm, sees_all_clients
from clients.feedback import notice
from clients.firm import firm_today
from clients.requests import SignedInRequest
from personas.models import Message, MessageState, SequenceStep
from personas.sending import queue
from personas.sending.readiness import obstacles, sending_settings
from personas.sending.writing import Writer
from servicing.sending.due import DueMail, due_mails

SHOWN = 200
TROUBLE = 100
MONTH = dt.timedelta(days=30)


@require(sees_all_clients)
@require_GET
def sending(request: SignedInRequest) -> HttpResponse:
    """A dry run: every e-mail that is owed today, with its words or why it does not go. Nothing is stored."""
    mails: list[DueMail] = list(islice((m for batch in due_mails(firm_today()) for m in batch), SHOWN + 1))
    shown = mails[:SHOWN]
    states = MessageState
    found = Message.objects.all()
    context = {
        "section": "sending",
        "obstacles": obstacles(),
        "settings": sending_settings(),
        "going": [mail for mail in shown if not mail.trouble],
        "held": [mail for mail in shown if mail.trouble],
        "more": len(mails) > SHOWN,
        "waiting": found.filter(state=states.QUEUED).count(),
        "sent": found.filter(state=states.SENT, claimed_at__gt=timezone.now() - MONTH).count(),
        "trouble": found.filter(state__in=[states.FAILED, states.UNCLEAR]).count(),
        "steps": SequenceStep.objects.select_related("situation"),
    }
    return render(request, "personas/sending/sending.html", context)


@require(sees_all_clients)
@require_GET
def preview(request: SignedInRequest, task: str, day: str) -> HttpResponse:
    """One e-mail of the dry run as it would be sent."""
    mails = (m for batch in due_mails(firm_today(), only=int(task)) for m in batch if m.day == int(day))
    mail = next(mails, None)
    message = None
    if mail is not None and mail.version is not None and not mail.trouble:
        message = mail.message(Writer.now())
    context = {"section": "sending", "mail": mail, "message": message}
    return render(request, "personas/sending/preview.html", context, status=200 if mail else 404)


@require(sees_all_clients)
@require_GET
def trouble(request: SignedInRequest) -> HttpResponse:
    """Messages that failed or are unclear, the latest first."""
    found = Message.objects.filter(state__in=[MessageState.FAILED, MessageState.UNCLEAR])
    rows = list(found.select_related("client", "version").order_by("-pk")[: TROUBLE + 1])
    context = {"section": "sending", "rows": rows[:TROUBLE], "more": len(rows) > TROUBLE}
    return render(request, "personas/sending/trouble.html", context)


@require(runs_the_firm)
@require_POST
def decide(request: SignedInRequest, pk: int) -> HttpResponse:
    """Carries out what a person decided about one of them."""
    message = get_object_or_404(Message, pk=pk)
    said = {
        queue.SEND_AGAIN: _("It is tried again with the next sweep."),
        queue.WAS_SENT: _("Noted as sent."),
        queue.GIVE_UP: _("It stays unsent. Its task is left to people."),
        queue.WRITE_ANEW: _("It is made anew with the next sweep, with what is on record now."),
    }
    what = request.POST.get("what", "")
    try:
        queue.decide(message=message, what=what, by=request.user)
    except queue.MessageRefused as refused:
        notice(request, str(refused), went_wrong=True)
    else:
        notice(request, said[what])
    return redirect("servicing:sending_trouble")
