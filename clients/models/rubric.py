"""The firm's rubric: what each rating of a client means, in the firm's own words."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models.client import RATING


class RatingMeaning(models.Model):
    """What one rating from 1 to 5 means; shown beside the dropdown where clients are rated."""

    class Rated(models.TextChoices):
        GROWTH = "growth_potential", _("Growth potential")
        ALIGNMENT = "alignment", _("Alignment")

    rated = models.CharField(_("what is rated"), max_length=20, choices=Rated.choices)
    rating = models.PositiveSmallIntegerField(_("rating"), validators=RATING)
    meaning = models.CharField(_("meaning"), max_length=160)
    example = models.TextField(_("example"), blank=True)

    class Meta:
        verbose_name = _("rating in the rubric")
        verbose_name_plural = _("ideal client rubric")
        ordering = ["rated", "-rating"]
        constraints = [
            models.UniqueConstraint(fields=["rated", "rating"], name="clients_ratingmeaning_once"),
            models.CheckConstraint(
                name="clients_ratingmeaning_1_to_5", condition=models.Q(rating__range=(1, 5))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_rated_display()} {self.rating}"
