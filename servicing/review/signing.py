"""Sign-off: who must sign, what exactly is signed, and which signatures still hold.

A signature belongs to the content as it read then. Its digest stands for the notes, figures, decisions and
actions of the steps, for everything that the draft states and for the policy in force: where one of them
changes the signature is void and is shown so. Nobody signs a draft that changed after it was simulated and
decided on, nor that a policy stays which is not in force any more.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection, transaction
from django.db.models import Q, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.commands import Refused
from clients.models import User
from clients.models.people import Group
from clients.notices import Tell, tell
from servicing.models import (
    TO_DECIDE,
    AnnualReview,
    ReviewCode,
    ReviewSettings,
    ReviewSignature,
    ReviewSigner,
    ReviewStep,
    ReviewStepState,
    Verdict,
)
from servicing.review import drafts, rights
from servicing.review.locking import open_review

_AGREED = """
SELECT (
    SELECT coalesce(md5(string_agg(id || ' ' || decision || ' ' || reason, '|' ORDER BY id)), '')
    FROM servicing_graduationdecision WHERE review_id = %(review)s
), (
    SELECT coalesce(json_agg(json_build_array(id, step_id, text, due_on) ORDER BY id), '[]')
    FROM servicing_reviewaction WHERE review_id = %(review)s
), (SELECT id FROM tiers_policy WHERE status = 'published')
"""


def digest(review: AnnualReview, steps: Sequence[ReviewStep]) -> str:
    """Stands for everything that is signed; the same content, the same digest."""
    return _read(review, steps)[0]


def _read(review: AnnualReview, steps: Sequence[ReviewStep]) -> tuple[str, list[str]]:
    """The digest, and what changed since the step of the policy was done."""
    with connection.cursor() as cursor:
        cursor.execute(_AGREED, {"review": review.pk})
        decisions, actions, published = cursor.fetchone()
    done = _kept(steps, ReviewCode.POLICY, drafts.RESTS_ON)
    rests_on = drafts.rests_on(review, published, done)
    content: dict[str, Any] = {
        "period": [review.first_on.isoformat(), review.last_on.isoformat()],
        "steps": [
            [step.code, step.state, step.seen, step.decided, step.figures]
            for step in sorted(steps, key=lambda step: step.number)
            if step.code in TO_DECIDE
        ],
        "decisions": decisions,
        "actions": json.loads(actions) if isinstance(actions, str) else actions,
        "policy": rests_on,
    }
    now = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return now, drafts.changed_since(review, done, rests_on)


def _kept(steps: Sequence[ReviewStep], code: ReviewCode, name: str) -> dict[str, Any] | None:
    """What is kept by a name among the figures of a step."""
    return next((step.figures.get(name) for step in steps if step.code == code), None)


@dataclass(frozen=True)
class Required:
    """One signature that must be there. `signed`: who gave it; `nobody`: there is nobody who could."""

    label: str
    signed: User | None
    nobody: bool = False


@dataclass
class SignOff:
    """How far the sign-off is. `against`: why nobody can sign yet, each a sentence; `least`: how many people
    must sign; `valid`: words that hold for the content as it reads now; `void`: those that were given to
    another content, or taken back by a newer word."""

    digest: str
    least: int
    of: int
    against: list[str] = field(default_factory=list)
    required: list[Required] = field(default_factory=list)
    valid: list[ReviewSignature] = field(default_factory=list)
    void: list[ReviewSignature] = field(default_factory=list)

    @property
    def ready(self) -> bool:
        return not self.against

    @property
    def signed(self) -> list[ReviewSignature]:
        return [each for each in self.valid if each.verdict == Verdict.SIGNED]

    @property
    def declined(self) -> list[ReviewSignature]:
        return [each for each in self.valid if each.verdict == Verdict.DECLINED]

    @property
    def missing(self) -> list[str]:
        """What is missing, each a sentence."""
        found = list(self.against)
        found += [
            _("%(who)s declined: %(why)s") % {"who": each.person.display_name, "why": each.reason}
            for each in self.declined
        ]
        found += [
            (_("Nobody can sign as %(who)s.") if each.nobody else _("%(who)s has not signed."))
            % {"who": each.label}
            for each in self.required
            if each.signed is None
        ]
        more = self.least - len(self.signed)
        if more > 0:
            text = (
                ngettext("%(n)s more person has to sign.", "%(n)s more people have to sign.", more)
                if self.signed
                else ngettext("%(n)s person has to sign.", "%(n)s people have to sign.", more)
            )
            found.append(text % {"n": more})
        return found

    @property
    def complete(self) -> bool:
        return not self.missing

    def word_of(self, user: User) -> ReviewSignature | None:
        """What the person said to the content as it reads now."""
        return next((each for each in self.valid if each.person_id == user.pk), None)


def sign_off(review: AnnualReview, steps: Sequence[ReviewStep] | None = None) -> SignOff:
    """How far the sign-off is, for the content as it reads now."""
    steps = list(review.steps.all()) if steps is None else steps
    now, changed = _read(review, steps)
    in_groups = ArrayAgg("groups__name", filter=Q(groups__name__isnull=False), default=Value([]))
    people = {user.pk: user for user in rights.signers().annotate(in_groups=in_groups)}
    least = max(1, min(ReviewSettings.current().signers, len(people)))
    found = SignOff(digest=now, least=least, of=len(people))
    done = all(step.is_done for step in steps if step.code in TO_DECIDE)
    found.against = changed if done else [_("Not every step before it is done.")]
    for each in review.signatures.select_related("person"):
        holds = each.stands and each.digest == now and each.person_id in people
        (found.valid if holds else found.void).append(each)
    signed = {each.person_id: people[each.person_id] for each in found.signed}
    for rule in ReviewSigner.objects.select_related("person"):
        can = {pk for pk, person in people.items() if _can(person, rule)}
        by = next((person for pk, person in signed.items() if pk in can), None)
        found.required.append(Required(str(rule), by, nobody=not can))
    return found


COUNTED = "counted"  # where the words that counted are kept, among the figures of the step


def counted(now: SignOff) -> dict[str, Any]:
    """The content that is carried out and the words that counted for it, to be kept with the step."""
    return {COUNTED: {"digest": now.digest, "words": [each.pk for each in now.valid]}}


def kept_sign_off(review: AnnualReview, steps: Sequence[ReviewStep]) -> SignOff:
    """The words under a review that is carried out or has ended: those that counted when it was published.

    Where it never was, those of the last content that somebody gave a word on.
    """
    words = list(review.signatures.select_related("person"))
    kept = _kept(steps, ReviewCode.SIGN, COUNTED)
    last = kept["digest"] if kept else words[-1].digest if words else ""
    found = SignOff(digest=last, least=0, of=0)
    for each in words:
        holds = each.pk in kept["words"] if kept else each.stands and each.digest == last
        (found.valid if holds else found.void).append(each)
    return found


def in_words(now: SignOff) -> list[str]:
    """Who had to sign, for the record."""
    text = ngettext("At least %(n)s person had to sign.", "At least %(n)s people had to sign.", now.least)
    said = [text % {"n": now.least}]
    if now.required:
        names = ", ".join(each.label for each in now.required)
        said.append(_("Required: %(names)s.") % {"names": names})
    return said


def _can(person: User, rule: ReviewSigner) -> bool:
    """Whether the person's signature is the one that the rule asks for."""
    if rule.person_id:
        return person.pk == rule.person_id
    groups = person.in_groups  # type: ignore[attr-defined]
    return rule.group in groups or (rule.group == Group.ADMINISTRATOR and person.is_superuser)


# --- Writing ----------------------------------------------------------------------------------------------


def sign(*, review: AnnualReview, by: User, seen: str) -> ReviewSignature:
    """The person signs what they saw (`seen`: its digest). Raises Refused where the content is not complete,
    changed since, or is signed by them already."""
    return _say(review, by, seen, Verdict.SIGNED, "")


def decline(*, review: AnnualReview, by: User, seen: str, reason: str) -> ReviewSignature:
    """The person does not sign, and says why; nothing is carried out until that is settled."""
    if not reason.strip():
        raise Refused(_("Say why you do not sign."))
    return _say(review, by, seen, Verdict.DECLINED, reason.strip())


def _say(review: AnnualReview, by: User, seen: str, verdict: Verdict, reason: str) -> ReviewSignature:
    with transaction.atomic():
        review = open_review(review)
        now = sign_off(review)
        if seen != now.digest:
            raise Refused(_("The review changed while you were reading. Read it again, then sign."))
        if now.against:
            raise Refused(*now.against)
        said = now.word_of(by)
        if said and said.verdict == verdict == Verdict.SIGNED:
            raise Refused(_("You signed this already."))
        ReviewSignature.objects.filter(review=review, person=by, stands=True).update(stands=False)
        word = ReviewSignature.objects.create(
            review=review, person=by, verdict=verdict, reason=reason, digest=now.digest
        )
        settle(review, by)
        if verdict == Verdict.DECLINED and review.lead_id != by.pk:
            text = _("%(review)s: %(who)s declined to sign") % {"review": review, "who": by}
            tell([Tell(review.lead_id, text, _place(review), f"review-declined-{word.pk}")])
    return word


def settle(review: AnnualReview, by: User) -> SignOff:
    """Brings the step of the sign-off in line with its signatures, and tells whose word is void or wanted."""
    now = sign_off(review)
    step = review.steps.get(code=ReviewCode.SIGN)
    state = (
        ReviewStepState.DONE
        if now.complete
        else ReviewStepState.UNDER_WAY
        if now.ready or now.valid or now.void
        else ReviewStepState.WAITING
    )
    if step.state != state:
        done = state == ReviewStepState.DONE
        step.state, step.done_at, step.done_by = state, timezone.now() if done else None, by if done else None
        step.save(update_fields=["state", "done_at", "done_by"])
    _tell(review, now, by)
    return now


def _tell(review: AnnualReview, now: SignOff, by: User) -> None:
    void = [each for each in now.void if each.stands and each.verdict == Verdict.SIGNED]
    text = _("%(review)s changed since you signed it") % {"review": review}
    told = [Tell(each.person_id, text, _place(review), f"review-void-{each.pk}") for each in void]
    if now.complete and review.lead_id != by.pk:
        text = _("%(review)s is signed and can be carried out") % {"review": review}
        told.append(Tell(review.lead_id, text, _place(review), f"review-signed-{now.digest[:16]}"))
    elif now.ready and not now.valid:
        text = _("%(review)s waits for signatures") % {"review": review}
        told += [
            Tell(pk, text, _place(review), f"review-sign-{now.digest[:16]}")
            for pk in rights.signers().exclude(pk=by.pk).values_list("pk", flat=True)
        ]
    tell(told)


def _place(review: AnnualReview) -> str:
    return reverse("servicing:review_step", args=[review.pk, ReviewCode.SIGN])


def require_signers(*, signers: int, groups: Sequence[str], people: Sequence[User]) -> None:
    """Who signs from now on: so many people at least, somebody of each group, and each of the people."""
    with transaction.atomic():
        settings = ReviewSettings.objects.select_for_update().filter(pk=1).first() or ReviewSettings(pk=1)
        if settings.signers != signers or settings._state.adding:
            settings.signers = signers
            settings.save()
        wanted = {(None, group) for group in groups} | {(person.pk, "") for person in people}
        rows = {(row.person_id, row.group): row for row in ReviewSigner.objects.all()}
        gone = [row.pk for key, row in rows.items() if key not in wanted]
        ReviewSigner.objects.filter(pk__in=gone).delete()
        ReviewSigner.objects.bulk_create(
            ReviewSigner(person_id=person, group=group)
            for person, group in sorted(wanted - rows.keys(), key=str)
        )
