"""Jobs: work that a person started and a worker does, and the runs of what the timetable starts."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class JobState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    WORKING = "working", _("Working")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Job(models.Model):
    """One piece of work in a worker. `done` of `total` parts are finished; `step` says what it does now."""

    task = models.CharField(_("task"), max_length=80)
    title = models.CharField(_("title"), max_length=160)
    state = models.CharField(
        _("state"), max_length=10, choices=JobState.choices, default=JobState.WAITING, db_default="waiting"
    )
    step = models.CharField(_("step"), max_length=160, blank=True, default="")
    done = models.PositiveSmallIntegerField(_("parts done"), default=0)
    total = models.PositiveSmallIntegerField(_("parts"), default=1)
    error = models.TextField(_("error"), blank=True, default="")
    result_url = models.CharField(_("result"), max_length=300, blank=True, default="")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    queued_at = models.DateTimeField(_("queued"), default=timezone.now)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="clients_job_state_known", condition=models.Q(state__in=JobState.values)
            )
        ]

    def __str__(self) -> str:
        return self.title


class SweepRun(models.Model):
    """One run of scheduled work: when it ran, what it counted, how it ended. A run without an end still runs,
    or died with its worker."""

    task = models.CharField(_("task"), max_length=80)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    counts = models.JSONField(_("counts"), default=dict, blank=True)
    error = models.TextField(_("error"), blank=True, default="")

    class Meta:
        verbose_name = _("run of scheduled work")
        verbose_name_plural = _("runs of scheduled work")
        indexes = [
            # the last runs of each task
            models.Index(fields=["task", "-started_at"], name="clients_sweep_by_task"),
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.started_at:%Y-%m-%d %H:%M}"
