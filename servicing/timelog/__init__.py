"""Time that people log: the form in one line, and the week of a person."""
