"""Import and export of clients as plain SQL: COPY into a temporary table, then an upsert; and COPY TO."""

from __future__ import annotations

from pathlib import Path

from django.db import connection

COLUMNS = [
    "external_id",
    "name",
    "status",
    "client_since",
    "advisor",
    "complexity_driver",
    "behavioral_trigger",
    "attention_constraint",
    "persona",
    "income_structure",
    "permission",
    "assets_under_management",
    "potential_revenue",
    "growth_potential",
    "alignment",
    "email",
    "phone",
]

# Where they go: four to a dropdown by its code, three not into the row itself.
AXES = ["complexity_driver", "attention_constraint", "persona", "income_structure"]
ELSEWHERE = ["external_id", "advisor", "behavioral_trigger"]

TEXTS = ", ".join(f"{name} text" for name in COLUMNS)
STAGE = f"CREATE TEMPORARY TABLE floor_row ({TEXTS}) ON COMMIT DROP"
COPY = f"COPY floor_row ({', '.join(COLUMNS)}) FROM STDIN (FORMAT csv, HEADER)"

# The dropdowns by their codes, the amounts by their types: what is stored where nothing is wrong.
READ = """
CREATE TEMPORARY TABLE floor_client ON COMMIT DROP AS
SELECT r.external_id, r.name, r.status, r.client_since::date, cd.id AS complexity_driver_id,
       ac.id AS attention_constraint_id, p.id AS persona_id, i.id AS income_structure_id, r.permission,
       r.assets_under_management::numeric, r.potential_revenue::numeric, r.growth_potential::smallint,
       r.alignment::smallint, coalesce(r.email, '') AS email, coalesce(r.phone, '') AS phone,
       u.id AS advisor_id, b.id AS trigger_id
FROM floor_row r
LEFT JOIN clients_complexitydriver cd ON cd.code = r.complexity_driver
LEFT JOIN clients_attentionconstraint ac ON ac.code = r.attention_constraint
LEFT JOIN clients_persona p ON p.code = r.persona
LEFT JOIN clients_incomestructure i ON i.code = r.income_structure
LEFT JOIN clients_behavioraltrigger b ON b.code = r.behavioral_trigger
LEFT JOIN clients_user u ON u.username = r.advisor
"""
STORED = [f"{name}_id" if name in AXES else name for name in COLUMNS if name not in ELSEWHERE]
_LIST = ", ".join(STORED)
_NEW = ", ".join(f"excluded.{name}" for name in STORED)
_OLD = ", ".join(f"c.{name}" for name in STORED)

UPSERT = f"""
INSERT INTO clients_client AS c (external_id, {_LIST}, created_at)
SELECT external_id, {_LIST}, now() FROM floor_client
ON CONFLICT (external_id) DO UPDATE SET ({_LIST}) = ROW({_NEW}) WHERE ({_OLD}) IS DISTINCT FROM ({_NEW})
"""
TEAMS = """
INSERT INTO clients_teammember AS t (client_id, role_id, user_id)
SELECT c.id, r.id, f.advisor_id
FROM floor_client f
JOIN clients_client c USING (external_id)
JOIN clients_servicerole r ON r.code = 'lead_advisor'
WHERE f.advisor_id IS NOT NULL
ON CONFLICT (client_id, role_id) DO UPDATE SET user_id = excluded.user_id
WHERE t.user_id <> excluded.user_id
"""
TAGS = """
INSERT INTO clients_behavioraltag AS t (client_id, trigger_id)
SELECT c.id, f.trigger_id FROM floor_client f JOIN clients_client c USING (external_id)
WHERE f.trigger_id IS NOT NULL
ON CONFLICT (client_id) DO UPDATE SET trigger_id = excluded.trigger_id
WHERE t.trigger_id <> excluded.trigger_id
"""


def upsert(path: Path) -> None:
    """Stores the clients of a native file without anything wrong in it."""
    with connection.cursor() as cursor:
        cursor.execute(STAGE)
        with path.open("rb") as file, cursor.copy(COPY) as copy:
            while piece := file.read(1 << 18):
                copy.write(piece)
        for statement in (READ, "ANALYZE floor_client", UPSERT, TEAMS, TAGS):
            cursor.execute(statement)


def copy_out(query: str, path: Path) -> None:
    """Writes what `query` gives as CSV."""
    statement = f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER)"
    with connection.cursor() as cursor, path.open("wb") as file, cursor.copy(statement) as copy:
        for piece in copy:
            file.write(piece)
