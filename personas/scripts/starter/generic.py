"""What suits every client: offered also without permission to tailor."""

from personas.scripts.starter import Texts

TEXTS: Texts = {
    ("review", "advisor"): (
        "Open a review with the client's own question",
        "Thank you for making the time, {greeting}. Before I show you anything: what would make this hour "
        "worthwhile for you? ... Good. We start there. Then I show you where you stand against what you "
        "told us you want, and we agree on what happens next, with a date and a name beside each step.",
    ),
    ("review", "associate"): (
        "Ask what to prepare before a review",
        "Hello {greeting}, this is the team of {advisor}. Your review is coming up and I am preparing it. "
        "Two questions, so that we use your time well: has anything changed since we last met, at home or "
        "at work? And which one question should we have answered when you leave?",
    ),
    ("review", "service"): (
        "Invite to a review",
        "Hello {greeting}, it is time for your review with {advisor}. I have two times to offer, and you "
        "may name another. It takes about an hour, in person or on screen as you like. Is there anything "
        "you would like on the table? I pass it on today.",
    ),
    ("check_in", "advisor"): (
        "A short call between reviews",
        "{greeting}, a short call, nothing is wrong. I want to hear whether anything has changed that your "
        "plan should know about: work, health, family, a larger expense ahead. If not, we are done in five "
        "minutes, and I note that all is as it was.",
    ),
    ("check_in", "associate"): (
        "Three questions between reviews",
        "Hello {greeting}, three short questions between your reviews. Has your income or your work "
        "changed? Is a larger expense coming in the next twelve months? Is there anything you have been "
        "meaning to ask us? A line in answer to each is enough.",
    ),
    ("check_in", "service"): (
        "Keep details up to date",
        "Hello {greeting}, I am checking that what we hold is still right: your address, the best number to "
        "reach you, and whom we may call if we cannot. It takes two minutes. Is now a good moment?",
    ),
    ("market_fall", "advisor"): (
        "Speak first when markets fall",
        "{greeting}, you will have seen the news, so I wanted you to hear from me. Prices are down. Your "
        "plan was built knowing that such times come, and the money that you need soon is not in what fell. "
        "I cannot tell you when it turns; nobody can. What I can do is look with you at what you need in "
        "the next years, and whether any of that has changed. Has it?",
    ),
    ("market_fall", "associate"): (
        "Answer questions about a fall",
        "Thank you for asking, {greeting}. I can show you what has changed in your accounts and what has "
        "not. Whether to act is a conversation for you and {advisor}, and I can arrange it for today or "
        "tomorrow. Which suits you?",
    ),
    ("market_fall", "service"): (
        "Take a worried call",
        "I am glad you called, {greeting}. I hear that this worries you. I do not want to guess at an "
        "answer, so I will have {advisor_first} or a colleague call you back today. What is the one thing "
        "you want to know first? I write it down in your words.",
    ),
    ("vest", "advisor"): (
        "Plan a payout before it arrives",
        "{greeting}, money is about to arrive. The best decisions about it are made before the day. Three "
        "questions: what part belongs to the tax office? What do you need within two years? And what is the "
        "rest for? With those answers the day itself is easy.",
    ),
    ("vest", "associate"): (
        "Collect the papers for a payout",
        "Hello {greeting}, to prepare for your payout I need the date, the amount or the number of shares, "
        "and what is withheld for tax. A photo of the statement is enough. I put it on one page for you and "
        "{advisor}.",
    ),
    ("vest", "service"): (
        "Confirm what happens on the day",
        "Hello {greeting}, your payout is expected soon. When it has arrived I confirm it to you in "
        "writing, with where it went. Nothing moves unless you have told us so.",
    ),
    ("fee_change", "advisor"): (
        "Explain a change of fees",
        "{greeting}, I want to tell you in person that our fee changes, from when, and what it comes to for "
        "you in a year, in dollars. Here is what it pays for, as you get it today. Please ask me anything; "
        "and if it does not fit, I want to find out with you what does.",
    ),
    ("fee_change", "associate"): (
        "Answer what a fee pays for",
        "A fair question, {greeting}. I can send you one page: what you paid last year, what changes, and "
        "what you receive for it. Look at it in peace, and {advisor} will speak with you about it "
        "afterwards if you like.",
    ),
    ("fee_change", "service"): (
        "Announce the letter about fees",
        "Hello {greeting}, a letter about our fees is on its way to you. {advisor} would like to go through "
        "it with you rather than leave you alone with it. When may we call?",
    ),
    ("referral", "advisor"): (
        "Ask whether somebody could use help",
        "{greeting}, may I ask you something? You said that this was useful. If somebody you care about "
        "faces the same question, I am glad to give them half an hour, without obligation and without "
        "telling either of you about the other. If nobody comes to mind, that is fine too.",
    ),
    ("referral", "associate"): (
        "Thank for an introduction",
        "Thank you for the introduction, {greeting}. We have been in touch, and we will treat them as we "
        "treat you. You will understand that we do not speak about what they tell us, as we never speak "
        "about you.",
    ),
    ("referral", "service"): (
        "Receive somebody who was sent",
        "Welcome. {firm} was recommended to you, and you are under no obligation. I can offer you a first "
        "conversation of half an hour. Would you tell me in a sentence what it should be about?",
    ),
    ("permission_request", "advisor"): (
        "Ask whether messages may be tailored",
        "{greeting}, I would like to ask your permission for something. We could note how you like to "
        "decide and what tends to get in the way, and write to you accordingly: fewer messages that do not "
        "concern you, and shorter ones that are ready for a decision. You can see what we note at any time, "
        "and take the permission back with one sentence; then we erase it. May we? A no changes nothing in "
        "how you are served.",
    ),
    ("permission_request", "associate"): (
        "Ask for permission in writing",
        "Hello {greeting}, with your permission we keep a few notes on how you prefer to be spoken to, so "
        "that you receive fewer and clearer messages from us. Nothing is passed on. You may see the notes, "
        "change them, or have them erased whenever you like. Is that all right for you? Please answer yes "
        "or no; both are welcome.",
    ),
    ("permission_request", "service"): (
        "Explain what is noted and why",
        "Of course, {greeting}. I can send you everything that we hold about you, why we hold it, since "
        "when, and who changed it, on one sheet. If something on it is wrong or unwelcome, tell me, and we "
        "put it right.",
    ),
    ("transition", "advisor"): (
        "Propose another way of being served",
        "{greeting}, I have been thinking about what serves you best from here. What you need from us has "
        "become simpler, and I would like to propose a way that fits it better. I will tell you what stays, "
        "what changes, and whom you would speak to. Nothing changes until you have agreed, and until then I "
        "am here as before.",
    ),
    ("transition", "associate"): (
        "Introduce the new contact",
        "Hello {greeting}, {advisor} asked me to introduce myself. From now on I am the person who knows "
        "your affairs day by day. I have read everything, so you need not start again. What is the first "
        "thing that I should take care of?",
    ),
    ("transition", "service"): (
        "Walk through the new service",
        "Hello {greeting}, I would like to show you how everything works from now on: where you see your "
        "accounts, when you hear from us, and how you reach a person. Ten minutes on the telephone or on "
        "screen, whichever you prefer.",
    ),
    ("tax", "advisor"): (
        "Agree on the year's tax questions",
        "{greeting}, before the year ends I would like to settle with you and your tax adviser what can "
        "still be decided. I bring the list; your tax adviser has the last word on it. May I write to them, "
        "and copy you?",
    ),
    ("tax", "associate"): (
        "Ask the tax adviser for a short meeting",
        "Hello {greeting}, to coordinate with your tax adviser we need your consent to share this year's "
        "figures. If you agree, please tell me whom to write to. You receive a copy of everything.",
    ),
    ("estate", "advisor"): (
        "Check that documents still say what is meant",
        "{greeting}, one question that we ask everyone each year: do your will, your powers of attorney and "
        "your beneficiaries still say what you mean? If something has changed in the family, we bring your "
        "attorney in. I do not draft anything; I make sure that it is not forgotten.",
    ),
    ("estate", "associate"): (
        "Collect the estate documents",
        "Hello {greeting}, for your file I would like to note where your will and your powers of attorney "
        "are, and from when. Copies are welcome but not needed. If there are none yet, tell me, and "
        "{advisor} will speak with you about the next step.",
    ),
}
