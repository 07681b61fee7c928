"""What suits a complexity driver, with permission: the hard part is named, and made smaller."""

from personas.scripts.starter import Texts

CONCENTRATION: Texts = {
    ("review", "advisor"): (
        "Look at the one large holding first",
        "{greeting}, one holding carries much of the weight, so let us look at it first. How would the next "
        "five years look if it were worth half? If that is bearable, we know it. If it is not, we agree on "
        "a first slice, a date, and a reason, and leave the rest for next time.",
    ),
    ("review", "associate"): (
        "Prepare the concentration picture",
        "Hello {greeting}, I am preparing one picture for your review: what share of everything you own is "
        "in one place. Please tell me of holdings elsewhere that we do not see, with a rough value.",
    ),
    ("review", "service"): (
        "Confirm the review of one holding",
        "Hello {greeting}, your review with {advisor_first} starts with your largest holding. If there are "
        "dates on which you may not trade, please send them to me beforehand.",
    ),
    ("market_fall", "advisor"): (
        "When the large holding falls",
        "{greeting}, your largest holding is down, and that is the part we had talked about. What we agreed "
        "to keep safe is safe. For the rest our rule says what to do and when. Do you want to keep to it, "
        "or is there something new that it did not know?",
    ),
    ("vest", "advisor"): (
        "More of the same holding",
        "{greeting}, this payout adds to what is already your largest holding. Two ways: take it as it "
        "comes, or turn a part into something else on the day. I would rather you choose on purpose. Which "
        "part should stay?",
    ),
    ("fee_change", "advisor"): (
        "Fees and the large holding",
        "{greeting}, our fee changes. As so much of what you own is one holding, I state what the fee is "
        "charged on, with that holding and without it, so that you see the effect in dollars.",
    ),
    ("referral", "advisor"): (
        "Somebody with one large holding",
        "{greeting}, do you know somebody who also holds much of one thing and does not quite dare to touch "
        "it? I can show them how others take it in small steps, without naming anybody.",
    ),
    ("permission_request", "advisor"): (
        "Permission to follow the large holding",
        "{greeting}, may we note which holding weighs most and what you decided about it, so that we call "
        "you when it concerns you and not otherwise? You can look at the note and end it.",
    ),
    ("transition", "advisor"): (
        "Once the weight is spread",
        "{greeting}, step by step the one large holding has become one of several. You need less watching "
        "now. I would like to propose a lighter rhythm that still catches it if it grows again.",
    ),
}

VARIABLE_INCOME: Texts = {
    ("review", "advisor"): (
        "Good months pay for lean ones",
        "{greeting}, your income comes in waves, so we plan by the lean months and let the good ones fill "
        "the reserve. Let us agree on two numbers today: what the household draws each month, and how many "
        "months the reserve should hold.",
    ),
    ("review", "associate"): (
        "Collect a year of income",
        "Hello {greeting}, for your review I would like the income of the last twelve months, month by "
        "month, as it came. Rough figures are fine. I draw it beside what you spend.",
    ),
    ("review", "service"): (
        "Book in a quieter month",
        "Hello {greeting}, which month is usually quieter for you? I would like to place your review there, "
        "and I can move it if business picks up.",
    ),
    ("market_fall", "advisor"): (
        "A fall, and the reserve",
        "{greeting}, markets are down. Your reserve was made for months like these and covers what the "
        "household draws, so nothing has to be sold for it. Do you expect your own income to be touched as "
        "well? Then we look at the reserve first.",
    ),
    ("vest", "advisor"): (
        "A good month arrives",
        "{greeting}, a large payment is coming. In order: what is due in tax, what brings the reserve back "
        "to its mark, and only then the rest. If you agree, we write the three amounts down before it "
        "arrives.",
    ),
    ("fee_change", "advisor"): (
        "Fees that follow an uneven income",
        "{greeting}, our fee changes. I know that your income does not come evenly, so let us see together "
        "when in the year it should fall due. The amount for the year is on this page.",
    ),
    ("referral", "advisor"): (
        "Somebody paid in waves",
        "{greeting}, is there somebody around you who is paid in waves and sleeps badly in between? The "
        "two-number plan that you use is easily explained, and I am glad to.",
    ),
    ("permission_request", "advisor"): (
        "Permission to follow the rhythm of income",
        "{greeting}, may we note when in the year your income usually comes? Then we write before the good "
        "months and leave you alone in the busy ones. You can see the note, and have it erased.",
    ),
    ("transition", "advisor"): (
        "A steadier year, a lighter service",
        "{greeting}, your reserve stands and the monthly draw works by itself. What you need from us has "
        "become less. May I propose a rhythm with fewer meetings and a call whenever the reserve falls "
        "below its mark?",
    ),
}

DEBT: Texts = {
    ("review", "advisor"): (
        "The date on which it ends",
        "{greeting}, the debt was the price of entry, and it has an end. This chart shows the date, and "
        "what a little more a month does to it. Which of the two dates would you like to aim for? I then "
        "set the payments accordingly.",
    ),
    ("review", "associate"): (
        "Collect balances and rates",
        "Hello {greeting}, for your review I need of each loan the balance, the rate and the monthly "
        "payment. A photo of each statement will do. You get them back as one page with one date on it.",
    ),
    ("review", "service"): (
        "Remind of the loan statements",
        "Hello {greeting}, your review is coming up. If you have new loan statements, please send them to "
        "me, so that your timeline is right on the day.",
    ),
    ("market_fall", "advisor"): (
        "A fall, and the loans",
        "{greeting}, markets are down; your loans are not affected, and neither are the payments that we "
        "planned. You keep paying as before. The only question worth asking is whether a rate of yours is "
        "not fixed. Let me check it for you.",
    ),
    ("vest", "advisor"): (
        "A payment against a loan",
        "{greeting}, with this money you could end one loan early, or keep it as a cushion. I have both on "
        "one page: the date on which you are free of debt, and the months that the cushion would last. "
        "Which lets you sleep better?",
    ),
    ("fee_change", "advisor"): (
        "Fees beside the payments",
        "{greeting}, our fee changes. I have put it beside your monthly payments, so that you see it in the "
        "whole. If the sum is too tight this year, say so, and we look for a way.",
    ),
    ("referral", "advisor"): (
        "Somebody who thinks it never ends",
        "{greeting}, you know how it felt before you had a date. If somebody close to you carries loans "
        "without one, I would gladly draw their timeline with them.",
    ),
    ("permission_request", "advisor"): (
        "Permission to keep the loans in view",
        "{greeting}, may we keep your balances and rates and tell you when something can be done better, "
        "and only then? You see what we hold, and we erase it when you say so.",
    ),
    ("transition", "advisor"): (
        "After the last payment",
        "{greeting}, the last payment is in sight, and I congratulate you. What was paid off becomes free "
        "each month. With that the work between us changes. May I show you what I would suggest for the "
        "time after?",
    ),
}

ENTITIES: Texts = {
    ("review", "advisor"): (
        "One page for all entities",
        "{greeting}, let us put all entities on one page: what each is for, who signs, and what is due "
        "when. Then we pick the one deadline that matters most and leave with who does what for it. Your "
        "tax adviser has the last word on the rest.",
    ),
    ("review", "associate"): (
        "Gather the entities and their dates",
        "Hello {greeting}, I am preparing the overview of your entities. Please look at the attached list: "
        "is one missing, or no longer used? And who does the return of each?",
    ),
    ("review", "service"): (
        "Invite the tax adviser as well",
        "Hello {greeting}, shall we invite your tax adviser to the review? If so, please send me the name, "
        "and I find a time that suits all of you.",
    ),
    ("market_fall", "advisor"): (
        "A fall, across the entities",
        "{greeting}, prices are down. For you the question is in which entity a loss would be of use and "
        "where cash is needed. I speak with your tax adviser first and come back with one proposal, not "
        "five.",
    ),
    ("vest", "advisor"): (
        "Where a payout lands",
        "{greeting}, before it is paid: which entity should receive it? It is hard to change afterwards. I "
        "have asked your tax adviser for their view; once we have it you decide in ten minutes.",
    ),
    ("fee_change", "advisor"): (
        "Fees by entity",
        "{greeting}, our fee changes. You receive it split by entity, so that each can bear its part, with "
        "the total below. Your tax adviser may want to see it; I can send it there too.",
    ),
    ("referral", "advisor"): (
        "An adviser worth knowing",
        "{greeting}, you have people around you who keep several companies in order. If one of them would "
        "like the one-page overview that you have, I can show them an empty one.",
    ),
    ("permission_request", "advisor"): (
        "Permission to speak with the tax adviser",
        "{greeting}, may we note your entities and their deadlines, and speak with your tax adviser about "
        "them? You are copied on everything, and a word from you ends it.",
    ),
    ("transition", "advisor"): (
        "Fewer entities, simpler service",
        "{greeting}, with two entities closed your affairs have become simpler, and the service may follow. "
        "I would like to show you what stays in our calendar and what no longer has to be.",
    ),
}

TEXTS: dict[str, Texts] = {
    "concentration_risk": CONCENTRATION,
    "variable_income": VARIABLE_INCOME,
    "debt_structure": DEBT,
    "multi_entity_taxes": ENTITIES,
}
