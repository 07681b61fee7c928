"""What the map says for a client: its rows in their order, each part from the first row that gives it.

The order is: most conditions first, then the row's `order`, then its id. Framing, channel, meeting format and
preparation come from the first row that has one. Words add up over all rows; one that a row wants and another
warns of counts as the earlier row says. Without permission only rows that ask for nothing but the tier speak.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection
from django.utils.functional import Promise

from clients.register.active import active_sql
from personas.models.mapping import (
    BEHAVIORAL,
    CONDITIONS,
    PARTS,
    SINGLE_PARTS,
    TAILORED,
    MapRow,
    MessageChannel,
)

# What the conditions are compared with: tags that the register lets the firm keep. A behavioral trigger is
# stored only while permission is granted.
_HAS = ", ".join(
    f"CASE WHEN {active_sql(name)} THEN "
    + ("CASE WHEN c.permission = 'granted' THEN tag.trigger_id END" if name == BEHAVIORAL else f"c.{name}_id")
    + " END"
    for name in TAILORED
)
_PROFILES = f"""
    SELECT c.id, c.permission = 'granted', {_HAS}, summary.tier_id
    FROM clients_client c
    LEFT JOIN clients_behavioraltag tag ON tag.client_id = c.id
    LEFT JOIN clients_clientsummary summary ON summary.client_id = c.id
    WHERE c.id = ANY(%s)
"""  # noqa: S608  (names of our own)


@dataclass(frozen=True)
class Profile:
    """What a client is tagged with: ids in the order of `CONDITIONS`, and whether permission is granted."""

    granted: bool
    values: tuple[int | None, ...]


@dataclass(frozen=True)
class Said:
    """A text of the map, and the row that it is from."""

    text: str | Promise
    row: MapRow


@dataclass(frozen=True)
class RowsPart:
    """What one row gave, and what it would have given had no row before it spoken; names of parts."""

    row: MapRow
    gave: tuple[str, ...]
    overruled: tuple[str, ...]


@dataclass(frozen=True)
class Guidance:
    """How to speak with a client.

    `parts`: the single parts by name; `use`, `avoid`: words. `by_row`: the rows that fit, in their order.
    `off`: rows that would fit but need permission.
    """

    granted: bool
    parts: dict[str, Said] = field(default_factory=dict)
    channel: str = ""
    use: tuple[Said, ...] = ()
    avoid: tuple[Said, ...] = ()
    by_row: tuple[RowsPart, ...] = ()
    off: tuple[MapRow, ...] = ()

    @property
    def says_anything(self) -> bool:
        return bool(self.parts or self.use or self.avoid)


class MessageMap:
    """Rows in use, in their order. Clients tagged alike are resolved once."""

    def __init__(self, rows: Iterable[MapRow]) -> None:
        self.rows = sorted(rows, key=lambda row: (-len(row.conditions), row.order, row.pk))
        self._asked = [(row, row.conditions) for row in self.rows]
        self._resolved: dict[Profile, Guidance] = {}

    def for_profile(self, profile: Profile) -> Guidance:
        """What the map says to a client of this profile."""
        if profile not in self._resolved:
            self._resolved[profile] = self._resolve(profile)
        return self._resolved[profile]

    def _resolve(self, profile: Profile) -> Guidance:
        has = dict(zip(CONDITIONS, profile.values, strict=True))
        fitting = [
            row for row, asked in self._asked if all(has[name] == word for name, word in asked.items())
        ]
        if profile.granted:
            return _speak(fitting, granted=True)
        general = [row for row in fitting if not any(name in TAILORED for name in row.conditions)]
        off = tuple(row for row in fitting if row not in general)
        return _speak(general, granted=False, off=off)


def _speak(rows: list[MapRow], *, granted: bool, off: tuple[MapRow, ...] = ()) -> Guidance:
    parts: dict[str, Said] = {}
    words: dict[str, tuple[bool, Said]] = {}
    channel, by_row = "", []
    for row in rows:
        gave, overruled = [], []
        for name in PARTS:
            if name in SINGLE_PARTS:
                text = getattr(row, name)
                if not text:
                    continue
                if name in parts:
                    overruled.append(name)
                    continue
                if name == "channel":
                    channel, text = text, MessageChannel(text).label
                parts[name] = Said(text, row)
                gave.append(name)
            elif _add_words(words, row, use=name == "words_to_use"):
                gave.append(name)
        by_row.append(RowsPart(row, tuple(gave), tuple(overruled)))
    return Guidance(
        granted=granted,
        parts=parts,
        channel=channel,
        use=tuple(said for wanted, said in words.values() if wanted),
        avoid=tuple(said for wanted, said in words.values() if not wanted),
        by_row=tuple(by_row),
        off=off,
    )


def _add_words(words: dict[str, tuple[bool, Said]], row: MapRow, *, use: bool) -> bool:
    """Adds the row's words that no row before it named; returns whether there were any."""
    new = [word for word in (row.to_use if use else row.to_avoid) if word.casefold() not in words]
    for word in new:
        words.setdefault(word.casefold(), (use, Said(word, row)))
    return bool(new)


def guidance_for(clients: Iterable[int]) -> dict[int, Guidance]:
    """What the map says for each client, by its id: one query for the clients, one for the rows that ask for
    nothing that none of them has, however many they are."""
    with connection.cursor() as cursor:
        cursor.execute(_PROFILES, [list(clients)])
        profiles = {id: Profile(granted, tuple(values)) for id, granted, *values in cursor.fetchall()}
    the_map = MessageMap(MapRow.objects.in_use().for_any({profile.values for profile in profiles.values()}))
    return {id: the_map.for_profile(profile) for id, profile in profiles.items()}
