"""The end of a client's data: when the relationship ended, what may not go, and whose names are gone."""

# ruff: noqa: S608  (names of this module)
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.audit import tracked

# One number for all: whoever holds the whole firm waits for the erasing at work, and that for the hold.
HOLDS_LOCK = 7_308_011

# The error that everything held answers with; pages tell it in words.
ON_HOLD = "clients_on_hold"
_REFUSE = f"""
    RAISE EXCEPTION 'A legal hold keeps what is recorded about this client.'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = '{ON_HOLD}';
"""


def _held(client: str) -> str:
    return (
        "EXISTS (SELECT FROM clients_legalhold h WHERE h.released_at IS NULL "
        f"AND (h.client_id = {client} OR h.client_id IS NULL))"
    )


def held_rows_stay(*, client: str = "client_id", condition: str = "") -> pgtrigger.Trigger:
    """Refuses to delete a row of a client who is under a legal hold, whatever path the deletion takes.

    `client`: the column with the client's id.
    """
    return pgtrigger.Trigger(
        name="held_rows_stay",
        when=pgtrigger.Before,
        level=pgtrigger.Row,
        operation=pgtrigger.Delete,
        condition=pgtrigger.Condition(condition) if condition else None,
        func=f"IF {_held(f'OLD.{client}')} THEN {_REFUSE} END IF; RETURN OLD;",
    )


class Departure(models.Model):
    """The day on which a former client left. Kept by the database while the status is former, and corrected
    by a person where the record learned of it late."""

    client = models.OneToOneField(
        "clients.Client", models.CASCADE, primary_key=True, related_name="departure"
    )
    left_on = models.DateField(_("left on"))

    class Meta:
        verbose_name = _("end of a relationship")
        verbose_name_plural = _("ends of relationships")
        indexes = [
            # the nightly look for periods that are over
            models.Index(fields=["left_on", "client"], name="clients_departure_by_day"),
        ]

    def __str__(self) -> str:
        return f"Client {self.client_id}: {self.left_on}"


@tracked(by="client")
class LegalHold(models.Model):
    """Nothing of the client (of nobody, where there is no client) is anonymised or deleted until released."""

    client = models.ForeignKey(
        "clients.Client", models.PROTECT, null=True, related_name="holds", verbose_name=_("client")
    )
    reason = models.CharField(_("reason"), max_length=500)
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("placed by"),
    )
    placed_at = models.DateTimeField(_("since"), default=timezone.now)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("released by"),
    )
    released_at = models.DateTimeField(_("released"), null=True)
    release_reason = models.CharField(_("why it was released"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("legal hold")
        verbose_name_plural = _("legal holds")
        ordering = ["-placed_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["client"],
                name="clients_hold_one_a_client",
                condition=Q(released_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["released_at"],
                name="clients_hold_one_of_the_firm",
                condition=Q(released_at__isnull=True, client__isnull=True),
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="clients_hold_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="clients_hold_released_whole",
                condition=Q(released_at__isnull=True, released_by__isnull=True, release_reason="")
                | (Q(released_at__isnull=False, released_by__isnull=False) & ~Q(release_reason="")),
            ),
        ]
        triggers = [
            # Whoever erases the client meanwhile is waited for.
            pgtrigger.Trigger(
                name="waits_for_erasing",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=f"""
                    IF NEW.client_id IS NULL THEN PERFORM pg_advisory_xact_lock({HOLDS_LOCK}); END IF;
                    PERFORM FROM clients_client WHERE id = NEW.client_id FOR UPDATE;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="holds_are_released", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"Hold of client {self.client_id}" if self.client_id else "Hold of all clients"


class Anonymised(models.Model):
    """That the personal data of a client is gone; its numbers stay under “Former client” and its id.

    The row comes before anything is erased, in the same transaction: the database refuses it under a hold.
    """

    client = models.OneToOneField(
        "clients.Client", models.CASCADE, primary_key=True, related_name="anonymised"
    )
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("anonymised client")
        verbose_name_plural = _("anonymised clients")
        triggers = [
            pgtrigger.Trigger(
                name="not_while_held",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=f"""
                    PERFORM pg_advisory_xact_lock_shared({HOLDS_LOCK});
                    PERFORM FROM clients_client WHERE id = NEW.client_id FOR UPDATE;
                    IF {_held("NEW.client_id")} THEN {_REFUSE} END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"Former client {self.client_id}"


_ZONE = "coalesce((SELECT time_zone FROM clients_firm WHERE id = 1), 'America/New_York')"
_TODAY = f"(now() AT TIME ZONE {_ZONE})::date"
# A record that comes as former has left today, as far as anybody knows.
DEPARTURES = [
    pgtrigger.Trigger(
        name="departs_insert",
        when=pgtrigger.After,
        level=pgtrigger.Statement,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="new_rows"),
        func=f"""
            INSERT INTO clients_departure (client_id, left_on)
            SELECT id, {_TODAY} FROM new_rows WHERE status = 'former' ON CONFLICT DO NOTHING;
            RETURN NULL;
        """,
    ),
    pgtrigger.Trigger(
        name="departs_update",
        when=pgtrigger.After,
        level=pgtrigger.Row,
        operation=pgtrigger.UpdateOf("status"),
        condition=pgtrigger.Condition("OLD.status IS DISTINCT FROM NEW.status"),
        func=f"""
            IF NEW.status = 'former' THEN
                INSERT INTO clients_departure (client_id, left_on) VALUES (NEW.id, {_TODAY})
                ON CONFLICT DO NOTHING;
            ELSIF OLD.status = 'former' THEN
                DELETE FROM clients_departure WHERE client_id = NEW.id;
            END IF;
            RETURN NULL;
        """,
    ),
]
