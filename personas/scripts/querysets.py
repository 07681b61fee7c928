"""Reads of script versions, each named for its use."""

from __future__ import annotations

import datetime as dt

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Greatest

ALIKE = 0.5  # how like a word of the title has to be where the text as typed is in neither
_RELATED = (
    "script",
    "situation",
    "role",
    "persona",
    "complexity_driver",
    "behavioral_trigger",
    "attention_constraint",
    "income_structure",
    "tier",
)


class ScriptVersionQuerySet(models.QuerySet):
    def with_words(self) -> ScriptVersionQuerySet:
        """With the labels that a line of the library shows."""
        return self.select_related(*_RELATED)

    def newest(self) -> ScriptVersionQuerySet:
        """Of each script the version with the highest number."""
        later = self.model._default_manager.filter(script=OuterRef("script"), number__gt=OuterRef("number"))
        return self.filter(~Exists(later))

    def usable(self, on: dt.date) -> ScriptVersionQuerySet:
        """Approved, not expired on `on`, of a script in use: what may be offered and sent."""
        return self.filter(state="approved", review_on__gt=on, script__retired_at__isnull=True)

    def expired(self, on: dt.date) -> ScriptVersionQuerySet:
        """Approved versions of scripts in use whose review is due."""
        return self.filter(state="approved", review_on__lte=on, script__retired_at__isnull=True)

    def shipped(self) -> ScriptVersionQuerySet:
        """The newest versions of scripts in use that came with the product and nobody here approved."""
        shipped = self.newest().filter(state="approved", decided_by__isnull=True)
        return shipped.filter(script__retired_at__isnull=True)

    def waiting(self) -> ScriptVersionQuerySet:
        """Submitted to compliance, the longest waiting first."""
        return self.filter(state="submitted").order_by("submitted_at", "id")

    def search(self, text: str) -> ScriptVersionQuerySet:
        """Versions with `text` in title, code or text, or a word like it; the likest first."""
        return (
            self.annotate(
                likeness=Greatest(
                    TrigramWordSimilarity(text, "title"), TrigramWordSimilarity(text, "body") / 2
                )
            )
            .filter(
                Q(title__icontains=text)
                | Q(body__icontains=text)
                | Q(script__code__icontains=text)
                | Q(likeness__gte=ALIKE)
            )
            .order_by(F("likeness").desc(), "title", "id")
        )
