"""The API by which other systems of the firm read and write: tokens, operations, its document."""
