"""Two records of one client, and one record of two: merging, parting again, splitting."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from clients.access import require, runs_the_firm
from clients.commands import Refused
from clients.feedback import notice
from clients.models import Client, ClientMerge
from clients.requests import SignedInRequest
from servicing.book import merging, parting, splitting
from servicing.book.forms import ReasonForm, SplitForm, TwoRecordsForm


@require(runs_the_firm)
def choose_records(request: SignedInRequest) -> HttpResponse:
    """Names the record that stays and the one that goes into it."""
    asked = {name: request.GET.get(name, "")[:240] for name in ("kept", "gone")}
    complete = all(asked.values())
    form = TwoRecordsForm(asked if complete else None, by=request.user, initial=asked)
    if complete and form.is_valid():
        kept, gone = form.cleaned_data["kept"], form.cleaned_data["gone"]
        return redirect("servicing:merge", kept.pk, gone.pk)
    return render(
        request, "servicing/book/choose_records.html", {"form": form}, status=422 if form.errors else 200
    )


@require(runs_the_firm)
def merge_records(request: SignedInRequest, kept: int, gone: int) -> HttpResponse:
    """Both records field by field, and what moves; then the merge."""
    if kept == gone:
        notice(request, _("Choose two different records."), went_wrong=True)
        return redirect("servicing:choose_records")
    pages = Client.objects.for_page()
    stays, goes = get_object_or_404(pages, pk=kept), get_object_or_404(pages, pk=gone)
    seen = merging.merge_preview(kept=stays, gone=goes)
    form = ReasonForm(request.POST if request.method == "POST" else None, initial={"seen": seen.seen})
    taken = {field.name for field in seen.fields if field.take}
    reasons: list[str] = []
    if request.method == "POST":
        taken = {field.name for field in seen.fields if request.POST.get(f"field-{field.name}") == "gone"}
        if form.is_valid():
            try:
                merging.merge(
                    kept=kept,
                    gone=gone,
                    take=taken,
                    by=request.user,
                    reason=form.cleaned_data["reason"],
                    seen=form.cleaned_data["seen"] or "-",
                )
            except Refused as refusal:
                reasons = refusal.reasons
                form = ReasonForm(initial={"seen": seen.seen, "reason": form.cleaned_data["reason"]})
            else:
                text = _("%(gone)s went into %(kept)s.") % {"gone": goes.name, "kept": stays.name}
                notice(request, text)
                return redirect("clients:detail", kept)
    status = 409 if reasons else 422 if form.is_bound else 200
    context = {"seen": seen, "form": form, "taken": taken, "reasons": reasons}
    return render(request, "servicing/book/merge.html", context, status=status)


@require(runs_the_firm)
def part_records(request: SignedInRequest, pk: int) -> HttpResponse:
    """Brings apart again what a merge put together."""
    merge = get_object_or_404(ClientMerge.objects.select_related("client"), pk=pk, parted_at=None)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    reasons: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            back = parting.part(merge=merge, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            notice(request, _("%s is a record of its own again.") % back.name)
            return redirect(back)
    status = 409 if reasons else 422 if form.is_bound else 200
    context = {"merge": merge, "form": form, "reasons": reasons}
    return render(request, "servicing/book/part.html", context, status=status)


@require(runs_the_firm)
def split_record(request: SignedInRequest, pk: int) -> HttpResponse:
    """Makes a second record out of some of a client's people."""
    client = get_object_or_404(Client, pk=pk)
    seen = merging.fingerprint(pk)
    data = request.POST if request.method == "POST" else None
    form = SplitForm(data, client=client, initial={"seen": seen})
    reasons: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            made = splitting.split(
                client=pk,
                parts=form.parts,
                by=request.user,
                reason=form.cleaned_data["reason"],
                seen=form.cleaned_data["seen"],
            )
        except Refused as refusal:
            reasons = refusal.reasons
            form.data = form.data.copy()  # type: ignore[attr-defined]
            form.data["seen"] = seen  # type: ignore[index]
        else:
            text = _("%(made)s is a record of its own now.") % {"made": made.name}
            notice(request, text)
            return redirect(made)
    merges = ClientMerge.objects.filter(client=client, parted_at=None)
    context = {"client": client, "form": form, "reasons": reasons, "merges": list(merges)}
    status = 409 if reasons else 422 if form.is_bound else 200
    return render(request, "servicing/book/split.html", context, status=status)
