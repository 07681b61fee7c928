"""How long before its day a date of equity pay becomes a task."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.audit import tracked
from servicing.models.standards import Channel

MOST_LEAD = 180


class EquityDate(models.TextChoices):
    """The kinds of dates that become tasks."""

    VEST = "vest", _("Shares vest")
    OPTION_VEST = "option_vest", _("Options vest")
    OPENS = "opens", _("A trading window opens")
    CLOSES = "closes", _("A trading window closes")
    EXPIRES = "expires", _("Options end")


@tracked()
class EquityLead(models.Model):
    """The lead time of one kind of date. Switched off, its open tasks are taken back and none are made."""

    kind = models.CharField(_("date"), max_length=12, choices=EquityDate.choices, unique=True)
    lead_days = models.PositiveSmallIntegerField(
        _("days before"), validators=[MaxValueValidator(MOST_LEAD)], help_text=_("From 0 to 180.")
    )
    minutes = models.PositiveSmallIntegerField(
        _("planned minutes"), default=15, validators=[MaxValueValidator(480)]
    )
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices, default=Channel.PHONE)
    is_on = models.BooleanField(_("makes tasks"), default=True)

    class Meta:
        verbose_name = _("lead time of an equity date")
        verbose_name_plural = _("lead times of equity dates")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="servicing_equity_lead", condition=Q(lead_days__lte=MOST_LEAD)),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
