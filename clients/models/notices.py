"""Notices: what the product tells a person inside it, until the person has seen it."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Notice(models.Model):
    """One sentence for one person, with the page that it is about. The same key is told once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", db_index=False)
    text = models.CharField(_("text"), max_length=300)
    url = models.CharField(_("page"), max_length=300, blank=True)
    key = models.CharField(max_length=120, help_text="What it is about; the same is not told twice.")
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    seen_at = models.DateTimeField(_("seen"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="clients_notice_once")]
        indexes = [
            # the count on every page
            models.Index(
                fields=["user", "-created_at"],
                name="clients_notice_unseen",
                condition=models.Q(seen_at__isnull=True),
            ),
            # taking back what is no longer so
            models.Index(
                fields=["key"], name="clients_notice_unseen_key", condition=models.Q(seen_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.text
