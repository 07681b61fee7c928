"""The field register at work: which fields exist, which may be shown today, why, and who used them."""
