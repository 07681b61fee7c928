"""What the firm wants to reach in a year, and how far it is."""
