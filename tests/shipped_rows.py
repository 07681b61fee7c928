"""Keeps what the migrations ship (vocabulary, policy, standards, groups) across tests that commit.

Django empties every table after such a test, and the rows of the migrations with them. They are copied aside
once, table by table, and copied back after each emptying.
"""

from django.db import connection
from django.test import TransactionTestCase

ASIDE = "shipped"


def _refuse_any_but_a_test_database() -> None:
    name = connection.settings_dict["NAME"]
    if not name.startswith("test_"):
        raise RuntimeError(f"{name} is no test database, and its rows are not to be replaced.")


def _tables(cursor: object) -> list[str]:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    return [name for (name,) in cursor.fetchall()]


def remember() -> None:
    """Copies every row of the migrated database into a schema of its own. Only ever a test database."""
    _refuse_any_but_a_test_database()
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {ASIDE} CASCADE; CREATE SCHEMA {ASIDE}")
        for table in _tables(cursor):
            cursor.execute(f'SELECT EXISTS (SELECT FROM public."{table}")')
            if cursor.fetchone()[0]:
                cursor.execute(f'CREATE TABLE {ASIDE}."{table}" AS TABLE public."{table}"')


def restore() -> None:
    """Makes the public tables what they were, without firing a trigger; numbering goes on behind the rows."""
    _refuse_any_but_a_test_database()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [ASIDE])
        kept = [name for (name,) in cursor.fetchall()]
        every = ", ".join(f'public."{name}"' for name in _tables(cursor))
        cursor.execute("BEGIN; SET LOCAL session_replication_role = replica")
        cursor.execute(f"TRUNCATE {every} RESTART IDENTITY CASCADE")
        for table in kept:
            cursor.execute(
                "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute "
                "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
                [f'public."{table}"'],
            )
            columns = cursor.fetchone()[0]
            cursor.execute(
                f'INSERT INTO public."{table}" ({columns}) OVERRIDING SYSTEM VALUE '
                f'SELECT {columns} FROM {ASIDE}."{table}"'
            )
            cursor.execute(
                "SELECT attname, pg_get_serial_sequence(%s, attname) FROM pg_attribute "
                "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped "
                "AND pg_get_serial_sequence(%s, attname) IS NOT NULL",
                [f'public."{table}"'] * 3,
            )
            for column, sequence in cursor.fetchall():
                cursor.execute(
                    f'SELECT setval(%s, (SELECT max("{column}") FROM public."{table}"))', [sequence]
                )
        cursor.execute("COMMIT")


def restore_after_flush() -> None:
    """From now on every test that commits leaves the shipped rows behind, not empty tables."""
    empty = TransactionTestCase._fixture_teardown

    def teardown(self: TransactionTestCase) -> None:
        empty(self)
        restore()

    TransactionTestCase._fixture_teardown = teardown
