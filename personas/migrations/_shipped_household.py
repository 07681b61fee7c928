"""What a new installation has for households: the redundancy checklist, goals, trade-off questions, and why
these facts are kept."""

from __future__ import annotations

from typing import Any

from clients.register.shipped import ADVICE, IMPLEMENTATION, ship

CHECKLIST = (
    ("second_signatory", "Second signatory", "Can a second person sign and pay from the main account?"),
    ("power_of_attorney", "Power of attorney", "Who may act on money matters, and is the paper where it is needed?"),
    ("health_directive", "Health care directive", "Who decides on medical care if the earner cannot, in writing?"),
    ("disability_insurance", "Disability insurance", "Does it replace enough of the income, for long enough, and from which day on?"),
    ("life_insurance", "Life insurance", "Would it carry the household for as long as the income was meant to?"),
    ("beneficiaries", "Beneficiaries", "Do all accounts and policies name the right people, and a second in line?"),
    ("will", "Will and guardians", "Is there a will, is it current, and who would look after children?"),
    ("documents", "Documents in one place", "Does a second person know where policies, deeds and tax papers are?"),
    ("digital_access", "Access to accounts and devices", "Can a second person get to passwords, the phone and the second factor?"),
    ("bills", "Regular payments", "Is there a list of what is paid when, and could somebody else keep it going?"),
    ("emergency_reserve", "Reserve in both names", "Can the other person reach a reserve on the first day?"),
    ("advisers", "Whom to call", "Does the household know our number and those of the accountant and the lawyer?"),
)  # fmt: skip

GOALS = (
    ("safety_cushion", "A safety cushion", "Money for a bad year"),
    ("debt_free", "Being free of debt", "Paying down the mortgage and loans"),
    ("home", "A home", "Buying, moving or rebuilding"),
    ("children", "The children's education", "Schools, college, a start in life"),
    ("early_retirement", "Retiring early", "Work as a choice, sooner"),
    ("secure_retirement", "A secure retirement", "Enough for as long as we live"),
    ("family_time", "More time for the family", "Working less now"),
    ("travel", "Travel and experiences", "Seeing things while we can"),
    ("own_business", "A business of our own", "Starting or growing one"),
    ("career_change", "A change of career", "Learning, or work that pays less"),
    ("parents", "Caring for parents", "Time and money for the older generation"),
    ("giving", "Giving", "To causes, the community, people close to us"),
)

QUESTIONS = (
    ("safety_cushion", "debt_free", "Once a few months of costs are set aside, which would let you sleep better: a larger cushion, or a smaller loan?"),
    ("safety_cushion", "travel", "How many months of costs would have to be set aside before a journey feels free of worry?"),
    ("safety_cushion", "own_business", "How much of the cushion may a business use, and what stays untouched whatever happens?"),
    ("safety_cushion", "home", "How small may the cushion get on the day the keys are handed over, and by when is it back?"),
    ("debt_free", "travel", "If an extra amount is there each year, how should it be split between the loan and the journey?"),
    ("debt_free", "children", "Would you rather end the loan before college begins, or pay for college with the loan still running?"),
    ("debt_free", "early_retirement", "Does stopping early mean stopping without debt, or may some of the loan come along?"),
    ("debt_free", "home", "What monthly payment could both of you carry for years without counting the days?"),
    ("home", "early_retirement", "Is it the larger home or the earlier date that you would miss more ten years from now?"),
    ("home", "travel", "If the home costs two journeys a year, is that a trade that both of you would make?"),
    ("home", "children", "Which comes first in the next three years, and what would the other one need in order to wait?"),
    ("children", "early_retirement", "How many years longer would each of you work so that college is paid in full?"),
    ("children", "secure_retirement", "What part of education is a must for you, and what part may the children carry themselves?"),
    ("children", "travel", "Which experiences only make sense while the children are at home?"),
    ("early_retirement", "travel", "More of the world now, or more years free later: what would half of each look like?"),
    ("early_retirement", "family_time", "Is it about stopping sooner, or about working less from now on?"),
    ("early_retirement", "secure_retirement", "How sure must it be that the money lasts before the earlier date is worth it?"),
    ("early_retirement", "own_business", "Would the business bring the date closer, or be what you would retire to?"),
    ("secure_retirement", "travel", "What is the smallest sum set aside each month with which the journeys feel deserved?"),
    ("secure_retirement", "giving", "Would you rather give while you can see it work, or once your own years are safe?"),
    ("family_time", "own_business", "How many hours a week may a business take, and from whom do they come?"),
    ("family_time", "career_change", "What would a good week look like in a year, hour by hour?"),
    ("travel", "parents", "Which journeys could wait, and which moments with your parents could not?"),
    ("own_business", "career_change", "What has to be true after a year for each of you to call the step right?"),
    ("parents", "children", "Where the same hour or the same sum is asked for twice, who decides, and how?"),
    ("giving", "children", "What should the children learn from how you give, and what should be theirs?"),
)  # fmt: skip

ENTRIES = (
    ("household_costs", ADVICE, "What you spend a month, so that we can work out how long you could live without an income.", 24),
    ("household_reserves", ADVICE, "What you could fall back on, for the same reason.", 24),
    ("household_incomes", ADVICE, "Which incomes would go on, for the same reason.", 24),
    ("household_redundancy", ADVICE, "What is arranged in case the earner cannot act, so that we point out what is missing.", 24),
    ("household_duties", IMPLEMENTATION, "Who would do what in that case, so that we know whom to turn to.", 24),
    ("household_goals", ADVICE, "What each partner wants most, so that we can talk about where the two of you differ.", 24),
)  # fmt: skip


def ship_household(apps: Any, schema_editor: Any) -> None:
    item, kind, trade_off = (apps.get_model("personas", name) for name in ("RedundancyItem", "GoalKind", "TradeOff"))  # fmt: skip
    for model, rows in ((item, CHECKLIST), (kind, GOALS)):
        model.objects.bulk_create(
            model(code=code, label=label, changes=about, position=place * 10)
            for place, (code, label, about) in enumerate(rows, 1)
        )
    kinds = {each.code: each for each in kind.objects.all()}
    trade_off.objects.bulk_create(
        trade_off(one=kinds[one], other=kinds[other], question=question) for one, other, question in QUESTIONS
    )
    ship(apps.get_model("clients", "FieldEntry"), ENTRIES)
