"""What becomes of each table when a former client is anonymised: one rule a table, one for each text in it.

What the firm's figures rest on stays and belongs to “Former client” and a number: money, minutes, tiers,
dates, outcomes, ratings. What says who somebody was, and what was said, goes. History follows its table. A
test finds every table and text column with a path to a client and fails for one without a rule.
"""

from __future__ import annotations

from dataclasses import dataclass, field

GONE = "–"  # in place of words that a row cannot be without

# What a column becomes: an expression over the row `t`; `{c}` is the column, `{id}` the client's id.
STAYS = "{c}"
EMPTY = "''"
NOTHING = "NULL"
WORDS = f"CASE WHEN {{c}} = '' THEN '' ELSE '{GONE}' END"
NUMBER = "CASE WHEN {c} = '' THEN '' ELSE 'former-' || t.id END"
YEAR = "date_trunc('year', {c})::date"
PSEUDONYM = "'Former client ' || {id}"
CLIENT_NUMBER = "'former-' || {id}"


@dataclass(frozen=True)
class Fate:
    """`erased`: the rows go. Else they stay, and `columns` says what becomes of those that change; every text
    column is named, those that stay too."""

    erased: bool = False
    columns: dict[str, str] = field(default_factory=dict)

    @property
    def changes(self) -> dict[str, str]:
        return {column: becomes for column, becomes in self.columns.items() if becomes != STAYS}


ERASED = Fate(erased=True)
KEPT = Fate()


def kept(**columns: str) -> Fate:
    return Fate(columns=columns)


FATES: dict[str, Fate] = {
    # The record: first, because what follows its permission is erased after it.
    "clients_client": kept(
        external_id=CLIENT_NUMBER,
        name=PSEUDONYM,
        email=EMPTY,
        phone=EMPTY,
        client_since=YEAR,
        complexity_driver_id=NOTHING,
        attention_constraint_id=NOTHING,
        persona_id=NOTHING,
        income_structure_id=NOTHING,
        permission="'not_asked'",
        assets_under_management=NOTHING,
        investable_assets=NOTHING,
        expected_years=NOTHING,
        potential_revenue=NOTHING,
        growth_potential=NOTHING,
        alignment=NOTHING,
    ),
    "clients_member": ERASED,
    "clients_channeloptout": ERASED,
    "clients_permissionanswer": ERASED,
    "clients_behavioraltag": ERASED,
    "clients_bulkbehavioralrow": ERASED,
    "clients_bulkchangerow": ERASED,
    "clients_formernumber": ERASED,
    "clients_mergedrow": ERASED,
    "clients_clientmerge": ERASED,
    "clients_clientsplit": ERASED,
    "clients_departure": ERASED,
    "clients_anonymised": KEPT,
    "clients_erasure": kept(places=STAYS),  # kinds of places and how many
    "clients_legalhold": kept(reason=WORDS, release_reason=WORDS),
    "clients_teammember": KEPT,  # who of the firm served
    "clients_clientscore": KEPT,
    "clients_clientsummary": KEPT,
    # What the figures rest on
    "clients_revenue": kept(source=STAYS, source_id=NUMBER),
    "clients_touch": kept(note=EMPTY, source=STAYS, source_id=NUMBER),
    "clients_timeentry": kept(activity=EMPTY, source=STAYS, source_id=NUMBER),
    # What was said, and what persona tools knew
    "personas_message": ERASED,
    "personas_scriptuse": ERASED,
    "personas_commitmentstep": ERASED,
    "personas_equityvest": ERASED,
    "personas_equitytransaction": ERASED,
    "personas_equitygrant": ERASED,
    "personas_equityplan": ERASED,
    "personas_equityprofile": ERASED,
    "personas_goalpartner": ERASED,
    "personas_roundgoal": ERASED,
    "personas_goalround": ERASED,
    "personas_householdduty": ERASED,
    "personas_holding": ERASED,
    "personas_loan": ERASED,
    "personas_optionrating": ERASED,
    "personas_owneroption": ERASED,
    "personas_wincondition": ERASED,
    "personas_otherincome": ERASED,
    "personas_redundancycheck": ERASED,
    "personas_reserve": ERASED,
    "personas_soloplan": ERASED,
    # Service: dates, kinds and outcomes stay
    "servicing_bulksteprow": ERASED,
    "servicing_preparedpoint": ERASED,
    "servicing_ratinglink": ERASED,
    "servicing_tasktailoring": ERASED,
    "servicing_servicetask": kept(
        title=WORDS,
        reschedule_reason=EMPTY,
        place=EMPTY,
        snooze_reason=EMPTY,
        source=STAYS,
        source_id=STAYS,  # numbers of our own records
    ),
    "servicing_escalation": KEPT,
    "servicing_requestmail": KEPT,
    "servicing_clientrequest": kept(text=WORDS),
    "servicing_meetingdecision": kept(text=WORDS, answer=WORDS),
    "servicing_confidenceanswer": kept(blocker=EMPTY),
    "servicing_rating": kept(comment=EMPTY),
    "servicing_waiver": kept(reason=WORDS),
    "servicing_cadenceoverride": kept(reason=WORDS),
    "servicing_serviceclock": KEPT,
    "servicing_beyondstandard": KEPT,
    "servicing_clientresult": kept(period=STAYS),
    "servicing_transition": kept(
        reason_text=WORDS, referred_to=WORDS, digital_service=WORDS, consent_by=WORDS, outcome_text=WORDS
    ),
    "servicing_transition_leaving_reasons": KEPT,
    "servicing_transitionstage": KEPT,
    "servicing_graduationdecision": kept(reason=EMPTY),
    "servicing_reviewaction": kept(text=STAYS),  # what the firm's own review agreed on
    "servicing_accessrequest": kept(asked_by=WORDS, note=EMPTY, closed_how=WORDS, file=EMPTY),
    "servicing_accessdownload": KEPT,
    "servicing_anonymisingrow": kept(excluded_why=WORDS, fields=STAYS),
    # Tiers: scores and moves stay, words go
    "tiers_tierassignment": KEPT,
    "tiers_override": kept(text=WORDS),
    "tiers_rejectedmove": kept(reason=WORDS),
    "tiers_explanation": kept(rule=STAYS),
    "tiers_clientfacts": ERASED,
    "tiers_foundroutes": ERASED,
    "tiers_simulatedmove": ERASED,
    "tiers_feecomparison": ERASED,
}

# Tables without a key to the client that may tell of one: what becomes of them, and where.
ELSEWHERE = {
    "clients_importedrecord": "copies kept to take imports back: those of the client's rows go with it",
    "clients_notice": "notices that name the client go with it; all are forgotten within a year",
    "clients_savedfilter": "a filter that names the client, or whose search finds no other, goes",
    "django_admin_log": "entries about the client's rows, and others that name the client, lose the name",
    "pghistory_context": "what a person wrote beside a change of this client alone goes",
    "servicing_calendarentry": "entries of the client's tasks go with it",
    "personas_bulkmessage": "the search that chose the clients goes where it names the client",
    "servicing_dataexport": "waiting copies of all data are removed",
    "servicing_webhookdelivery": "deliveries name records and fields by number, and are forgotten in 30 days",
    "clients_importbatch": "uploads are forgotten within a day of their preview",
    "clients_job": "jobs are forgotten within 180 days, and name no client",
}

# What a legal hold lets go, and why. Rows of every other table are refused to be deleted by the database
# itself (`clients.models.retention.held_rows_stay`).
LET_GO = {
    "clients_behavioraltag": "kept by the client's leave alone: erased with it",
    "clients_bulkbehavioralrow": "hangs on the behavioral trigger",
    "servicing_tasktailoring": "hangs on the behavioral trigger",
    "clients_teammember": "who serves changes; history keeps who did",
    "clients_channeloptout": "a client may open a channel again; history keeps that it was closed",
    "clients_bulkchangerow": "what a change of many keeps for its undo",
    "clients_departure": "follows the status of the record",
    "clients_mergedrow": "hangs on the merge, which stays",
    "clients_clientscore": "worked out from what is kept",
    "clients_clientsummary": "worked out from what is kept",
    "clients_erasure": "written by the erasing itself",
    "clients_anonymised": "never there under a hold",
    "servicing_serviceclock": "worked out from what is kept",
    "servicing_beyondstandard": "worked out from what is kept",
    "servicing_clientresult": "worked out from what is kept",
    "servicing_preparedpoint": "ticks of a task, which stays",
    "servicing_bulksteprow": "what a step for many keeps for its undo",
    "servicing_ratinglink": "ends by itself; the rating stays",
    "servicing_escalation": "that people were told of a task, which stays",
    "servicing_requestmail": "that people were told of a request, which stays",
    "servicing_transition_leaving_reasons": "chosen anew with the case, which stays; history keeps them",
    "servicing_transitionstage": "a stage may be gone back; history keeps it",
    "servicing_graduationdecision": "taken back until the review ends, then never changed",
    "servicing_reviewaction": "taken back until the review ends, then never changed",
    "servicing_accessdownload": "hangs on the request, which stays",
    "servicing_anonymisingrow": "of the firm's lists; nothing on one is anonymised under a hold",
    "tiers_tierassignment": "a run is taken back as one; history keeps what it gave",
    "tiers_explanation": "of nights that nobody applied: thinned, and worked out from what is kept",
    "tiers_rejectedmove": "taken back until the run is applied",
    "tiers_clientfacts": "worked out from what is kept",
    "tiers_foundroutes": "worked out from what is kept",
    "tiers_simulatedmove": "worked out from what is kept",
    "tiers_feecomparison": "worked out from what is kept",
    "personas_equityvest": "made anew from its grant, which stays",
    "personas_roundgoal": "hangs on the round, which stays",
    "personas_goalpartner": "hangs on the round, which stays",
    "personas_optionrating": "hangs on its option, which stays; rated anew, history keeps the old one",
    "personas_redundancycheck": "an answer may be taken back; history keeps it",
}
