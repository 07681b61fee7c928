"""Pages of the script library: the list, one script with its versions, writing, and compliance."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from clients.access import WHO_MAY, require
from clients.feedback import notice
from clients.firm import firm_today
from clients.models import ServiceRole
from clients.requests import SignedInRequest
from clients.sent_once import once
from clients.words import words_for
from personas.models import Script, ScriptState, ScriptVersion, Situation
from personas.models.mapping import CONDITIONS
from personas.scripts import comparing, library, merge_fields, recipients, services
from personas.scripts.forms import YEAR, ApproveForm, ReturnForm, ScriptForm
from personas.scripts.rights import may_approve, may_write
from personas.scripts.services import ScriptRefused


@login_required
@require_GET
def script_list(request: SignedInRequest) -> HttpResponse:
    """The library: newest version of each script, filtered and searched, fifty a page."""
    today = firm_today()
    asked = library.asked_of(request.GET)
    found = library.listed(asked, today)
    count = found.order_by()[: library.CAP + 1].count()
    first = (asked.page - 1) * library.PAGE
    versions = list(found[first : first + library.PAGE])
    reached = recipients.reached([version.script_id for version in versions])
    kept = {**asked.words, "state": asked.state, "q": asked.text}
    kept = {name: value for name, value in kept.items() if value}
    options = _options(request, asked)
    context = {
        "section": "scripts",
        "rows": [_line(version, today, reached) for version in versions],
        "count": count,
        "cap": library.CAP,
        "asked": asked,
        "options": options,
        "chips": _chips(options, kept),
        "states": library.STATES.items(),
        "may_write": may_write(request.user),
        "approves": may_approve(request.user),
        "waiting": ScriptVersion.objects.waiting().count() if may_approve(request.user) else 0,
        "previous": asked.page - 1,
        "next": asked.page + 1 if first + library.PAGE < min(count, library.CAP) else None,
        "expired": ScriptVersion.objects.expired(today).count(),
    }
    return render(request, "personas/scripts/list.html", context)


def _line(version: ScriptVersion, today: Any, reached: dict[int, int]) -> dict[str, Any]:
    words, kind = library.state_words(version, today)
    number = reached.get(version.script_id, 0)
    return {
        "version": version,
        "state": words,
        "state_kind": kind,
        "conditions": library.conditions_of(version),
        "reached": number,
        "warns": not version.is_approved_for_many and number >= recipients.WARN_FROM,
    }


def _options(request: SignedInRequest, asked: library.Asked) -> list[dict[str, Any]]:
    """The filters by words, each with its choices; three queries."""
    labels = {name: ScriptVersion._meta.get_field(name).verbose_name for name in library.TERMS}  # type: ignore[union-attr]
    words = words_for(request.user)
    terms: dict[str, Any] = {name: words.by_kind[name].values() for name in CONDITIONS}
    terms |= {"situation": Situation.objects.all(), "role": ServiceRole.objects.all()}
    return [
        {
            "name": name,
            "label": str(labels[name]).capitalize(),
            "choices": [
                *((term.code, term.label) for term in terms[name]),
                *([("none", _("any (for everyone)"))] if name != "situation" else []),
            ],
            "chosen": asked.words.get(name, ""),
        }
        for name in library.TERMS
    ]


def _chips(options: list[dict[str, Any]], kept: dict[str, str]) -> list[tuple[str, str]]:
    """Each filter in force with the query string of the list without it."""
    texts = {option["name"]: option for option in options}
    chips = []
    for name, value in kept.items():
        if name == "q":
            text = _("Has “%s”") % value
        elif name == "state":
            text = str(library.STATES[value])
        else:
            text = f"{texts[name]['label']}: {dict(texts[name]['choices']).get(value, value)}"
        chips.append((text, urlencode({key: each for key, each in kept.items() if key != name})))
    return chips


@login_required
@require_GET
def script(request: SignedInRequest, code: str) -> HttpResponse:
    """One script: its newest version, or the one asked for, compared with the one before."""
    found = get_object_or_404(Script, code=code)
    versions = list(
        found.versions.with_words()
        .select_related("written_by", "edited_by", "decided_by")
        .order_by("-number")
    )
    asked = request.GET.get("version", "")
    shown = next((each for each in versions if str(each.number) == asked), versions[0])
    with_ = request.GET.get("with", "")
    earlier = [each for each in versions if each.number < shown.number]
    before = next((each for each in earlier if str(each.number) == with_), earlier[0] if earlier else None)
    return render(request, "personas/scripts/script.html", _about(request, found, versions, shown, before))


def _versions(found: Script) -> list[ScriptVersion]:
    """The versions of a script, the newest first."""
    people = ("written_by", "edited_by", "decided_by")
    return list(found.versions.with_words().select_related(*people).order_by("-number"))


def _about(
    request: SignedInRequest,
    found: Script,
    versions: list[ScriptVersion],
    shown: ScriptVersion,
    before: ScriptVersion | None,
    **forms: Any,
) -> dict[str, Any]:
    today = firm_today()
    words, kind = library.state_words(shown, today)
    newest = versions[0]
    approves = may_approve(request.user)
    return {
        "section": "scripts",
        "script": found,
        "versions": [(each, *library.state_words(each, today)) for each in versions],
        "shown": shown,
        "newest": newest,
        "state": words,
        "state_kind": kind,
        "conditions": library.conditions_of(shown),
        "before": before,
        "earlier": [each for each in versions if each.number < shown.number],
        "pieces": comparing.pieces(before.body, shown.body) if before else [],
        "changes": comparing.changes(before, shown) if before else [],
        "fields": [merge_fields.known()[name] for name in merge_fields.used_in(shown.subject, shown.body)],
        "reached": recipients.reached_by(shown),
        "limit": recipients.LIMIT,
        "uses": found.uses.count(),
        "may_write": may_write(request.user),
        "approves": approves and shown == newest and newest.state == ScriptState.SUBMITTED,
        "approves_again": approves and shown == newest and newest.state == ScriptState.APPROVED,
        "seen": services.digest_of(shown),
        "may_decide": newest.may_be_approved_by(request.user),
        "approve_form": ApproveForm(),
        "return_form": ReturnForm(auto_id="id_return_%s"),
        **forms,
    }


# --- Writing ---------------------------------------------------------------------------------------------


@require(may_write)
@once
def new_script(request: SignedInRequest) -> HttpResponse:
    """A new script, a draft."""
    form = ScriptForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        version = services.new_script(by=request.user, content=form.content)
        notice(request, _("Saved as a draft. Submit it when it is ready."))
        return redirect("personas:script", version.script.code)
    return _form(request, form, _("New script"))


@require(may_write)
def edit_script(request: SignedInRequest, code: str) -> HttpResponse:
    """Changes the draft, or begins a new version of what was approved."""
    found = get_object_or_404(Script, code=code)
    newest = services.newest_of(found)
    form = ScriptForm(request.POST if request.method == "POST" else None, instance=newest)
    if request.method == "POST" and form.is_valid():
        try:
            version = services.edit(script=found, by=request.user, content=form.content)
        except ScriptRefused as refused:
            form.add_error(None, str(refused))
        else:
            notice(request, _("Saved as a draft, version %(number)s.") % {"number": version.number})
            return redirect("personas:script", code)
    title = (
        _("Edit version %(number)s") % {"number": newest.number}
        if newest.is_in_work
        else _("New version of this script")
    )
    return _form(request, form, title, found)


def _form(
    request: SignedInRequest, form: ScriptForm, title: str, found: Script | None = None
) -> HttpResponse:
    context = {
        "section": "scripts",
        "form": form,
        "title": title,
        "script": found,
        "merge_fields": merge_fields.known().values(),
    }
    return render(request, "personas/scripts/form.html", context, status=422 if form.is_bound else 200)


@require(may_write)
@require_POST
def step(request: SignedInRequest, code: str, step: str) -> HttpResponse:
    """A writer's step: submit, take back, throw away, retire, use again."""
    found = get_object_or_404(Script, code=code)
    version = services.newest_of(found)
    try:
        if step == "submit":
            services.submit(version=version, by=request.user)
            notice(request, _("Submitted. Compliance decides about it."))
        elif step == "take-back":
            services.take_back(version=version)
            notice(request, _("Taken back: it is a draft again."))
        elif step == "discard":
            gone = services.discard(version=version)
            notice(request, _("The draft is gone."))
            if gone:
                return redirect("personas:scripts")
        else:
            services.set_retired(script=found, retired=step == "retire")
            notice(request, _("Out of use.") if step == "retire" else _("In use again."))
    except ScriptRefused as refused:
        notice(request, str(refused), went_wrong=True)
    return redirect("personas:script", code)


# --- Compliance ------------------------------------------------------------------------------------------


@require(may_approve)
@require_GET
def queue(request: SignedInRequest) -> HttpResponse:
    """What waits for compliance: submitted versions, expired ones, shipped ones that nobody has read."""
    today = firm_today()
    waiting = list(ScriptVersion.objects.waiting().with_words().select_related("submitted_by")[:200])
    expired = list(ScriptVersion.objects.expired(today).with_words().order_by("review_on", "id")[:50])
    soon = ScriptVersion.objects.usable(today).with_words().order_by("review_on", "position", "id")
    shipped = ScriptVersion.objects.usable(today).filter(decided_by__isnull=True)
    numbers = dict(shipped.order_by().values_list("situation").annotate(number=Count("id")))
    by_situation = [(each, numbers[each.pk]) for each in Situation.objects.all() if each.pk in numbers]
    context = {
        "section": "scripts",
        "waiting": [(version, version.may_be_approved_by(request.user)) for version in waiting],
        "expired": expired,
        "soon": list(soon.exclude(decided_by__isnull=True)[:10]),
        "shipped": sum(number for _situation, number in by_situation),
        "by_situation": by_situation,
        "seen": " ".join(map(str, ScriptVersion.objects.shipped().values_list("pk", flat=True))),
        "next_review": today + YEAR,
    }
    return render(request, "personas/scripts/queue.html", context)


@login_required
@require_POST
def decide(request: SignedInRequest, code: str, decision: str) -> HttpResponse:
    """Approves or returns the newest version, or approves what is in use for another while."""
    if not may_approve(request.user):
        raise PermissionDenied(WHO_MAY[may_approve])
    found = get_object_or_404(Script, code=code)
    version = services.newest_of(found)
    form = (
        ReturnForm(request.POST, auto_id="id_return_%s")
        if decision == "return"
        else ApproveForm(request.POST)
    )
    if form.is_valid():
        try:
            said = _decided(request, version, decision, form.cleaned_data)
        except ScriptRefused as refused:
            form.add_error(None, str(refused))
        else:
            notice(request, said)
            more = ScriptVersion.objects.waiting().exists()
            return redirect("personas:script_queue") if more else redirect("personas:script", code)
    versions = list(
        found.versions.with_words()
        .select_related("written_by", "edited_by", "decided_by")
        .order_by("-number")
    )
    before = versions[1] if len(versions) > 1 else None
    name = "return_form" if decision == "return" else "approve_form"
    context = _about(request, found, versions, versions[0], before, **{name: form, "form": form})
    return render(request, "personas/scripts/script.html", context, status=422)


def _decided(request: SignedInRequest, version: ScriptVersion, decision: str, values: dict[str, Any]) -> str:
    values = values | {"seen": request.POST.get("seen", "")}
    if decision == "return":
        services.send_back(version=version, by=request.user, **values)
        return _("Returned to its writer.")
    if decision == "approve":
        services.approve(version=version, by=request.user, **values)
        return _("Approved. It is offered from now on.")
    services.approve_again(version=version, by=request.user, **values)
    return _("Approved for another while.")


@require(may_approve)
@require_POST
def approve_shipped(request: SignedInRequest) -> HttpResponse:
    """Approves the shipped scripts of one situation, which the person has read on the printed sheet."""
    form = ApproveForm(request.POST)
    situation = request.POST.get("situation", "")
    if not form.is_valid() or not situation:
        notice(request, _("Choose a situation and a day for the review."), went_wrong=True)
        return redirect("personas:script_queue")
    try:
        number = services.approve_shipped(
            by=request.user, situation=situation, seen=_seen(request), **form.cleaned_data
        )
    except ScriptRefused as refused:
        notice(request, str(refused), went_wrong=True)
    else:
        said = ngettext("%(n)s script approved.", "%(n)s scripts approved.", number) % {"n": number}
        notice(request, said)
    return redirect("personas:script_queue")


def _seen(request: SignedInRequest) -> set[int] | None:
    """The versions that the page spoke of; None where it did not say."""
    named = request.POST.get("seen")
    return None if named is None else {int(id) for id in named.split() if id.isdecimal() and len(id) < 19}
