"""The written segmentation policy: its opening words, and the versions that were kept."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.audit import tracked


@tracked()
class PolicyPurpose(models.Model):
    """Why the firm segments its clients, in its own words. Always the row with id 1."""

    text = models.TextField(
        _("purpose"),
        max_length=4000,
        help_text=_("Opens the written policy. A line left empty begins a new paragraph."),
    )

    class Meta:
        verbose_name = _("purpose of the written policy")
        verbose_name_plural = _("purpose of the written policy")
        constraints = [models.CheckConstraint(name="servicing_policypurpose_one_row", condition=Q(pk=1))]

    def __str__(self) -> str:
        return str(_("Purpose of the written policy"))


class WrittenPolicy(models.Model):
    """The policy as it stood when it was kept. Nobody changes or deletes one: the database refuses it.

    `content`: its sections as `servicing.written.content` gives them, in the words of that day.
    """

    number = models.PositiveIntegerField(_("version"), unique=True)
    content = models.JSONField()
    reason = models.TextField(_("why it was kept"), max_length=2000)
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("kept by")
    )
    kept_at = models.DateTimeField(_("kept"), default=timezone.now)

    class Meta:
        verbose_name = _("version of the written policy")
        verbose_name_plural = _("versions of the written policy")
        ordering = ["-number"]
        triggers = [pgtrigger.Protect(name="stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return str(_("Written policy, version %(n)s") % {"n": self.number})
