"""The one kind of error that a person sees: a sentence that says what is wrong and what to do."""


class CannotStart(Exception):
    """Something outside the program is in the way; `str(error)` is the sentence to print."""
