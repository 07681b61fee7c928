"""Work in a worker that a person started: the list, and a page that tells how far it is and where it led."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from clients.access import runs_the_firm
from clients.jobs import LONG_WAIT
from clients.models import Job, JobState
from clients.requests import SignedInRequest

PAGE = 50


@login_required
@require_GET
def job_list(request: SignedInRequest) -> HttpResponse:
    """One's own jobs, the newest first; everybody's for who runs the firm. Fifty a page."""
    jobs = Job.objects.select_related("requested_by")
    if not runs_the_firm(request.user):
        jobs = jobs.filter(requested_by=request.user)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        jobs = jobs.filter(pk__lt=int(before))
    found = list(jobs[: PAGE + 1])
    context = {"jobs": found[:PAGE], "older": found[PAGE - 1].pk if len(found) > PAGE else None}
    return render(request, "clients/jobs.html", context)


@login_required
@require_GET
def job_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """For who asked for the job and who runs the firm; 404 to everybody else. htmx gets its state alone."""
    job = get_object_or_404(Job.objects.select_related("requested_by"), pk=pk)
    if job.requested_by_id != request.user.pk and not runs_the_firm(request.user):
        raise Http404
    nobody_takes_it = job.state == JobState.WAITING and timezone.now() - job.queued_at > LONG_WAIT
    shown = f"{job.state}.{job.done}.{job.step}.{nobody_takes_it}"
    if request.htmx and request.GET.get("shown") == shown:
        return HttpResponse(status=204)  # what is on the page stays, and is not read out again
    context = {
        "job": job,
        "share": round(100 * min(job.done, job.total) / job.total) if job.total else 0,
        "ended": job.state in (JobState.DONE, JobState.FAILED),
        "nobody_takes_it": nobody_takes_it,
        "shown": shown,
    }
    template = "clients/job_state.html" if request.htmx else "clients/job.html"
    response = render(request, template, context)
    response["Cache-Control"] = "no-store"  # one address gives the page or its state alone
    return response
