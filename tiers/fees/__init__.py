"""Fee schedules by tier, and clients' bills beside them."""
