"""The scripts that ship with the product: written for it, to be read and made one's own by the firm.

They arrive approved for one client at a time, by nobody: each says so, and is to be reviewed by the firm's
compliance person within 90 days. One that is meant for many counts to the limit of 25 recipients until a
person approves it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

ROLES = {"advisor": "lead_advisor", "associate": "associate", "service": "client_service", "": ""}

# (code, label, when it comes up, codes of the services whose tasks call for it)
SITUATIONS = [
    ("review", "Review", "A review: inviting to it, opening it.", ["review_meeting", "wealth_plan_review"]),
    ("check_in", "Check-in", "Between two reviews: a short look whether anything has changed.", ["check_in"]),
    ("market_fall", "Market fall", "Prices fell enough to be in the news.", []),
    ("vest", "Vest or other payout", "Shares vest, a window opens, a bonus or a distribution is paid.", []),
    ("fee_change", "Fee change", "What the client pays, or what it pays for, changes.", []),
    ("referral", "Referral", "A client may know somebody whom the firm can help.", []),
    ("permission_request", "Permission request", "Asking whether messages may be tailored.", []),
    ("transition", "Transition", "The way in which a client is served changes.", []),
    ("tax", "Tax coordination", "Working with the client's tax adviser.", ["tax_coordination"]),
    ("estate", "Estate coordination", "Working with the client's attorney.", ["estate_coordination"]),
    ("update", "Regular update", "An e-mail that goes out by itself.", ["automated_update"]),
]  # fmt: skip

Texts = dict[tuple[str, str], tuple[str, str]]  # (situation, who says it): (title, text)


@dataclass(frozen=True)
class Starter:
    """One shipped script; `conditions` are codes by the name of the field."""

    code: str
    situation: str
    role: str
    title: str
    body: str
    subject: str = ""
    channel: str = ""
    reach: str = "one"
    conditions: dict[str, str] = field(default_factory=dict)


def every() -> Iterator[Starter]:
    """All of them, the generic ones first."""
    from personas.scripts.starter import attention, behavior, complexity, generic, income, mails, persona

    yield from _of({}, generic.TEXTS)
    for name, by_value in (
        ("persona", persona.TEXTS),
        ("complexity_driver", complexity.TEXTS),
        ("behavioral_trigger", behavior.TEXTS),
        ("attention_constraint", attention.TEXTS),
        ("income_structure", income.TEXTS),
    ):
        for value, texts in by_value.items():
            yield from _of({name: value}, texts)
    yield from mails.MAILS


def _of(conditions: dict[str, str], texts: Texts) -> Iterator[Starter]:
    about = "-".join(conditions.values()) or "everyone"
    for (situation, who), (title, body) in texts.items():
        code = "-".join(part for part in (situation, about, who) if part).replace("_", "-")
        yield Starter(
            code=code, situation=situation, role=ROLES[who], title=title, body=body, conditions=conditions
        )
