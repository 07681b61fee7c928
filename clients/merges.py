"""Records that became one, and that became two: where a gone one is found, and what its page says of it."""

from __future__ import annotations

from dataclasses import dataclass, field

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


@dataclass
class JoinedAndParted:
    """The merges into a record and the splits that it took part in, the newest first."""

    client_id: int
    merges: list[ClientMerge] = field(default_factory=list)
    splits: list[ClientSplit] = field(default_factory=list)

    @property
    def sentences(self) -> list[tuple[str, int | None]]:
        """What the page says, each with the id of the other record where it has one."""
        said: list[tuple[str, int | None]] = []
        for merge in self.merges:
            if not merge.parted_at:
                text = _("%(name)s was a record of its own, number %(number)s, until %(day)s.")
                parts = {"name": merge.name, "number": merge.external_id, "day": short_date(merge.merged_at)}
                said.append((text % parts, None))
        for split in self.splits:
            came = split.made_id == self.client_id
            other = split.client if came else split.made
            text = (
                _("Split off from %(name)s on %(day)s.") if came else _("%(name)s was split off on %(day)s.")
            )
            said.append((text % {"name": other.name, "day": short_date(split.split_at)}, other.pk))
        return said

    def entries(self) -> list[Entry]:
        """The same as entries of the history."""
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


def joined_and_parted(client: Client) -> JoinedAndParted:
    """Read in two small queries."""
    merges = ClientMerge.objects.filter(client=client).select_related("merged_by", "parted_by")
    splits = ClientSplit.objects.filter(Q(client=client) | Q(made=client)).select_related(
        "client", "made", "split_by"
    )
    return JoinedAndParted(
        client.pk,
        list(merges.defer("before", "filled").order_by("-merged_at", "-pk")),
        list(splits.order_by("-split_at", "-pk")),
    )
