"""The words that a client is tagged with, as plain values read inside the query of the client.

A join for each word would cost the planner more than the rest of a tab costs the database.
"""

from __future__ import annotations

from django.db.models import JSONField
from django.db.models.expressions import RawSQL

from clients.models import Client
from clients.words import AXES, Word

_WORD = (
    "SELECT jsonb_build_object('id', t.id, 'code', t.code, 'label', t.label, 'changes', t.changes, "
    "'retired', t.retired_at IS NOT NULL, 'position', t.position) FROM {table} t"
)


def _of(axis: str) -> str:
    word = _WORD.format(table=AXES[axis]._meta.db_table)
    if axis == "behavioral_trigger":
        word += (
            " JOIN clients_behavioraltag tag ON tag.trigger_id = t.id WHERE tag.client_id = clients_client.id"
        )
    else:
        word += f" WHERE t.id = clients_client.{axis}_id"
    return f"'{axis}', ({word})"


WORDS = RawSQL(f"jsonb_build_object({', '.join(map(_of, AXES))})", [], output_field=JSONField())  # noqa: S611


def own_word(client: Client, axis: str) -> Word | None:
    """The client's value of the axis; one query for all where it was not read with `with_words`."""
    if not hasattr(client, "own_words"):
        client.own_words = Client.objects.with_words().values_list("own_words", flat=True).get(pk=client.pk)  # type: ignore[attr-defined]
    word = client.own_words[axis]  # type: ignore[attr-defined]
    return Word(**word) if word else None
