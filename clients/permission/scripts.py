"""The words with which permission is asked for.

The script library, which is a floor above, offers its approved script with `register_source` in
`AppConfig.ready`; where it has none for a client, the product's own words are shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from clients.models import Client, User

SITUATION = "permission_request"


@dataclass(frozen=True)
class AskingWords:
    """What to say. `name`: the script and its version, as it is kept with the answer."""

    name: str
    text: str


Source = Callable[[Client, User], AskingWords | None]
_sources: list[Source] = []


def register_source(source: Source) -> None:
    if source not in _sources:
        _sources.append(source)


def words_for_asking(client: Client, person: User) -> AskingWords:
    """The approved script for asking this client, else the product's own words."""
    for source in _sources:
        if words := source(client, person):
            return words
    return AskingWords(
        name=_("The product's own words"),
        text=_(
            "We would like to fit how we work with you to how you decide and how busy you are: fewer "
            "messages that are not for you, and shorter, better prepared meetings.\n\n"
            "For that we would keep a short note of what tends to make decisions hard for you. Only the "
            "people who look after you see it, you can read it at any time, and it is never used to sell "
            "you anything.\n\n"
            "You can say no, and nothing changes in the service that we promised you. If you say yes and "
            "change your mind later, tell any of us: we erase the note the same day.\n\n"
            "May we do that?"
        ),
    )
