"""How to speak with clients: message map, topics, scripts."""

from personas.models.mapping import MapImport, MapRow, MapRowQuerySet, MessageChannel, Topic

__all__ = ["MapImport", "MapRow", "MapRowQuerySet", "MessageChannel", "Topic"]
