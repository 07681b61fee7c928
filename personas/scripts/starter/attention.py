"""What suits an attention constraint, with permission: shorter, plainer, elsewhere, or with a default."""

from personas.scripts.starter import Texts

TIME: Texts = {
    ("review", "advisor"): (
        "Twenty minutes, one decision",
        "{greeting}, twenty minutes. One decision: here it is, here is what I would do. Everything else you "
        "get in writing, and nothing in it is urgent. Agreed? Then the next step is mine, and you hear from "
        "me on Friday.",
    ),
    ("review", "associate"): (
        "Settle the rest in writing",
        "Hello {greeting}, so that your meeting can be short, I settle the small things with you in "
        "writing. Three lines below; a yes or no beside each is enough.",
    ),
    ("review", "service"): (
        "Book twenty minutes",
        "Hello {greeting}, I need twenty minutes of yours for {advisor_first}, on the telephone if you "
        "like. Early, at noon, or late?",
    ),
    ("market_fall", "advisor"): (
        "A fall, in three lines",
        "{greeting}, three lines. Markets are down. Your plan holds, and what you need soon is set apart. "
        "Nothing to do; call me if you want to talk.",
    ),
    ("vest", "advisor"): (
        "A payout, one answer needed",
        "{greeting}, your payout comes soon. I suggest the same split as last time: tax, reserve, invested. "
        "Answer yes and it is arranged, or name what should differ.",
    ),
    ("fee_change", "advisor"): (
        "Fees, in three lines",
        "{greeting}, our fee changes on this date, from this to that amount a year. What it pays for is on "
        "the page attached. If you want to speak about it, I call when it suits you.",
    ),
    ("referral", "advisor"): (
        "A name is enough",
        "{greeting}, if somebody in your position could use half an hour, a name is enough. I do the rest, "
        "and you have no more work with it.",
    ),
    ("permission_request", "advisor"): (
        "Permission to be brief",
        "{greeting}, may we note how little time you have, and keep our messages to what needs you? Yes or "
        "no is enough. You can see the notes, and end it.",
    ),
    ("transition", "advisor"): (
        "Less of your time",
        "{greeting}, I would like to propose a service that asks for less of your time: one meeting a year, "
        "the rest in writing, and a person whom you can reach. Two minutes to explain; may I?",
    ),
}

LOAD: Texts = {
    ("review", "advisor"): (
        "One page, one next step",
        "{greeting}, you have enough in your head, so all of it is on one page. At the top is how you "
        "stand. At the bottom is the next step; there is one. We start wherever you like.",
    ),
    ("review", "associate"): (
        "Take the preparation off them",
        "Hello {greeting}, you need not prepare anything for your meeting. I gather the papers. Should one "
        "be missing, I ask for that one only.",
    ),
    ("review", "service"): (
        "Everything in one message",
        "Hello {greeting}, everything about your meeting is in this one message: the day, the time, the "
        "place, and my number. There is nothing else that you need to keep.",
    ),
    ("market_fall", "advisor"): (
        "A fall, in plain words",
        "{greeting}, prices have fallen. That happens, and your plan allows for it. The money for the next "
        "years is kept apart. You do not have to do anything. I think of you, and I will write again on "
        "Friday.",
    ),
    ("vest", "advisor"): (
        "A payout, one page",
        "{greeting}, your payout on one page: the date, the amount after tax, and one suggestion. If it "
        "looks right, sign at the bottom. If not, write beside it what troubles you.",
    ),
    ("fee_change", "advisor"): (
        "Fees, in plain words",
        "{greeting}, you will pay us a different amount. Until now it was this much a year. From this date "
        "it is that much. Here is what you get for it, in five lines. Ask me about any of them.",
    ),
    ("referral", "advisor"): (
        "If a name comes to mind",
        "{greeting}, no need to think about it now. If one day somebody tells you that their papers have "
        "become too much, you know that we help with that.",
    ),
    ("permission_request", "advisor"): (
        "Permission, in plain words",
        "{greeting}, we would like to note how you like to be written to. It makes our letters shorter. You "
        "can see the note. You can have it erased. Is that all right?",
    ),
    ("transition", "advisor"): (
        "What stays, what changes",
        "{greeting}, two columns on one page: what stays, what changes. The left one is much longer. At the "
        "bottom is the person whom you call from now on. Shall we go through it together?",
    ),
}

TRAVEL: Texts = {
    ("review", "advisor"): (
        "A review from anywhere",
        "{greeting}, wherever you are, this works on a telephone. You have the page already. I take you "
        "through it in half an hour, and should the line break, I send you the rest as a recording and we "
        "settle the decision in writing.",
    ),
    ("review", "associate"): (
        "Send the page to be read on the way",
        "Hello {greeting}, your review is on one page that can be read on the way, without a connection. "
        "When you have looked at it, answer with the number of the line that you want to speak about.",
    ),
    ("review", "service"): (
        "Book across time zones",
        "Hello {greeting}, within the next four weeks: on which days are you reachable, and in which time "
        "zone? I place your review there, and you may move it until the hour before.",
    ),
    ("market_fall", "advisor"): (
        "A fall, to be heard later",
        "{greeting}, you may be in the air. Markets are down, your plan holds, and nothing waits for you. "
        "Listen to this when you land, and write to me if you would like to speak; I adapt to your hours.",
    ),
    ("vest", "advisor"): (
        "Decide before the journey",
        "{greeting}, the payout falls into your journey, so let us decide before it. If you confirm the "
        "split in writing now, all of it happens without you, and you find the record when you are back.",
    ),
    ("fee_change", "advisor"): (
        "Fees, in writing first",
        "{greeting}, our fee changes. As you are rarely in one place I write first: the amount, the date, "
        "what it pays for. Choose a time in any time zone, and I call you about it.",
    ),
    ("referral", "advisor"): (
        "Somebody who is always away",
        "{greeting}, among the people you travel with there may be one whose affairs wait at home. We work "
        "well at a distance, as you know. They may write to me from anywhere.",
    ),
    ("permission_request", "advisor"): (
        "Permission to follow your calendar",
        "{greeting}, may we note when you are usually away, so that nothing urgent reaches you in the air? "
        "You can see the note and have it erased. A yes or no in writing is enough.",
    ),
    ("transition", "advisor"): (
        "A service that travels",
        "{greeting}, I would like to move more of our work into writing, so that it travels with you: a "
        "page each quarter, a call when you are reachable, and one person who answers. May I show you?",
    ),
}

FATIGUE: Texts = {
    ("review", "advisor"): (
        "A default and one other way",
        "{greeting}, I bring one recommendation and one other way, no more. If you say nothing, we do the "
        "first, and you can change it at the next review. Shall I tell you why it is the first?",
    ),
    ("review", "associate"): (
        "Narrow it down beforehand",
        "Hello {greeting}, we have narrowed your question down to two ways and will recommend one of them. "
        "You find both on the page, the recommended one first. There is nothing to choose before the "
        "meeting.",
    ),
    ("review", "service"): (
        "Offer a morning",
        "Hello {greeting}, I have kept Wednesday at nine for you, before the day fills up. If that is fine "
        "you need not answer. If not, tell me, and I offer you another morning.",
    ),
    ("market_fall", "advisor"): (
        "A fall, and nothing to decide",
        "{greeting}, markets are down, and there is nothing to decide. Your plan has a default for this, "
        "and it is working. If you would like to change it, we do so on a morning next week, not today.",
    ),
    ("vest", "advisor"): (
        "A payout by default",
        "{greeting}, for this payout we have a default: the split that you chose last year. It applies "
        "unless you tell me otherwise. The one other way would be to keep it in cash until your review.",
    ),
    ("fee_change", "advisor"): (
        "Fees, with a default",
        "{greeting}, our fee changes, and your service stays as it is unless you want the smaller one. I "
        "would keep it, and this is why. You need not decide now; the other way stays open.",
    ),
    ("referral", "advisor"): (
        "No decision, an open door",
        "{greeting}, there is nothing to decide here. Should somebody ask you whom you would turn to, you "
        "have my card.",
    ),
    ("permission_request", "advisor"): (
        "Permission, one question",
        "{greeting}, one question: may we note how you like choices to be put, so that you get fewer of "
        "them? If you would rather not, nothing changes. You can see the note, and end it later.",
    ),
    ("transition", "advisor"): (
        "One proposal",
        "{greeting}, I have one proposal for how we go on, and I recommend it. Here it is on a page. You "
        "may sleep on it; until you say yes, everything stays as it is.",
    ),
}

TEXTS: dict[str, Texts] = {
    "time_poverty": TIME,
    "cognitive_load": LOAD,
    "travel_schedule": TRAVEL,
    "decision_fatigue": FATIGUE,
}
