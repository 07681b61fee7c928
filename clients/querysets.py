"""Reads of the client record, each named for its use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

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
                self.model.team.rel.related_model.objects.filter(client=models.OuterRef("pk"), user=user)
            )
        )
