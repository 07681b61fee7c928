"""The annual review: guided steps with owners, sign-off, and what it puts in force; its record stays."""
