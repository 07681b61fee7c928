"""What a client's tags change in its tasks, beside what the standard says: a step of planning."""

from servicing.modifiers.step import act

__all__ = ["act"]
