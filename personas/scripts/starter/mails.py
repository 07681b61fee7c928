"""E-mails that go out by themselves. They are meant for many: a person approves them before the 26th."""

from personas.scripts.starter import Starter

_CLOSE = "\n\nIf anything has changed, answer this e-mail; a person reads it.\n\nWith kind regards\n{firm}"


def _update(about: str, title: str, subject: str, text: str, **conditions: str) -> Starter:
    return Starter(
        code=f"update-{about}".replace("_", "-"),
        situation="update",
        role="client_service",
        title=title,
        subject=subject,
        body=f"Dear {{greeting}},\n\n{text}{_CLOSE}",
        channel="email",
        reach="many",
        conditions=conditions,
    )


MAILS = [
    _update(
        "everyone",
        "Regular update",
        "A short word from {firm}",
        "this is your regular word from us. Your portfolio follows its model, and we look after it as "
        "agreed. You need do nothing.\n\nThree things are worth a thought once in a while: is your address "
        "still right? Is a larger expense coming within a year? Has anything changed at work or at home?",
    ),
    _update(
        "physician",
        "Regular update for physicians",
        "One minute: is the plan still right?",
        "one minute, one question: has anything changed that your plan should know about, such as a new "
        "post, a loan, or hours? If not, there is nothing to do, and everything runs as agreed.",
        persona="physician",
    ),
    _update(
        "tech_equity",
        "Regular update for people paid in shares",
        "Any new grant, or a change of window?",
        "we write when there is something to decide, so this is short. Did you receive a new grant, change "
        "employer, or learn of a new trading window? Then please send us the dates. If not, all runs as "
        "agreed.",
        persona="tech_equity",
    ),
    _update(
        "business_owner",
        "Regular update for owners",
        "One question about the company",
        "one question, and a no is a good answer: has anything changed with the company that the family's "
        "plan should know about, such as a partner, a loan, or an offer? Until we hear from you all stays "
        "as agreed.",
        persona="business_owner",
    ),
    _update(
        "solo_earner",
        "Regular update for one income",
        "Is the reserve still as it was?",
        "once in a while it is worth a look: is your reserve still where you wanted it, and do the people "
        "close to you know where the papers are? If both are so, there is nothing to do.",
        income_structure="solo_earner",
    ),
    _update(
        "dual_income",
        "Regular update for two incomes",
        "A question for both of you",
        "a question for both of you: if you had to name the one thing that the next year is for, would you "
        "name the same? If not, that is a good conversation to have, with us or without.",
        income_structure="dual_income",
    ),
]
