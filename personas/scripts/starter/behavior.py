"""What suits a behavioral trigger, with permission. The trigger itself is never named to the client."""

from personas.scripts.starter import Texts

VOLATILITY: Texts = {
    ("review", "advisor"): (
        "Context before numbers",
        "{greeting}, before the figures, a word on what the period was like and what it changed for your "
        "plan. The money for the next years is set apart. Now the numbers, and we look at them over the "
        "years that matter to you, not over the last weeks.",
    ),
    ("review", "associate"): (
        "Send the context ahead",
        "Hello {greeting}, with the invitation to your review comes half a page on what happened and what "
        "it means for your plan. The figures follow in the meeting, where {advisor_first} can explain them.",
    ),
    ("review", "service"): (
        "Book without delay in rough weeks",
        "Hello {greeting}, I would like to give you an early time with {advisor_first}. Is tomorrow or the "
        "day after possible? If a call suits you better than a meeting, that is just as good.",
    ),
    ("market_fall", "advisor"): (
        "Call before they call",
        "{greeting}, I am calling before you have to. Prices are down, and it is fair not to like it. What "
        "you need in the next years is not in what fell; we set it apart for this. There is nothing that "
        "you must do today. If you would like to change something, we sleep on it and speak tomorrow at a "
        "time that you choose.",
    ),
    ("vest", "advisor"): (
        "A payout, in parts and by date",
        "{greeting}, this sum need not be placed on one day. We can do it in four parts on dates that we "
        "fix now, whatever the news says then. Would that be easier to live with?",
    ),
    ("fee_change", "advisor"): (
        "Fees, at a calm moment",
        "{greeting}, nothing is wrong with your accounts; I call about our fee. It changes from this date, "
        "to this amount. I wanted to tell you myself, and to leave time for your questions.",
    ),
    ("referral", "advisor"): (
        "Somebody who worries about the news",
        "{greeting}, if somebody close to you is kept awake by the news as well, a conversation with no "
        "decision in it may help. I am glad to have it.",
    ),
    ("permission_request", "advisor"): (
        "Permission to call early",
        "{greeting}, may I note that you would like to hear from me early when markets move? Then I call "
        "you before the papers do. You can see what we note, and take the permission back whenever you like.",
    ),
    ("transition", "advisor"): (
        "A change without surprises",
        "{greeting}, I would like to change how we work together, slowly and with you. What is invested "
        "stays as it is. First I show you the whole way with its dates; then we take the first step, and "
        "only that.",
    ),
}

STATUS: Texts = {
    ("review", "advisor"): (
        "Against your own goals only",
        "{greeting}, we compare you with one thing: what you said you want. Here is where you were a year "
        "ago and where you are now. What others do is not on this page, because it answers a different "
        "question. Which of your goals should move next?",
    ),
    ("review", "associate"): (
        "Ask for their own measure",
        "Hello {greeting}, for your review: which one figure would tell you that the year was a good one "
        "for you? I put that one at the top of the page.",
    ),
    ("review", "service"): (
        "Book a private hour",
        "Hello {greeting}, I have kept an hour of {advisor_first}'s for you alone. Would you like to come "
        "in, or meet on screen?",
    ),
    ("market_fall", "advisor"): (
        "A fall, and what others say",
        "{greeting}, in weeks like this everybody seems to know what to do. Your plan answers to your "
        "goals, and they did not change on Monday. Let us look at those, in private, and then decide "
        "whether anything is to be done at all.",
    ),
    ("vest", "advisor"): (
        "What this money is for",
        "{greeting}, congratulations. Before it finds its own way: which of your goals should this money "
        "move? You may also decide that a part of it is for pleasure. We name the amount, and the rest is "
        "at work.",
    ),
    ("fee_change", "advisor"): (
        "Fees, for what you chose",
        "{greeting}, our fee changes. I show you what you chose from us and what it costs, nothing else. If "
        "there is a part that you do not use, we take it out.",
    ),
    ("referral", "advisor"): (
        "In confidence, both ways",
        "{greeting}, should somebody you value be looking for advice, you may give them my number. What "
        "they tell me stays with me, as does what you tell me.",
    ),
    ("permission_request", "advisor"): (
        "Permission to measure by your goals",
        "{greeting}, may we note what you want to measure yourself by, so that our messages speak of that "
        "and of nothing else? You can see the notes and have them erased.",
    ),
    ("transition", "advisor"): (
        "A service that fits you now",
        "{greeting}, your goals have changed over the years, and the service should fit them as they are "
        "now. May I show you what I would keep, what I would leave out, and whom you would speak to?",
    ),
}

GUILT: Texts = {
    ("review", "advisor"): (
        "A number that may be spent",
        "{greeting}, here is a number: what you can spend this year with your plan still holding under the "
        "assumptions on this page. It is yours to use. What have you been putting off that this could pay "
        "for? If there is something, let us put a month beside it.",
    ),
    ("review", "associate"): (
        "Prepare the number",
        "Hello {greeting}, for your review we work out what can be spent this year without touching the "
        "plan. Is there something in particular that you would like us to reckon with?",
    ),
    ("review", "service"): (
        "A friendly reminder",
        "Hello {greeting}, your review with {advisor_first} is coming up. It will also be about something "
        "pleasant: what the plan leaves for this year. Which day suits you?",
    ),
    ("market_fall", "advisor"): (
        "What you had planned still stands",
        "{greeting}, markets are down, and I wanted to say that what we had set aside for this year's plans "
        "is not in what fell. The journey is paid for. If you would feel better waiting, that is your "
        "choice and not a necessity.",
    ),
    ("vest", "advisor"): (
        "A part for now",
        "{greeting}, of this payout I suggest three parts: tax, later, and now. The last one is meant to be "
        "spent. What share would feel right to you? We write it down, so that it needs no further "
        "permission.",
    ),
    ("fee_change", "advisor"): (
        "Fees, without an apology",
        "{greeting}, our fee changes, and here is what it comes to. The plan accounts for it: the number "
        "that you may spend this year is on the same page, with the new fee already taken off.",
    ),
    ("referral", "advisor"): (
        "Somebody who saves for nobody",
        "{greeting}, do you know somebody who has done well and cannot bring themselves to enjoy it? A "
        "number on a page helped you. It may help them, and I am glad to work it out.",
    ),
    ("permission_request", "advisor"): (
        "Permission to remind of the good part",
        "{greeting}, may we note what you would like to do with your money while you can, and remind you of "
        "it once a year? You can read the note and have it erased at any time.",
    ),
    ("transition", "advisor"): (
        "Once spending comes easily",
        "{greeting}, you have used the number two years running, and the plan holds. I think that you need "
        "less of us for it. May I suggest one meeting a year, with the number sent to you in between?",
    ),
}

AVOIDANCE: Texts = {
    ("review", "advisor"): (
        "One small step, with a date",
        "{greeting}, today we do one thing only, and we do it here, together, before you leave. Ten "
        "minutes. Then we look into the calendar and fix the day of the next one. You need not read "
        "anything beforehand.",
    ),
    ("review", "associate"): (
        "Offer to fill in the form together",
        "Hello {greeting}, the form looks longer than it is. Shall we fill it in together on the telephone? "
        "It takes eight minutes; I have most of it already. Tomorrow at ten, or rather in the afternoon?",
    ),
    ("review", "service"): (
        "Offer two times, no questions",
        "Hello {greeting}, I have kept two times for you: one on Tuesday, one on Thursday. Answer with the "
        "day, and I do the rest. There is nothing to prepare.",
    ),
    ("market_fall", "advisor"): (
        "You need not look",
        "{greeting}, you may have seen headlines. You need not open your statement for this; I have looked "
        "for you. What you need soon is safe. I suggest a short call on Thursday at a time that you choose, "
        "and until then there is nothing to do.",
    ),
    ("vest", "advisor"): (
        "One form before a payout",
        "{greeting}, before the payout there is exactly one form, and it is nearly filled in. Shall we "
        "finish it together now, while we are on the telephone? I call again on the day after, to tell you "
        "that it has worked.",
    ),
    ("fee_change", "advisor"): (
        "Fees, and nothing to do",
        "{greeting}, our fee changes on this date to this amount. You have to do nothing. I will call you "
        "once more in two weeks, in case a question has come up in the meantime.",
    ),
    ("referral", "advisor"): (
        "Somebody who keeps putting it off",
        "{greeting}, if somebody close to you has been putting off the same papers for years, tell them how "
        "short the first step was. I am glad to take it with them.",
    ),
    ("permission_request", "advisor"): (
        "Permission to remind",
        "{greeting}, may I note that you like small steps and a reminder? Then you hear from us in time, "
        "with one thing to do. You can see the note, and a word from you erases it.",
    ),
    ("transition", "advisor"): (
        "A change in small steps",
        "{greeting}, how we work together will change a little. Nothing is needed from you today. Next week "
        "my colleague calls you, at a time that we fix now, and takes you through the first step.",
    ),
}

TEXTS: dict[str, Texts] = {
    "volatility_fear": VOLATILITY,
    "status_pressure": STATUS,
    "spending_guilt": GUILT,
    "avoidance": AVOIDANCE,
}
