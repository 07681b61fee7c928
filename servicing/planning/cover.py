"""Which service kinds cover which: a touch for the one would fulfil the other too."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from servicing.models import FulfilmentRule
from servicing.planning.session import OPEN

# An open task of a covering kind is due no later than this one's window ends (`due` + its days after).
# `tasks`: a table of open tasks.
COVERED = """EXISTS (
    SELECT 1 FROM unnest(%(covering)s::bigint[], %(covered)s::bigint[]) AS pair(covering, covered),
        {tasks} beside
    WHERE beside.client_id = promise.client_id AND beside.kind_id = pair.covering
        AND pair.covered = promise.kind_id AND beside.due_on <= {due} + promise.window_after_days
)"""
OPEN_TASKS = f"(SELECT client_id, kind_id, due_on FROM servicing_servicetask WHERE {OPEN})"


def covering_pairs() -> list[tuple[int, int]]:
    """Pairs (kind, other): every touch kind that fulfils `kind` fulfils `other` as well."""
    fulfilled_by: dict[int, set[int]] = defaultdict(set)
    for service_kind, touch_kind in FulfilmentRule.objects.values_list("service_kind_id", "touch_kind_id"):
        fulfilled_by[service_kind].add(touch_kind)
    return [
        (kind, other)
        for kind in sorted(fulfilled_by)
        for other in sorted(fulfilled_by)
        if kind != other and fulfilled_by[kind] <= fulfilled_by[other]
    ]


def cover_parameters() -> dict[str, Any]:
    pairs = covering_pairs()
    return {"covering": [kind for kind, _ in pairs], "covered": [other for _, other in pairs]}


def creation_order(pairs: list[tuple[int, int]]) -> list[set[int]]:
    """Kinds that some other covers, in groups: each group's covering kinds come before it.

    Two kinds that cover each other follow the order of their ids. Kinds that none covers are in no group.
    """
    above: dict[int, set[int]] = defaultdict(set)
    for kind, other in pairs:
        if (other, kind) not in pairs or kind < other:
            above[other].add(kind)
    groups: list[set[int]] = []
    waiting = set(above)
    while waiting:
        group = {kind for kind in waiting if not above[kind] & waiting}
        groups.append(group)
        waiting -= group
    return groups
