"""Planning: which service tasks the firm owes its clients, and when.

One entry point, `plan`, for all clients or a few. Its steps, in their order, are the modules of this
package: scope (whose facts or promises differ), reopening, fulfilment, closing, clocks (with dating),
creation, summaries.
"""

from servicing.planning.engine import PlanCounts, lock, plan
from servicing.planning.summaries import rebuild_summaries

__all__ = ["PlanCounts", "lock", "plan", "rebuild_summaries"]
