"""What a new installation has: the message map with its topics, all the firm's to edit; the situations and the
starter scripts, approved by nobody and to be reviewed within 90 days."""

import datetime as dt

from django.utils import timezone

REVIEW_WITHIN = dt.timedelta(days=90)
NOTE = "Shipped with the product. Have your compliance person read it by {day}; it expires then."

MODELS = {
    "persona": "Persona",
    "complexity_driver": "ComplexityDriver",
    "behavioral_trigger": "BehavioralTrigger",
    "attention_constraint": "AttentionConstraint",
    "income_structure": "IncomeStructure",
    "tier": "Tier",
}

# order, conditions, framing, words to use, words to avoid, channel, meeting format, preparation
ROWS = [
    (
        10, {"attention_constraint": "time_poverty"}, "",
        ["in ten minutes", "one decision", "nothing else is needed from you"],
        ["when you have a moment", "just a quick call", "a few more things"],
        "video",
        "A short meeting with one decision. Everything that can wait follows in writing.",
        "The decision in one sentence, sent two days ahead with the answer that we suggest.",
    ),
    (
        11, {"attention_constraint": "cognitive_load"}, "",
        ["the next step is", "on one page", "in plain words"],
        ["as discussed in the attachment", "basis points", "there are several aspects"],
        "",
        "One page on the table, one subject at a time, one next step at the end.",
        "One page in plain words. Whatever does not fit on it waits for another day.",
    ),
    (
        12, {"attention_constraint": "travel_schedule"}, "",
        ["whenever it suits you", "from wherever you are", "here is a recording"],
        ["please come by", "by tomorrow", "the only free date"],
        "video",
        "Remote, or a recorded summary to answer when there is time. Offer dates over several weeks.",
        "Dates in the client's current time zone, and a version to read without a connection.",
    ),
    (
        13, {"attention_constraint": "decision_fatigue"}, "",
        ["we suggest", "the default is", "two options"],
        ["here are all the options", "what would you like to do", "let us know your thoughts"],
        "",
        "A morning slot. Begin with our suggestion, show two options at most, and close one thing.",
        "A default for each question, so that doing nothing is a good answer too.",
    ),
    (
        20, {"behavioral_trigger": "volatility_fear"},
        "Call before the client has to call. Say what it means for their plan first, and the numbers after.",
        ["your plan expected this", "what has not changed", "what we do next"],
        ["crash", "do not worry", "the market fell by"],
        "phone", "",
        "What the plan assumed for times like these, and how long the spending reserve lasts.",
    ),
    (
        21, {"behavioral_trigger": "status_pressure"},
        "Measure progress against the client's own goals, in private. No other household is a yardstick.",
        ["your own goal", "compared with your plan", "what you set out to do"],
        ["clients like you", "average", "beat"],
        "", "",
        "The client's goals as they wrote them, with where each stands today.",
    ),
    (
        22, {"behavioral_trigger": "spending_guilt"},
        "Give clear permission to spend, with a number, and say what it leaves untouched.",
        ["you can spend", "this is already set aside", "it does not touch"],
        ["splurge", "are you sure", "you should save more"],
        "", "",
        "The yearly amount that the plan supports, and what remains secure when it is spent.",
    ),
    (
        23, {"behavioral_trigger": "avoidance"},
        "Make the step so small that it can be done now, together. Agree the next date before parting.",
        ["one small step", "let us do it now", "the date is fixed"],
        ["you still have not", "overdue", "as I said last time"],
        "", "Do the first step in the meeting itself, and put the next date into both calendars.",
        "The smallest useful step, filled in as far as we can.",
    ),
    (
        30, {"persona": "physician"},
        "Debt was the price of entry to the profession, and it has an end date. We keep the next decision "
        "simple.",
        ["price of entry", "end date", "the one decision for today"],
        ["you should have", "catch up", "bad debt"],
        "",
        "A one-decision meeting: one question of high value, then dated next actions with names.",
        "The debt timeline, and the last answer to how confident the client is in the path.",
    ),
    (
        31, {"persona": "tech_equity"},
        "Talk when there is a decision window: a vest, a trading window, a tax date. Tie each message to it.",
        ["before the window opens", "this vest", "set aside for tax"],
        ["this quarter's markets", "diversify everything", "paper wealth"],
        "",
        "A working session on the next window: what vests, what is sold, what is kept for tax.",
        "The one-page equity flow, the next windows and the tax reserve.",
    ),
    (
        32, {"persona": "business_owner"},
        "The owner decides, and each step stands on its own. Planning adds choices and takes none away.",
        ["your call", "the next step only", "keeps your options open"],
        ["exit plan", "let go", "succession problem"],
        "",
        "One step at a time: what was agreed, what it showed, and whether to take the next.",
        "How much of the household hangs on the business, and the client's own win conditions.",
    ),
    (
        33, {"persona": "general"},
        "Start with what the client wants to be able to do, then say what it takes.",
        ["what matters to you", "what this means", "the next step"],
        ["as you surely know", "industry standard", "product"],
        "",
        "What changed in the client's life, what changed in the plan, what we do next.",
        "The goals as last agreed, and what is still open from last time.",
    ),
    (
        5, {"complexity_driver": "concentration_risk"}, "",
        ["one holding", "what would it change at home", "step by step"],
        ["all eggs in one basket", "gamble"],
        "", "",
        "The share of the household balance sheet in the largest holding, today and after each step.",
    ),
    (
        6, {"complexity_driver": "variable_income"}, "",
        ["in a lean year", "your base month", "set aside when it is good"],
        ["your salary", "as every month"],
        "", "",
        "A good, a usual and a lean year: cash in, tax due, and what can be invested in each.",
    ),
    (
        7, {"complexity_driver": "debt_structure"}, "",
        ["paid off by", "what an extra payment changes", "which loan first"],
        ["drowning", "burden"],
        "", "",
        "Balances, rates and end dates of every loan, with what an extra amount a month changes.",
    ),
    (
        8, {"complexity_driver": "multi_entity_taxes"}, "",
        ["who files what", "your accountant and we", "one calendar"],
        ["simple return", "loophole"],
        "", "",
        "A map of the entities with who files what and when, checked with the client's accountant.",
    ),
    (
        50, {"income_structure": "solo_earner"}, "",
        ["if the income stops", "months of runway", "who does what"],
        ["worst case", "you cannot afford to"],
        "", "",
        "The months that the household can live without this income, and who would act in its place.",
    ),
    (
        51, {"income_structure": "dual_income"}, "",
        ["both of you", "where you agree", "the trade-off"],
        ["who decides", "your partner's problem"],
        "", "",
        "Both partners' goals side by side, with where their order differs. Invite both.",
    ),
    (
        60, {"tier": "C"},
        "A clear service that comes by itself, and a person whenever the client asks for one.",
        ["whenever you like", "at a glance", "reply and a person answers"],
        ["unfortunately", "only"],
        "digital", "", "",
    ),
    (
        10, {"persona": "physician", "complexity_driver": "debt_structure"},
        "The training debt has a date on which it ends. Every decision moves that date or leaves it alone.",
        [], [], "", "",
        "The debt timeline with today's end date, and the end date that the one decision would give.",
    ),
    (
        11, {"persona": "physician", "attention_constraint": "time_poverty"}, "",
        ["between two shifts"], [], "phone",
        "Twenty minutes at the edge of a shift: one decision, agreed or put off, with a date.", "",
    ),
    (
        20, {"persona": "tech_equity", "complexity_driver": "concentration_risk"},
        "Which is harder to bear now: the company's risk, or the family's way of life at risk? Keep the two "
        "apart.",
        [], [], "", "",
        "The equity flow, and what a halving of the share price would change in the household's plan.",
    ),
    (
        21, {"persona": "tech_equity", "behavioral_trigger": "volatility_fear"},
        "The share price is the company's story. The plan lives on what is already sold and set aside.",
        [], ["all-time high", "you lost"], "phone", "", "",
    ),
    (
        30, {"persona": "business_owner", "complexity_driver": "concentration_risk"},
        "The business carries much of the household. Let us see how much, before any talk of strategy.",
        [], [], "", "",
        "The picture of the household balance sheet with the business in it, before anything is proposed.",
    ),
    (
        31, {"persona": "business_owner", "behavioral_trigger": "avoidance"},
        "Nothing has to be decided about the business today. One small step only tells us more.",
        [], ["deadline"], "", "", "",
    ),
    (
        32, {"persona": "business_owner", "complexity_driver": "multi_entity_taxes"}, "",
        [], [], "",
        "Owner and accountant at one table, one entity after the other, each with one next step.", "",
    ),
    (
        90, {},
        "Say first what it means for the client, then why, then what happens next.",
        ["what this means for you", "the next step", "ask me anything"],
        ["guaranteed", "trust us", "no risk"],
        "email",
        "An agenda sent ahead, time for the client's own questions, and a written summary the same day.",
        "The last notes, what is still open, and what the firm promised since.",
    ),
]

# code, label, what it is about, personas for whom it is noise
TOPICS = [
    ("market_commentary", "Market commentary", "What markets did and what we make of it.", ["tech_equity"]),
    ("tax_deadline", "Tax deadline", "A date by which something must be filed, paid or decided.", []),
    ("rule_change", "New rules", "A change in law that concerns plans, taxes or benefits.", []),
    ("equity_pay", "Pay in equity", "Vesting, trading windows, options and their tax.",
     ["physician", "business_owner", "general"]),
    ("training_debt", "Training debt", "Repayment, forgiveness and refinancing of study loans.",
     ["tech_equity", "business_owner"]),
    ("owner_matters", "Owning a business", "Valuation, succession and entities.",
     ["physician", "tech_equity", "general"]),
    ("firm_news", "News of the firm", "People, offices, events.", ["physician"]),
    ("service_notice", "Service notice", "What a client needs to know to use our service.", []),
]  # fmt: skip


def ship_map(apps, schema_editor):
    MapRow, Topic = apps.get_model("personas", "MapRow"), apps.get_model("personas", "Topic")
    words = {
        kind: {word.code: word for word in apps.get_model("clients", model).objects.all()}
        for kind, model in MODELS.items()
    }
    if not MapRow.objects.exists():
        for order, conditions, framing, use, avoid, channel, meeting, preparation in ROWS:
            if any(code not in words[kind] for kind, code in conditions.items()):
                continue  # the firm does without this word
            MapRow.objects.create(
                order=order,
                framing=framing,
                words_to_use="\n".join(use),
                words_to_avoid="\n".join(avoid),
                channel=channel,
                meeting_format=meeting,
                preparation=preparation,
                **{kind: words[kind][code] for kind, code in conditions.items()},
            )
    for position, (code, label, changes, noise_for) in enumerate(TOPICS, 1):
        topic, made = Topic.objects.get_or_create(
            code=code, defaults={"label": label, "changes": changes, "position": position}
        )
        if made:
            topic.noise_for.set([words["persona"][each] for each in noise_for if each in words["persona"]])


def ship_scripts(apps, schema_editor):
    from personas.scripts.starter import SITUATIONS, every

    Situation = apps.get_model("personas", "Situation")
    Script = apps.get_model("personas", "Script")
    Version = apps.get_model("personas", "ScriptVersion")
    Situation.objects.bulk_create(
        Situation(code=code, label=label, changes=about, services=services, position=position)
        for position, (code, label, about, services) in enumerate(SITUATIONS, 1)
    )
    words = {
        name: dict(apps.get_model("clients", model).objects.values_list("code", "id"))
        for name, model in {
            "role": "ServiceRole",
            "persona": "Persona",
            "complexity_driver": "ComplexityDriver",
            "behavioral_trigger": "BehavioralTrigger",
            "attention_constraint": "AttentionConstraint",
            "income_structure": "IncomeStructure",
        }.items()
    }
    situations = dict(Situation.objects.values_list("code", "id"))
    # What asks for a word that the firm took away is not shipped to it.
    starters = [
        one
        for one in every()
        if all(code in words[name] for name, code in one.conditions.items())
        and (not one.role or one.role in words["role"])
    ]
    scripts = Script.objects.bulk_create(Script(code=one.code) for one in starters)
    now = timezone.now()
    review_on = now.date() + REVIEW_WITHIN
    Version.objects.bulk_create(
        Version(
            script=script,
            number=1,
            state="approved",
            title=one.title,
            situation_id=situations[one.situation],
            role_id=words["role"].get(one.role),
            channel=one.channel,
            reach=one.reach,
            subject=one.subject,
            body=one.body,
            position=position,
            decided_at=now,
            review_on=review_on,
            comment=NOTE.format(day=review_on.isoformat()),
            **{f"{name}_id": words[name][code] for name, code in one.conditions.items()},
        )
        for position, (script, one) in enumerate(zip(scripts, starters, strict=True), 1)
    )
    apps.get_model("personas", "SendingSettings").objects.get_or_create(pk=1)
