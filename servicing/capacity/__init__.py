"""Hours promised against hours available: by week, person, role and tier; and what if something changed."""
