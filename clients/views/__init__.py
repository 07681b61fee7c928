"""Pages of the client record, by what they show."""
