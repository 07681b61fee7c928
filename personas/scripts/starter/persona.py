"""What suits a persona, with permission. The general persona is spoken to with the generic scripts."""

from personas.scripts.starter import Texts

PHYSICIAN: Texts = {
    ("review", "advisor"): (
        "One decision, then done",
        "{greeting}, your time is short, so this meeting has one decision and no more. I tell you what it "
        "is, what I would do, and what happens if we leave it. You decide; we write down the next step with "
        "a date. Then a last question: from zero to ten, how confident are you in the path? And what keeps "
        "the number from being higher?",
    ),
    ("review", "associate"): (
        "Prepare the one decision",
        "Hello {greeting}, for your next meeting we prepare exactly one decision. From what I see it should "
        "be the order in which your loans are paid. If something else is more pressing, answer with two "
        "words and I change it. There is nothing to prepare on your side.",
    ),
    ("review", "service"): (
        "Book around a rota",
        "Hello {greeting}, I am booking your meeting with {advisor_first}. Thirty minutes, on screen, "
        "before or after a shift, or on a free day. Send me the days that are out of the question and I "
        "find the rest.",
    ),
    ("market_fall", "advisor"): (
        "A fall, between two patients",
        "{greeting}, one minute, as you have little more. Markets are down. Your loans, your cover and your "
        "savings plan are where they were; there is no decision for you today. If you want the figures, "
        "they are on one page when you have time to look.",
    ),
    ("vest", "advisor"): (
        "A bonus, against the debt or not",
        "{greeting}, your bonus is coming. The question is one: toward the loans, or toward what you would "
        "otherwise borrow for? I have put both on one page, with the date on which the debt ends in each "
        "case. Pick one, and we arrange the rest.",
    ),
    ("fee_change", "advisor"): (
        "Fees in one minute",
        "{greeting}, our fee changes. It was this much a year, it becomes that much, from this date; this "
        "is what it pays for. That is all of it. If you want to speak about it I call when your day allows.",
    ),
    ("referral", "advisor"): (
        "A colleague with the same loans",
        "{greeting}, you said that you wish you had seen the debt timeline in your first year. If a younger "
        "colleague could use it, send them to me for half an hour. They owe us nothing for it, and you will "
        "not hear from me what they said.",
    ),
    ("permission_request", "advisor"): (
        "Permission, to take less of your time",
        "{greeting}, with your permission I note how your weeks look and how you like to decide, so that "
        "you get fewer messages, each with one question in it. You see the notes, and can have them erased. "
        "Yes or no, both are fine.",
    ),
    ("transition", "advisor"): (
        "From repaying to building",
        "{greeting}, the heavy years with the loans are ending, and what you need from us changes with it. "
        "I propose fewer meetings, with a plan that runs by itself between them. One decision today: shall "
        "we try it for a year?",
    ),
}

TECH: Texts = {
    ("review", "advisor"): (
        "Separate the two risks",
        "{greeting}, before we look at shares: which would be harder to take right now, your company doing "
        "badly, or your family's way of life getting smaller? They are two risks, and your shares tie them "
        "together. Your answer tells us how much should depend on one company, and we set the rule before "
        "the next window, not in it.",
    ),
    ("review", "associate"): (
        "Bring the grants up to date",
        "Hello {greeting}, for your review I am bringing your equity page up to date. Could you send the "
        "current statement of your grants: what vested, what is next, and when the trading window opens? "
        "{advisor} then shows you all of it on one page.",
    ),
    ("review", "service"): (
        "Book before the window opens",
        "Hello {greeting}, your next trading window is the reason for this meeting, so I would like to book "
        "it before it opens. Is a time in the two weeks before possible? Forty-five minutes on screen will "
        "do.",
    ),
    ("market_fall", "advisor"): (
        "A fall, and the company's shares",
        "{greeting}, the market is down, and your company with it or more. The rule that we set in a calm "
        "week still holds: what we sell, when, and what the money is for. The rest of the market matters "
        "less to you than that. Shall we look at the rule together, and leave it or change it on purpose?",
    ),
    ("vest", "advisor"): (
        "Before shares vest",
        "{greeting}, your next shares vest soon. Ask yourself one thing: had it come as cash, would you buy "
        "the shares with it? Whatever the answer, we decide three figures before the day: what is set aside "
        "for tax beyond what is withheld, what is sold, what is kept and why. Your window and your "
        "company's rules come first, and your tax adviser has the last word on tax.",
    ),
    ("vest", "associate"): (
        "Check the withholding before a vest",
        "Hello {greeting}, ahead of your vest I compare what your employer withholds with what is likely to "
        "be due. Please send me the vest date, the number of shares, and last year's rate. What you get "
        "back is an estimate for you and your tax adviser, not tax advice.",
    ),
    ("vest", "service"): (
        "Remind of a window",
        "Hello {greeting}, your trading window is about to open. {advisor_first} has the decisions noted "
        "that you made. If anything changed, or if you are not free to trade, please tell us before it "
        "opens.",
    ),
    ("fee_change", "advisor"): (
        "Fees with the working shown",
        "{greeting}, our fee changes, and you will want to see the working. Here it is: the base, the rate, "
        "what is left out of it, and the amount in dollars a year, before and after. Company shares that "
        "you cannot sell are stated apart. Ask me about any line.",
    ),
    ("referral", "advisor"): (
        "A colleague with the same grant",
        "{greeting}, people on your team probably have grants of the same date and the same questions. If "
        "one of them wants to see what a page like yours looks like, I show them an empty one. No figures "
        "of yours, no obligation of theirs.",
    ),
    ("permission_request", "advisor"): (
        "Permission, to write only when it matters",
        "{greeting}, may we keep your vesting dates and windows, and how you like to decide, so that we "
        "write to you when there is something to decide and are silent otherwise? You can see it all, and "
        "switch it off.",
    ),
    ("transition", "advisor"): (
        "When the shares become a portfolio",
        "{greeting}, the larger part of what you own no longer hangs on one company. That is the point at "
        "which you need less of me around each window and more of a steady plan. May I show you how the "
        "service would look from then on?",
    ),
}

OWNER: Texts = {
    ("review", "advisor"): (
        "The next step only",
        "{greeting}, it is your company and your decision; I am not here to hand you an exit plan. Let us "
        "look at one step that is useful whatever you decide later. Before that, one picture: how much of "
        "what the family owns hangs on the company today. What do you notice when you see it?",
    ),
    ("review", "associate"): (
        "Ask for the figures without a fuss",
        "Hello {greeting}, for your meeting I need three figures, and a rough answer is enough: what the "
        "company might be worth, what it owes, and what you take out of it in a year. They stay with "
        "{advisor} and me.",
    ),
    ("review", "service"): (
        "Book around the business",
        "Hello {greeting}, when in the week does the company leave you an hour? We come to you, or meet on "
        "screen. Should something come up on the day, a word is enough and I find another time.",
    ),
    ("market_fall", "advisor"): (
        "A fall, and the company's cash",
        "{greeting}, markets are down. For you the question is a different one: does it reach your order "
        "book? If it might, let us make sure that the family's money and the company's are not asked for on "
        "the same day. You know the business; I bring the household's side.",
    ),
    ("vest", "advisor"): (
        "Before a distribution",
        "{greeting}, when the distribution is paid, part of it could go where it does not depend on the "
        "company. How much is for you to say. I would suggest deciding the share now and the rest later, so "
        "that it is a step and not a plan.",
    ),
    ("fee_change", "advisor"): (
        "Fees, owner to owner",
        "{greeting}, you set prices yourself, so I will be plain: ours change, from this date, to this "
        "amount a year. Here is what you get for it and what it costs us to do. If you would cut something, "
        "tell me what, and we see what it does to the price.",
    ),
    ("referral", "advisor"): (
        "An owner with the same question",
        "{greeting}, is there an owner among your friends who thinks about what comes next and does not "
        "want to be sold anything? I would gladly listen for an hour. They decide whether there is a second "
        "one.",
    ),
    ("permission_request", "advisor"): (
        "Permission, with the controls in your hand",
        "{greeting}, may we note what matters to you about the company and how you like to decide? You see "
        "every line, you can strike any of them, and you can end it with a word. It helps us to bring you "
        "steps and not speeches.",
    ),
    ("transition", "advisor"): (
        "What would feel like a win",
        "{greeting}, something is about to change with the company, so before any option: what would have "
        "to be true afterwards for you to call it a win? For you, for the family, for the people who work "
        "there. I write it down in your words, and we hold each option against it.",
    ),
}

TEXTS: dict[str, Texts] = {"physician": PHYSICIAN, "tech_equity": TECH, "business_owner": OWNER}
