"""Webhooks: reading what changed from history, and telling it to the systems that listen, at least once."""
