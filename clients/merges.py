"""Records that became one, and that became two: where a gone one is found, and what its page says of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from clients.formats import short_date
from clients.history_entries import Entry
from clients.models import Client, ClientMerge, ClientSplit, FormerNumber, User


def stayed_for(gone: int) -> int | None:
    """The id of the record that took up the record with the id `gone`; None where no merge did."""
    return (
        ClientMerge.objects.filter(absorbed_id=gone, parted_at=None)
        .values_list("client_id", flat=True)
        .first()
    )


def taken_number(external_id: str) -> FormerNumber | None:
    """The former number with this text, which no new record may have."""
    return FormerNumber.objects.filter(external_id=external_id).select_related("client").first()


_TOLD = """
    SELECT 'merge' AS what, name, external_id, merged_at AS at, NULL::bigint AS other
    FROM clients_clientmerge WHERE client_id = %(client)s AND parted_at IS NULL
    UNION ALL
    SELECT 'came', c.name, c.external_id, s.split_at, c.id
    FROM clients_clientsplit s JOIN clients_client c ON c.id = s.client_id WHERE s.made_id = %(client)s
    UNION ALL
    SELECT 'went', c.name, c.external_id, s.split_at, c.id
    FROM clients_clientsplit s JOIN clients_client c ON c.id = s.made_id WHERE s.client_id = %(client)s
    ORDER BY at DESC LIMIT 20
"""


def told(client: Client) -> list[tuple[str, int | None]]:
    """What the page says of merges and splits, each with the id of the other record; read in one query."""
    wording = {
        "merge": _("%(name)s was a record of its own, number %(number)s, until %(day)s."),
        "came": _("Split off from %(name)s on %(day)s."),
        "went": _("%(name)s was split off on %(day)s."),
    }
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, {"client": client.pk})
        return [
            (wording[what] % {"name": name, "number": number, "day": short_date(at)}, other)
            for what, name, number, at, other in cursor.fetchall()
        ]


@dataclass
class JoinedAndParted:
    """The merges into a record and the splits that it took part in, the newest first."""

    client_id: int
    merges: list[ClientMerge] = field(default_factory=list)
    splits: list[ClientSplit] = field(default_factory=list)

    def entries(self) -> list[Entry]:
        """As entries of the history."""
        found = []
        for merge in self.merges:
            parts = {"name": merge.name, "number": merge.external_id}
            what = _("Merged with %(name)s, number %(number)s") % parts
            found.append(Entry(merge.merged_at, _name(merge.merged_by), what, [], merge.reason))
            if merge.parted_at:
                what = _("Parted again from %(name)s, number %(number)s") % parts
                found.append(Entry(merge.parted_at, _name(merge.parted_by), what, [], ""))
        for split in self.splits:
            came = split.made_id == self.client_id
            name = split.client.name if came else split.made.name
            what = (_("Split off from %s") if came else _("%s was split off")) % name
            found.append(Entry(split.split_at, _name(split.split_by), what, [], split.reason))
        return found


def _name(user: User | None) -> str:
    return user.display_name if user else _("By itself")


_ANY = """
SELECT EXISTS (SELECT FROM clients_clientmerge WHERE client_id = %(client)s)
    OR EXISTS (SELECT FROM clients_clientsplit WHERE %(client)s IN (client_id, made_id))
"""


def joined_and_parted(client: Client) -> JoinedAndParted:
    """Read in one small query where there are none, as of most clients, else in three."""
    with connection.cursor() as cursor:
        cursor.execute(_ANY, {"client": client.pk})
        if not cursor.fetchone()[0]:
            return JoinedAndParted(client.pk)
    merges = ClientMerge.objects.filter(client=client).select_related("merged_by", "parted_by")
    splits = ClientSplit.objects.filter(Q(client=client) | Q(made=client)).select_related(
        "client", "made", "split_by"
    )
    return JoinedAndParted(
        client.pk,
        list(merges.defer("before", "filled").order_by("-merged_at", "-pk")),
        list(splits.order_by("-split_at", "-pk")),
    )
