"""The firm that is measured: the demo firm's facts, with the policy's limits scaled to its size."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import connection

from clients.firm import firm_today
from servicing.demo.firm import seed_firm
from tiers.models import Policy
from tiers.policies import clone_policy, publish_policy
from tiers.services import published_policy

# A firm of so many clients has the shipped limits.
SHIPPED_FOR = 400


def build(*, clients: int, seed: int, as_of: dt.date) -> None:
    """Facts without tiers and tasks; nothing waits for a sweep; statistics and visibility are fresh."""
    seed_firm(clients=clients, seed=seed, as_of=as_of)
    scale_policy(clients)
    settle()


def scale_policy(clients: int) -> Policy:
    """Publishes the policy in force again with limits for so many clients."""
    policy = clone_policy(policy=published_policy(), name="Scaled")
    for rule in policy.rules.exclude(max_clients=None):
        rule.max_clients = int(Decimal(rule.max_clients) * clients / SHIPPED_FOR)
        rule.save(update_fields=["max_clients"])
    return publish_policy(policy=policy, by=None, reason="Scaled to the firm.", effective_on=firm_today())


def settle() -> None:
    """Forgets noted changes, and lets the database tidy up."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE clients_change")
        cursor.execute("VACUUM ANALYZE")
