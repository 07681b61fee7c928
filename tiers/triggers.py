"""Database triggers of the policy: once published it never changes, whatever path a change takes."""

from __future__ import annotations

import pgtrigger

_REFUSE = """
        RAISE EXCEPTION 'A published policy never changes. Copy it, change the copy and publish that.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'tiers_policy_published_stays';
"""

# A draft may change and be published; one that waits for its date may only be published as it is, or become a
# draft again; a published one may only be retired.
PUBLISHED_POLICY_STAYS = [
    pgtrigger.Trigger(
        name="published_stays_update",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition("OLD.status <> 'draft' AND OLD.* IS DISTINCT FROM NEW.*"),
        declare=[("wanted", "tiers_policy%ROWTYPE")],
        func=f"""
            wanted := OLD;
            wanted.status := NEW.status;
            IF OLD.status = 'published' AND NEW.status = 'retired' AND NEW IS NOT DISTINCT FROM wanted THEN
                RETURN NEW;
            END IF;
            wanted.published_at := NEW.published_at;
            IF OLD.status = 'scheduled' AND NEW.status IN ('draft', 'published')
                AND NEW IS NOT DISTINCT FROM wanted
            THEN
                RETURN NEW;
            END IF;
            {_REFUSE}
        """,
    ),
    pgtrigger.Trigger(
        name="published_stays_delete",
        when=pgtrigger.Before,
        operation=pgtrigger.Delete,
        condition=pgtrigger.Condition("OLD.status <> 'draft'"),
        func=_REFUSE,
    ),
]

# Factors, touch weights and tier rules are part of their policy.
PART_OF_PUBLISHED_POLICY_STAYS = [
    pgtrigger.Trigger(
        name="published_stays",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            IF TG_OP <> 'INSERT' AND EXISTS (
                SELECT FROM tiers_policy WHERE id = OLD.policy_id AND status <> 'draft'
            ) OR TG_OP <> 'DELETE' AND EXISTS (
                SELECT FROM tiers_policy WHERE id = NEW.policy_id AND status <> 'draft'
            ) THEN
                {_REFUSE}
            END IF;
            RETURN coalesce(NEW, OLD);
        """,  # noqa: S608  (a constant of this module)
    ),
]
