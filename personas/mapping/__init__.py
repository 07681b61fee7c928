"""The message map: how to speak with a client, which row says so, and what no row speaks of."""
