"""What tiers are promised, what single clients are promised instead, and how a client would read it."""
