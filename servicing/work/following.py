"""What follows when a person closes, opens again, moves or hands over a task, in the same transaction.

The sub-packages above register what follows in `AppConfig.ready`: working a task imports none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from clients.models import User
from servicing.models import ServiceTask

Changed = Callable[[ServiceTask, User | None], None]
HandedOver = Callable[[list[int], User, User | None, str], None]
Undone = Callable[[str], None]
Moved = Callable[[list[int]], None]

_by_source: dict[str, Changed] = {}
_moves: list[Moved] = []
_hand_over: list[tuple[HandedOver, Undone]] = []


def register_source(source: str, changed: Changed) -> None:
    """`changed(task, by)`: a task of `source` was closed by a person, or opened again by an undo."""
    _by_source[source] = changed


def register_move(moved: Moved) -> None:
    """`moved(tasks)`: people gave tasks, by their ids, another due date, or took that back."""
    if moved not in _moves:
        _moves.append(moved)


def register_hand_over(handed_over: HandedOver, undone: Undone) -> None:
    """`handed_over(tasks, to, by, key)`: tasks, by their ids, went to a person; `undone(key)`: and back."""
    if (handed_over, undone) not in _hand_over:
        _hand_over.append((handed_over, undone))


def task_changed(task: ServiceTask, by: User | None = None) -> None:
    if changed := _by_source.get(task.source):
        changed(task, by)


def tasks_moved(tasks: Iterable[int]) -> None:
    ids = list(tasks)
    for follows in _moves:
        follows(ids)


def handed_over(tasks: Iterable[int], *, to: User, by: User | None, key: str) -> None:
    """`key`: names the hand-over, so that what followed can be taken back with it."""
    ids = list(tasks)
    for follows, _undone in _hand_over:
        follows(ids, to, by, key)


def hand_over_undone(key: str) -> None:
    for _follows, undone in _hand_over:
        undone(key)
