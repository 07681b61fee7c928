"""Keeps what the migrations ship (vocabulary, policy, standards, groups) across tests that commit.

Django would empty every table after such a test, the rows of the migrations with them, and ship a part of
them again: seconds, where a test wrote some rows. In its place the shipped rows are copied aside once, table
by table, and afterwards each table is given back what it had; most tables were never touched.
"""

from django.db import connection
from django.test import TransactionTestCase

ASIDE = "shipped"
LARGE = 1_000_000  # bytes of a table: from there on all are cut off, as dead rows would slow what follows

_COLUMNS = """
SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''"""
_SEQUENCES = """
SELECT format('SELECT setval(%L, greatest(1, max(%I)), max(%I) IS NOT NULL) FROM public.%I',
    pg_get_serial_sequence(quote_ident(c.relname), a.attname), a.attname, a.attname, c.relname)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
    AND pg_get_serial_sequence(quote_ident(c.relname), a.attname) IS NOT NULL"""


class Shipped:
    """The rows of the migrated test database, and how each table comes back to them."""

    def __init__(self) -> None:
        _refuse_any_but_a_test_database()
        with connection.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA IF EXISTS {ASIDE} CASCADE; CREATE SCHEMA {ASIDE}")
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
            self.tables = [name for (name,) in cursor.fetchall()]
            self.refill = {}
            for table in self.tables:
                cursor.execute(f'SELECT EXISTS (SELECT FROM public."{table}")')
                if cursor.fetchone()[0]:
                    cursor.execute(f'CREATE TABLE {ASIDE}."{table}" AS TABLE public."{table}"')
                    cursor.execute(_COLUMNS, [f'public."{table}"'])
                    columns = cursor.fetchone()[0]
                    self.refill[table] = (
                        f'INSERT INTO public."{table}" ({columns}) OVERRIDING SYSTEM VALUE '
                        f'SELECT {columns} FROM {ASIDE}."{table}"'
                    )
            self.filled = " UNION ALL ".join(
                f"SELECT '{table}', pg_relation_size('public.\"{table}\"') "
                f'WHERE EXISTS (SELECT FROM public."{table}")'
                for table in self.tables
            )
            cursor.execute(_SEQUENCES)
            self.numbering = "; ".join(text for (text,) in cursor.fetchall())

    def restore(self) -> None:
        """Makes the public tables what they were, without a trigger; numbering goes on behind the rows."""
        _refuse_any_but_a_test_database()
        with connection.cursor() as cursor:
            cursor.execute(self.filled)
            filled = dict(cursor.fetchall())
            steps = [f'DELETE FROM public."{table}"' for table in filled]
            if any(size > LARGE for size in filled.values()):
                every = ", ".join(f'public."{table}"' for table in self.tables)
                steps = [f"TRUNCATE {every} CASCADE"]
            steps = ["BEGIN", "SET LOCAL session_replication_role = replica", *steps, *self.refill.values()]
            cursor.execute("; ".join([*steps, self.numbering, "COMMIT"]))


def _refuse_any_but_a_test_database() -> None:
    name = connection.settings_dict["NAME"]
    if not name.startswith("test_"):
        raise RuntimeError(f"{name} is no test database, and its rows are not to be replaced.")


_shipped: Shipped | None = None


def remember() -> None:
    """Takes the rows of the migrated test database as those that ship."""
    global _shipped
    _shipped = Shipped()


def restore() -> None:
    """Gives the test database back what it shipped with."""
    assert _shipped is not None
    _shipped.restore()


def restore_after_each() -> None:
    """From now on every test that commits leaves the shipped rows behind, not empty tables."""
    TransactionTestCase._fixture_teardown = lambda _self: restore()
