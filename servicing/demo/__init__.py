"""The demo firm: synthetic people, households and history, the same for the same arguments."""
