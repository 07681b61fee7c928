"""The page of one step: its figures, what was seen and decided, and what is done there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clients.access import WHO_MAY, runs_the_firm, sees_all_clients
from clients.commands import Refused
from clients.feedback import notice
from clients.firm import firm_today
from clients.jobs import start_job
from clients.models import Client, ClientStatus, Job
from clients.register.active import is_active
from clients.register.forms import Why
from clients.requests import SignedInRequest
from servicing.dashboards.operations import as_file
from servicing.models import (
    Decided,
    DecidedList,
    ReviewAction,
    ReviewCode,
    ReviewStep,
)
from servicing.ratings.reading import ratings_behind
from servicing.review import carrying_out, drafts, graduation, reading, results, rights, services, signing
from servicing.review.forms import ActionForm, GiveForm, NotesForm
from servicing.review.views import NOT_LED
from tiers import policies, simulation
from tiers.models import Policy

COMMENTS = 30  # of clients; the page of ratings has all
Forms = dict[str, Any]


@login_required
def step(request: SignedInRequest, pk: str, code: str) -> HttpResponse:
    """One step; with `do` in a form what is done there. With `table` in the address one table as CSV."""
    found = _step(request, pk, code)
    if request.method != "POST":
        if name := request.GET.get("table", ""):
            return _file(found, name)
        return _page(request, found, {})
    act = _DO.get(request.POST.get("do", ""))
    if act is None:
        raise Http404
    try:
        answer = act(request, found)
    except Refused as refused:
        notice(request, " ".join(refused.reasons), went_wrong=True)
        return redirect(_here(found))
    if isinstance(answer, dict):  # forms with what is wrong in them
        return _page(request, _step(request, pk, code), answer, status=422)
    return answer or redirect(_here(found))


@login_required
def give(request: SignedInRequest, pk: str, code: str) -> HttpResponse:
    """Gives the step to a person, with a day."""
    found = _step(request, pk, code)
    if not (found.review.is_open and rights.may_lead(request.user, found.review)):
        raise PermissionDenied(NOT_LED)
    initial = {"owner": found.owner_id, "due_on": found.due_on}
    form = GiveForm(request.POST if request.method == "POST" else None, initial=initial, step=found)
    if request.method == "POST" and form.is_valid():
        try:
            services.give(step=found, by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, " ".join(refused.reasons))
        else:
            notice(request, _("Saved."))
            return redirect("servicing:review", found.review_id)
    context = {
        "form": form,
        "title": found.get_code_display(),
        "lead_in": str(found.review),
        "submit_label": _("Save"),
        "back": reverse("servicing:review", args=[found.review_id]),
    }
    return render(request, "servicing/review/form.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def action(request: SignedInRequest, pk: int) -> HttpResponse:
    """An action is done, or not after all, or is taken out of its step."""
    found = get_object_or_404(ReviewAction.objects.select_related("review", "step"), pk=pk)
    found.step.review = found.review
    do, back = request.POST.get("do", ""), request.POST.get("back", "")
    if request.user.pk != found.owner_id and not rights.may_work(request.user, found.step):
        raise PermissionDenied(_("Its owner and whoever leads the review can do this."))
    try:
        if do == "drop" and rights.may_work(request.user, found.step):
            services.drop_action(action=found, by=request.user)
        else:
            services.finish_action(action=found, by=request.user, done=do != "undo")
    except Refused as refused:
        notice(request, " ".join(refused.reasons), went_wrong=True)
    if back == "list" or not rights.may_see_step(request.user, found.step):
        return redirect("servicing:reviews")
    return redirect(_here(found.step) + "#actions")


# --- What is done -----------------------------------------------------------------------------------------


def _note(request: SignedInRequest, found: ReviewStep) -> HttpResponse | Forms | None:
    _work(request, found)
    form = NotesForm(request.POST, step=found)
    if not form.is_valid():
        return {"notes": form}
    services.note(
        step=found, seen=form.cleaned_data["seen"], decided=form.cleaned_data["decided"], by=request.user
    )
    if "finish" not in request.POST:
        notice(request, _("Saved."))
        return None
    try:
        services.finish(step=found, by=request.user)
    except Refused as refused:
        found.refresh_from_db()
        typed = request.POST.copy()
        typed["version"] = found.changed_at.isoformat()
        again = NotesForm(typed, step=found)
        again.is_valid()
        again.add_error(None if found.decided else "decided", " ".join(refused.reasons))
        return {"notes": again}
    notice(request, _("%(step)s is done.") % {"step": found.get_code_display()})
    return redirect("servicing:review", found.review_id) if rights.may_see(request.user) else None


def _reopen(request: SignedInRequest, found: ReviewStep) -> None:
    _work(request, found)
    services.reopen(step=found, by=request.user)
    notice(request, _("The step is open again."))


def _agree(request: SignedInRequest, found: ReviewStep) -> HttpResponse | Forms:
    _work(request, found)
    form = ActionForm(request.POST, user=request.user)
    if not form.is_valid():
        return {"action": form}
    services.agree(step=found, by=request.user, **form.cleaned_data)
    notice(request, _("Noted."))
    return redirect(_here(found) + "#actions")


def _decide(request: SignedInRequest, found: ReviewStep) -> HttpResponse:
    """The rows of a page of a list; those without a choice stay undecided."""
    _work(request, found)
    run, which = graduation.latest_run(), _which(request.POST.get("list", ""))
    if run is None:
        raise Http404
    chosen = [
        graduation.Choice(
            int(name.removeprefix("decision-")), decision, request.POST.get(f"reason-{name[9:]}", "")
        )
        for name, decision in request.POST.dict().items()
        if name.startswith("decision-") and name[9:].isdecimal() and len(name) < 28 and decision
    ]
    number = graduation.decide(review=found.review, run=run, which=which, chosen=chosen, by=request.user)
    notice(request, _("Kept: %(n)s decisions are new or changed.") % {"n": number})
    return redirect(_of_list(found, which, request.POST.get("after", "")))


def _decide_rest(request: SignedInRequest, found: ReviewStep) -> HttpResponse:
    _work(request, found)
    run, which = graduation.latest_run(), _which(request.POST.get("list", ""))
    if run is None:
        raise Http404
    number = graduation.decide_rest(
        review=found.review,
        run=run,
        which=which,
        decision=request.POST.get("decision", ""),
        reason=request.POST.get("reason", ""),
        by=request.user,
    )
    notice(request, _("Kept: %(n)s decisions.") % {"n": number})
    return redirect(_of_list(found, which, ""))


def _take_back(request: SignedInRequest, found: ReviewStep) -> HttpResponse:
    _work(request, found)
    client = request.POST.get("client", "")
    if client.isdecimal():
        graduation.take_back(review=found.review, client_id=int(client[:18]), by=request.user)
    return redirect(_of_list(found, _which(request.POST.get("list", "")), request.POST.get("after", "")))


def _choose_draft(request: SignedInRequest, found: ReviewStep) -> None:
    _work(request, found)
    wanted = request.POST.get("draft", "")
    draft = get_object_or_404(Policy, pk=int(wanted[:18])) if wanted.isdecimal() else None
    services.choose_draft(review=found.review, draft=draft, by=request.user)
    notice(request, _("Chosen: %(policy)s.") % {"policy": draft or _("the policy in force stays")})


def _make_draft(request: SignedInRequest, found: ReviewStep) -> HttpResponse:
    _run(request)
    draft = services.make_draft(review=found.review, by=request.user)
    notice(request, _("Draft made: %(policy)s.") % {"policy": draft})
    return redirect("tiers:studio", draft.pk)


def _simulate(request: SignedInRequest, found: ReviewStep) -> HttpResponse | None:
    """Here, or in a worker where the firm is large."""
    _run(request)
    draft = found.review.draft
    if draft is None:
        raise Refused(_("Choose a draft first."))
    active = Client.objects.filter(status=ClientStatus.ACTIVE)
    if active[: simulation.IN_REQUEST + 1].count() <= simulation.IN_REQUEST:
        simulation.simulate(policy=draft, as_of=firm_today(), by=request.user)
        return None
    job = start_job(
        task="tiers.simulate",
        title=_("Simulation of %(policy)s") % {"policy": draft},
        by=request.user,
        arguments=[draft.pk, firm_today().isoformat(), request.user.pk],
    )
    return redirect("clients:job", job.pk)


def _sign(request: SignedInRequest, found: ReviewStep) -> None:
    _may(rights.may_sign(request.user))
    signing.sign(review=found.review, by=request.user, seen=request.POST.get("digest", ""))
    notice(request, _("You signed. A change of anything that you signed would make it void."))


def _decline(request: SignedInRequest, found: ReviewStep) -> None:
    _may(rights.may_sign(request.user))
    reason = request.POST.get("reason", "")[:2000]
    signing.decline(review=found.review, by=request.user, seen=request.POST.get("digest", ""), reason=reason)
    notice(request, _("Kept. Nothing is carried out until this is settled."))


def _carry_out(request: SignedInRequest, found: ReviewStep) -> HttpResponse:
    _run(request)
    job = carrying_out.start(review=found.review, by=request.user, whole="whole" in request.POST)
    return redirect("clients:job", job.pk)


_DO: dict[str, Callable[[SignedInRequest, ReviewStep], HttpResponse | Forms | None]] = {
    "note": _note,
    "reopen": _reopen,
    "agree": _agree,
    "decide": _decide,
    "decide_rest": _decide_rest,
    "take_back": _take_back,
    "choose_draft": _choose_draft,
    "make_draft": _make_draft,
    "simulate": _simulate,
    "sign": _sign,
    "decline": _decline,
    "carry_out": _carry_out,
}


# --- What the page shows ----------------------------------------------------------------------------------


def _page(request: SignedInRequest, found: ReviewStep, forms: Forms, status: int = 200) -> HttpResponse:
    review, user = found.review, request.user
    whole = rights.may_see(user)
    steps = reading.steps_of(review) if whole else [found]
    works = review.is_open and found.code in services.FIGURES and rights.may_work(user, found)
    writes = works and not found.is_done and not review.is_being_carried_out
    context: dict[str, Any] = {
        "review": review,
        "step": found,
        "steps": steps,
        "seen": reading.figures_of(found) if whole else None,
        "more": results.more_of(found.code) if whole else "",
        "decides": found.code in services.FIGURES,
        "works": works,
        "writes": writes,
        "may_reopen": works and found.is_done and not review.is_being_carried_out,
        "may_lead": review.is_open and rights.may_lead(user, review),
        "runs_the_firm": runs_the_firm(user),
        "whole": whole,
        "notes": forms.get("notes") or NotesForm(step=found),
        "action": forms.get("action") or ActionForm(user=user),
        "actions": reading.actions_of(review, found),
        "today": timezone.localdate(),
    }
    if beside := _BESIDE.get(found.code):
        context |= beside(request, found, context)
    return render(request, "servicing/review/step.html", context, status=status)


def _comments(request: SignedInRequest, found: ReviewStep, context: dict[str, Any]) -> dict[str, Any]:
    """What clients said, for who sees every client; nothing of it is copied into the record."""
    if not context["whole"]:
        return {}
    review, said = found.review, {"said": "1"}
    rows, _count = ratings_behind(first=review.first_on, last=review.last_on, chosen=said, limit=COMMENTS)
    return {"comments": [row for row in rows if row["comment"]]}


def _lists(request: SignedInRequest, found: ReviewStep, context: dict[str, Any]) -> dict[str, Any]:
    which, run = _which(request.GET.get("list", "")), graduation.run_for(found.review)
    shown: dict[str, Any] = {"which": which, "lists": DecidedList, "choices": Decided, "run": run}
    if run and found.review.is_open and not found.is_done:
        after = request.GET.get("after", "")
        rows, following = graduation.page(found.review, run, which, request.user, after=after)
        decides = context["writes"] and is_active(graduation.DECISION)
        asked = {"decides": decides, "why": Why(graduation.DECISION) if decides else ""}
        return shown | asked | {"rows": rows, "next": following, "after": after}
    decisions = reading.decisions_of(found.review).filter(of_list=which)
    if not context["whole"]:
        decisions = decisions.filter(client__in=Client.objects.visible_to(request.user).values("pk"))
    return shown | {"decisions": decisions[: reading.LISTED]}


def _policy(request: SignedInRequest, found: ReviewStep, context: dict[str, Any]) -> dict[str, Any]:
    draft = found.review.draft
    if not context["writes"]:
        decides = found.review.is_open and not found.review.is_being_carried_out
        return {"problems": drafts.out_of_date(found) if decides else []}
    return {
        "drafts": drafts.drafts(),
        "problems": drafts.against_done(found.review) if draft else [],
        "simulated": drafts.simulation_for(found.review) is not None,
    }


def _signing(request: SignedInRequest, found: ReviewStep, context: dict[str, Any]) -> dict[str, Any]:
    if not context["whole"]:
        return {}
    now = reading.sign_off_of(found.review, context["steps"])
    own = now.word_of(request.user)
    takes = found.review.is_open and not found.review.is_being_carried_out and now.ready
    return {"signing": now, "own": own, "may_sign": takes and rights.may_sign(request.user)}


def _carrying(request: SignedInRequest, found: ReviewStep, context: dict[str, Any]) -> dict[str, Any]:
    review = found.review
    if not context["whole"]:
        return {}
    done = carrying_out.done(review)
    following = carrying_out.next_stage(review) if review.is_open else ""
    job = Job.objects.filter(pk=review.job_id).first() if review.job_id else None
    draft = review.draft
    return {
        "stages": [
            {"stage": stage, "done": done[stage.code], "next": stage.code == following}
            for stage in carrying_out.STAGES
        ],
        "obstacles": carrying_out.obstacles(review, request.user, context["steps"]) if review.is_open else [],
        "job": job,
        "at_work": carrying_out.is_at_work(review),
        "needs_another": bool(draft and draft.is_draft and policies.needs_another(draft, request.user)),
    }


_BESIDE: dict[str, Callable[[SignedInRequest, ReviewStep, dict[str, Any]], dict[str, Any]]] = {
    ReviewCode.VALUED: _comments,
    ReviewCode.GRADUATION: _lists,
    ReviewCode.POLICY: _policy,
    ReviewCode.SIGN: _signing,
    ReviewCode.CARRY_OUT: _carrying,
}


def _file(found: ReviewStep, name: str) -> HttpResponse:
    """One table of the step as CSV."""
    table = reading.figures_of(found).table(name)
    if table is None:
        raise Http404
    return as_file(f"review-{found.review.year}-{name}", table.as_csv())


# --- Finding and refusing ---------------------------------------------------------------------------------


def _step(request: SignedInRequest, pk: str, code: str) -> ReviewStep:
    """The step, for who sees the whole review and for its owner; others learn nothing of it."""
    found = get_object_or_404(
        ReviewStep.objects.select_related(
            "review__lead", "review__draft__prepared_by", "review__run", "owner", "done_by", "changed_by"
        ),
        review=int(pk),
        code=code,
    )
    if not rights.may_see_step(request.user, found):
        raise PermissionDenied(WHO_MAY[sees_all_clients])
    return found


def _work(request: SignedInRequest, found: ReviewStep) -> None:
    _may(rights.may_work(request.user, found))


def _run(request: SignedInRequest) -> None:
    _may(runs_the_firm(request.user))


def _may(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied(_("The owner of the step and whoever leads the review can do this."))


def _which(text: str) -> str:
    return text if text in DecidedList.values else DecidedList.UP.value


def _here(found: ReviewStep) -> str:
    return reverse("servicing:review_step", args=[found.review_id, found.code])


def _of_list(found: ReviewStep, which: str, after: str) -> str:
    safe = after if after.replace(":", "").replace("-", "").replace(".", "").isdecimal() else ""
    return f"{_here(found)}?list={which}{f'&after={safe}' if safe else ''}#lists"
