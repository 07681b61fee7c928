"""What statements that go through a whole firm have in common."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection


def give_room() -> None:
    """Gives the statements of the running transaction memory for the sorts of a whole firm.

    None of them is compiled to machine code: for statements this wide that takes longer than running them.
    Outside a transaction it does nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off; SET LOCAL work_mem = '128MB'")


def as_array(ids: Iterable[int]) -> str:
    """The ids as the database reads an array of them.

    A list is written anew for each statement that it goes with: thousands of ids, and dozens of statements.
    """
    return f"{{{','.join(map(str, ids))}}}"
