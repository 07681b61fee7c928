"""How the firm runs its tiers: one row."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class TierSettings(models.Model):
    """What happens to tiers by itself, and who may publish. Always the row with id 1."""

    automatic_first_tiers = models.BooleanField(
        _("first tiers by themselves"),
        default=True,
        help_text=_("A client without a tier gets the one that a nightly run proposes."),
    )
    automatic_upgrades = models.BooleanField(
        _("upgrades by themselves"),
        default=False,
        help_text=_("A client moves to a tier with more service as soon as a nightly run proposes it."),
    )
    second_person = models.BooleanField(
        _("a second person publishes"),
        default=True,
        help_text=_("Whoever changed a draft cannot publish it."),
    )
    watch_margin = models.DecimalField(
        _("watch margin, points"),
        max_digits=5,
        decimal_places=2,
        default=Decimal(5),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
        help_text=_("The watch list holds clients whose score is at most so far above their tier's cut."),
    )

    class Meta:
        verbose_name = _("tier settings")
        verbose_name_plural = _("tier settings")
        constraints = [models.CheckConstraint(name="tiers_settings_one_row", condition=models.Q(pk=1))]

    def __str__(self) -> str:
        return str(_("Tier settings"))

    @classmethod
    def current(cls) -> "TierSettings":
        """The firm's settings; the shipped ones until somebody changes them."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)
