"""What comes by mail or behind the bell: the morning digest, and work that is too late."""
