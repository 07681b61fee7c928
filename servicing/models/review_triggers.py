"""Database triggers of the annual review: once it has ended it stays, whatever path a change takes."""

from __future__ import annotations

import pgtrigger

_REFUSE = """
    RAISE EXCEPTION 'An annual review that has ended never changes.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'servicing_review_stays';
"""

REVIEW_STAYS = [
    pgtrigger.Trigger(
        name="ended_stays",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        condition=pgtrigger.Condition("OLD.state <> 'open'"),
        func=_REFUSE,
    ),
]

_OF_ENDED = "EXISTS (SELECT FROM servicing_annualreview WHERE id = {}.review_id AND state <> 'open')"


def part_stays(*free: str, may_go: str = "") -> list[pgtrigger.Trigger]:
    """Triggers of a table of parts: none is added to a review that has ended, changed or removed.

    `free`: columns that go on living, say the day on which something agreed in it was done. `may_go`: words
    about a client, which may be emptied when the client has left long ago.
    """
    kept = " ".join(f"wanted.{name} := NEW.{name};" for name in free)
    if may_go:
        kept += f" IF NEW.{may_go} = '' THEN wanted.{may_go} := ''; END IF;"
    return [
        pgtrigger.Trigger(
            name="ended_stays",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
            declare=[("wanted", "RECORD")],
            func=f"""
                IF TG_OP <> 'INSERT' AND {_OF_ENDED.format("OLD")}
                    OR TG_OP <> 'DELETE' AND {_OF_ENDED.format("NEW")}
                THEN
                    IF TG_OP = 'UPDATE' THEN
                        wanted := OLD;
                        {kept}
                        IF wanted IS NOT DISTINCT FROM NEW THEN
                            RETURN NEW;
                        END IF;
                    END IF;
                    {_REFUSE}
                END IF;
                RETURN coalesce(NEW, OLD);
            """,
        ),
    ]
