"""What suits an income structure, with permission: one income to protect, or two people to bring together."""

from personas.scripts.starter import Texts

SOLO: Texts = {
    ("review", "advisor"): (
        "How long it would last",
        "{greeting}, one income carries the household, so one figure comes first: for how many months you "
        "could live without it, as you live now. Here it is, with what it assumes. Is that long enough for "
        "you? If not, we choose the one thing that would add most to it.",
    ),
    ("review", "associate"): (
        "Who does what, should it be needed",
        "Hello {greeting}, for your review I am filling in a short sheet: who pays which bill, who knows "
        "where the papers are, who would act for you. Please look at what I have and add what is missing.",
    ),
    ("review", "service"): (
        "Invite the whole household",
        "Hello {greeting}, your review concerns everybody who lives on the income, so everybody is welcome. "
        "Which evening or morning would suit all of you?",
    ),
    ("market_fall", "advisor"): (
        "A fall, and the one income",
        "{greeting}, markets are down. The question that matters for you is the income, and it has not "
        "changed; the reserve covers the months that we agreed. Is your work likely to be touched? If so, "
        "we look at the reserve before anything else.",
    ),
    ("vest", "advisor"): (
        "More months, or a goal",
        "{greeting}, this payout can do one of two things: add months to your reserve, or move a goal "
        "nearer. With one income I would fill the reserve to your mark first. Do you see it the same way?",
    ),
    ("fee_change", "advisor"): (
        "Fees, beside the reserve",
        "{greeting}, our fee changes to this amount a year. I have put it beside what the household spends, "
        "so that you see what it does to your months of reserve. Ask me anything about it.",
    ),
    ("referral", "advisor"): (
        "Somebody who carries it alone",
        "{greeting}, if you know somebody who carries a household alone and has never worked out how long "
        "it would last, I do it with them in half an hour.",
    ),
    ("permission_request", "advisor"): (
        "Permission to note who relies on whom",
        "{greeting}, may we note who relies on your income, so that what we send you speaks of that? You "
        "can see the note and have it erased at any time.",
    ),
    ("transition", "advisor"): (
        "Once there is a safety net",
        "{greeting}, the reserve stands, the cover is in place, and everybody knows where the papers are. "
        "You need less of us than before. May I propose a lighter rhythm, with one look at the reserve each "
        "year?",
    ),
}

DUAL: Texts = {
    ("review", "advisor"): (
        "Two lists, one conversation",
        "{greeting}, each of you has ranked your goals alone. On most you agree. Here are the two on which "
        "you differ most. I do not ask who is right; I ask what each of you would need in order to live "
        "with the other order. Who would like to begin?",
    ),
    ("review", "associate"): (
        "Ask both to rank their goals",
        "Hello {greeting}, before your review each of you gets a link of your own, with the same list of "
        "goals to put in order. It takes five minutes. Please do it apart; that is the point of it.",
    ),
    ("review", "service"): (
        "Find a time for both",
        "Hello {greeting}, {advisor_first} would like to see both of you. I know that two calendars are "
        "harder than one: here are three times, and one of you may join on screen.",
    ),
    ("market_fall", "advisor"): (
        "A fall, seen by two",
        "{greeting}, markets are down, and two people rarely feel that in the same way. I would like to "
        "hear both of you before anything is done. Your two incomes go on as before, and the plan rests on "
        "them. When can we speak, all three?",
    ),
    ("vest", "advisor"): (
        "A payout for both",
        "{greeting}, the payout goes to one of you, and what becomes of it concerns both. Before the day, "
        "each of you names one use that matters most. If they differ, we split it, and say so on purpose.",
    ),
    ("fee_change", "advisor"): (
        "Fees, told to both",
        "{greeting}, our fee changes, and I would like both of you to hear it from me and not from each "
        "other. This is the amount for the household a year, and this is what it pays for.",
    ),
    ("referral", "advisor"): (
        "Another couple",
        "{greeting}, if you have friends who also work both and never find the hour to talk about it, the "
        "exercise with the two lists is a good beginning. I am glad to do it with them.",
    ),
    ("permission_request", "advisor"): (
        "Permission from each of you",
        "{greeting}, may we note what matters to each of you, so that we write to the one whom it concerns? "
        "I ask both of you, and each may say no. You can see the notes and have them erased.",
    ),
    ("transition", "advisor"): (
        "A change that both agree to",
        "{greeting}, I would like to propose another way of working together. It is good only if it is good "
        "for both of you, so please think of one question each. We go on as before until you have both said "
        "yes.",
    ),
}

TEXTS: dict[str, Texts] = {"solo_earner": SOLO, "dual_income": DUAL}
