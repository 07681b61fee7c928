"""Two partners rank the same goals apart; where they differ is drawn and asked about."""
