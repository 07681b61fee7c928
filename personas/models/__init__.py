"""How to speak with clients: message map, topics, scripts."""

from personas.models.mapping import MapImport, MapRow, MapRowQuerySet, MessageChannel, Topic
from personas.models.messages import BulkMessage, Message, MessageState, SendingSettings, SequenceStep
from personas.models.scripts import (
    Reach,
    Script,
    ScriptChannel,
    ScriptState,
    ScriptUse,
    ScriptVersion,
    Situation,
)

__all__ = [
    "BulkMessage",
    "MapImport",
    "MapRow",
    "MapRowQuerySet",
    "Message",
    "MessageChannel",
    "MessageState",
    "Reach",
    "Script",
    "ScriptChannel",
    "ScriptState",
    "ScriptUse",
    "ScriptVersion",
    "SendingSettings",
    "SequenceStep",
    "Situation",
    "Topic",
]
