"""A client's permission and channels: what holds, how it came about, and recording what the client says."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.access import WHO_MAY, may_edit_clients, require
from clients.contact import OptOutRefused, lift, opt_out, opt_outs_of
from clients.feedback import notice
from clients.models import ChannelOptOut, Client, Permission
from clients.permission.answers import AnswerRefused, record_answer
from clients.permission.forms import AnswerForm, LiftForm, OptOutForm
from clients.permission.scripts import AskingWords, words_for_asking
from clients.permission.told import history_lines
from clients.requests import SignedInRequest


def _client(request: SignedInRequest, pk: int) -> Client:
    """The client, if the person may see it; else 404. What is sent needs the right to change it; else 403."""
    client = get_object_or_404(Client.objects.visible_to(request.user).with_permission(), pk=pk)
    if request.method == "POST" and not may_edit_clients(request.user):
        raise PermissionDenied(WHO_MAY[may_edit_clients])
    return client


@login_required
def permission_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """What holds, the words to ask with, the form for an answer, and all answers so far."""
    client = _client(request, pk)
    words = words_for_asking(client, request.user)
    initial = {"asked_by": request.user, "on": timezone.localdate()}
    form = AnswerForm(request.POST or None, client=client, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            _record(request, client, form, words)
        except AnswerRefused as refused:
            form.add_error(refused.field, str(refused))
        else:
            return redirect("clients:permission", pk)
    context = {
        "client": client,
        "form": form,
        "words": words,
        "asks": client.permission != Permission.GRANTED,
        "history": history_lines(client),
    }
    return render(request, "clients/permission/page.html", context, status=422 if form.is_bound else 200)


def _record(request: SignedInRequest, client: Client, form: AnswerForm, words: AskingWords) -> None:
    said = form.cleaned_data
    was = client.permission
    record_answer(
        client=client,
        answer=said["answer"],
        on=said["on"],
        how=said["how"],
        by=request.user,
        asked_by=said["asked_by"],
        note=said["note"],
        script=words.name if said["used_script"] else "",
    )
    ended = was == Permission.GRANTED and client.permission != Permission.GRANTED
    notice(request, _("Recorded. What was kept with the permission is erased.") if ended else _("Recorded."))


@login_required
def opt_outs(request: SignedInRequest, pk: int) -> HttpResponse:
    """By which channels the client may not be reached, the form for one more, and all that was recorded."""
    client = _client(request, pk)
    initial = {"since": timezone.localtime()}
    form = OptOutForm(request.POST or None, client=client, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            opt_out(client=client, by=request.user, **form.cleaned_data)
        except OptOutRefused as refused:
            form.add_error("since", str(refused))
        else:
            notice(request, _("Recorded. It holds from now on in everything that is sent."))
            return redirect("clients:opt_outs", pk)
    context = {
        "client": client,
        "form": form,
        "opt_outs": opt_outs_of(client),
    }
    return render(request, "clients/permission/opt_outs.html", context, status=422 if form.is_bound else 200)


@require(may_edit_clients)
def lift_opt_out(request: SignedInRequest, pk: int, opt_out: int) -> HttpResponse:
    """Records that the client wants to be reached by a channel again."""
    client = _client(request, pk)
    found = ChannelOptOut.objects.select_related("member")
    row = get_object_or_404(found, pk=opt_out, client=client, lifted_at=None)
    form = LiftForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            lift(opt_out=row, by=request.user, **form.cleaned_data)
        except OptOutRefused as refused:
            notice(request, str(refused), went_wrong=True)
        else:
            notice(request, _("Recorded."))
        return redirect("clients:opt_outs", pk)
    context = {"client": client, "form": form, "opt_out": row}
    return render(request, "clients/permission/lift.html", context, status=422 if form.is_bound else 200)
