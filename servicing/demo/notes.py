"""What the demo firm's people write down after a touch, by its kind. None names a person."""

from __future__ import annotations

NOTES: dict[str, list[str]] = {
    "review_meeting": [
        "Agreed to move the emergency fund to six months of spending.",
        "Decided to raise the retirement contribution at the next pay date.",
        "Went through the year's spending; the travel budget stays as it is.",
        "Kept the allocation. Next decision: whether to refinance the house.",
        "Reviewed the insurance gap; they will send the employer's policy.",
        "Set a date to sell the second lot of company shares.",
        "Income is steadier than a year ago, so the cash buffer can shrink.",
    ],
    "plan_review": [
        "Updated the plan to a retirement date two years earlier; it still holds.",
        "Compared last year's assumptions with what happened; spending ran lower.",
        "Agreed next year's priorities: college fund first, then the mortgage.",
    ],
    "tax_session": [
        "Accountant's estimate is in; harvest losses before the end of the year.",
        "Agreed on the amount to convert to the Roth account this year.",
        "Went through quarterly payments; the next one goes up.",
    ],
    "estate_session": [
        "Beneficiaries on two accounts are out of date; forms sent.",
        "Checked titling of the house. The attorney will amend the trust.",
        "Guardianship is settled; the letter of wishes is still open.",
    ],
    "meeting": [
        "Talked through an offer for the business; no decision needed yet.",
        "Met both partners; they rank the sabbatical above the second home.",
        "Walked through the stock plan and what the next vest means.",
        "First talk about helping the parents with care costs.",
    ],
    "call": [
        "Called about the market's fall; they are calm and stay invested.",
        "Question on a wire transfer, answered.",
        "Asked for a letter for the mortgage bank.",
        "Talked about the bonus: part to the loan, part to the college fund.",
        "Checked in after the move; new address noted.",
        "Wants to gift shares to a charity before December.",
    ],
    "digital_check_in": [
        "Answered the check-in: nothing has changed.",
        "Check-in: a job change in spring, wants to talk about the old 401(k).",
        "Check-in: feels on track, asks for fewer e-mails.",
        "Check-in: planning a larger purchase this year.",
    ],
    "email_reply": [
        "Sent back the signed form.",
        "Confirmed the appointment.",
        "Asked where to find the tax documents.",
        "Thanked for the summary; no questions.",
    ],
    "event": ["Came to the client evening on college funding.", "Joined the webinar on equity pay."],
    "referral": [
        "Introduced a colleague who looks for an advisor.",
        "Passed our name to a sister who sells her practice.",
    ],
    "email": ["Sent the quarterly summary, no answer yet.", "Asked for the missing statement."],
    "text": ["Reminded of tomorrow's appointment."],
    "voicemail": ["Left a message about the review date.", "Tried to reach them about the transfer."],
}
