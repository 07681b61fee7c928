"""Reads of the client record, each named for its use."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL

if TYPE_CHECKING:
    from clients.models import User


class ClientQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> ClientQuerySet:
        """Clients that `user` may see: all for operations, compliance and administrators, else those
        on whose service team the user is."""
        from clients.access import sees_all_clients

        if sees_all_clients(user):
            return self
        return self.filter(
            models.Exists(
                apps.get_model("clients.TeamMember").objects.filter(client=models.OuterRef("pk"), user=user)
            )
        )

    def untagged(self) -> ClientQuerySet:
        """Clients on which none of the five dropdowns has a value."""
        return self.filter(
            complexity_driver=None,
            attention_constraint=None,
            persona=None,
            income_structure=None,
            behavioral_tag=None,
        )

    def late(self, today: dt.date) -> ClientQuerySet:
        """Clients with an open task whose window had passed at the start of `today`."""
        return self.filter(summary__late_after__lt=today)

    def named(self, text: str) -> ClientQuerySet:
        """Clients with `text` somewhere in their name or number, in any case."""
        return self.filter(Q(name__icontains=text) | Q(external_id__icontains=text))

    def may_be_contacted(self, channel: str) -> ClientQuerySet:
        """Clients that may be reached by `channel` now: none that opted out of it (`clients.contact`)."""
        from clients.contact import may_contact_sql

        condition = RawSQL(may_contact_sql(channel), [], output_field=models.BooleanField())  # noqa: S611
        return self.alias(may_be_contacted=condition).filter(may_be_contacted=True)

    def with_permission(self) -> ClientQuerySet:
        """Clients with the history of their permission (`permission_told`) and the channels by which they may
        not be reached (`closed`), read in the same query."""
        from clients.contact import CLOSED
        from clients.permission.told import TOLD

        return self.annotate(permission_told=TOLD, closed=CLOSED)

    def with_words(self) -> ClientQuerySet:
        """Clients with the words that they are tagged with as plain values (`clients.own_words`)."""
        from clients.own_words import WORDS

        return self.annotate(own_words=WORDS)

    def for_tab(self) -> ClientQuerySet:
        """One client with all that the head of its page shows, and its words."""
        return self.with_permission().with_words().select_related("summary__tier", "scored")

    def for_page(self) -> ClientQuerySet:
        """Clients with all that their statement says of the record itself."""
        return self.with_permission().select_related(
            "summary__tier",
            "scored",
            "complexity_driver",
            "attention_constraint",
            "persona",
            "income_structure",
            "behavioral_tag__trigger",
        )
