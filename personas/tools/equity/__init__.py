"""Pay in equity: a calendar of what vests when, estimates of its taxes, and the one-page flow.

Computed apart from the database: `vesting`, `windows`, `selling`, `taxes`, `holdings`, `calendar`. Read and
written in `reading` and `services`; drawn in `strip` and `flow`.
"""
