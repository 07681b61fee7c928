"""Transitions: a client whose tier falls, or who leaves, is moved with care, as a case with stages.

`opening` opens cases before planning acts on a tier that fell, `keeping` keeps tasks in line with stages,
`services` are the steps that people take, `reading` is what the pages show.
"""

from servicing.transitions.keeping import open_tasks, without_task
from servicing.transitions.opening import open_cases

__all__ = ["open_cases", "open_tasks", "without_task"]
