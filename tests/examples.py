"""How many cases a property is tried on: all with THOROUGH=yes, as in `.ci/run`, else a third."""

import os


def examples(number: int) -> int:
    """`number`, or a third of it in a quick run."""
    return number if os.environ.get("THOROUGH") == "yes" else max(3, number // 3)
