"""To which address a client's e-mail goes, and why it may not: the client's own, else the first person's.

An address whose field has no entry of the register in force is none.
"""

from __future__ import annotations

from clients.contact import may_contact_sql
from clients.register.active import active_sql

_OWN = f"(c.email <> '' AND {active_sql('email')})"
_OF_MEMBER = f"(m.email <> '' AND {active_sql('member_email')})"
_OPEN = f"{_OWN} AND {may_contact_sql('email', 'c')}"
_OPEN_TO_MEMBER = f"{_OF_MEMBER} AND {may_contact_sql('email', 'c', member='m')}"


def taken(address: str) -> str:
    """Of the client `c`: the mail server has not refused this address."""
    return (
        "NOT EXISTS (SELECT FROM personas_message gone WHERE gone.client_id = c.id AND gone.refused "
        f"AND lower(gone.recipient) = lower({address}))"
    )


# Of the client `c`: the address that may be written to now, and whether there is any address at all.
ADDRESS = f"""
    coalesce(
        CASE WHEN {_OPEN} AND {taken("c.email")} THEN c.email END,
        (SELECT m.email FROM clients_member m
            WHERE m.client_id = c.id AND {_OPEN_TO_MEMBER} AND {taken("m.email")} ORDER BY m.id LIMIT 1)
    )
"""  # noqa: S608
HAS_ADDRESS = f"""
    ({_OWN} OR EXISTS (SELECT FROM clients_member m WHERE m.client_id = c.id AND {_OF_MEMBER}))
"""

# Of a message `message` to the client `c`: its address is still the client's or a person's, and is open.
STILL_OPEN = f"""
    ((lower(c.email) = lower(message.recipient) AND {_OPEN})
        OR EXISTS (
            SELECT FROM clients_member m
            WHERE m.client_id = c.id AND lower(m.email) = lower(message.recipient) AND {_OPEN_TO_MEMBER}
        ))
"""
# Of the client `c`: there is such an address that the mail server refused.
IS_REFUSED = f"""
    EXISTS (
        SELECT FROM personas_message message
        WHERE message.client_id = c.id AND message.refused AND {STILL_OPEN}
    )
"""
