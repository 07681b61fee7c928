"""The life of a policy: copied into a draft, changed, published at once or at a date, retired."""

from __future__ import annotations

import datetime as dt
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Max, ProtectedError, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.commands import Refused
from clients.firm import firm_today
from clients.models import User
from clients.models.people import Group
from tiers.models import Policy, PolicyStatus, ScoringRun, TierSettings
from tiers.policy_checks import Stops, check
from tiers.stated import Statement, statement_of, store_statement

log = structlog.get_logger(__name__)


def weaknesses(policy: Policy) -> list[str]:
    """Why `policy` cannot score, each a sentence; empty where it can."""
    return [finding.text for finding in check(policy) if finding.stops >= Stops.SCORING]


def obstacles(policy: Policy) -> list[str]:
    """Why `policy` cannot be published as it stands, each a sentence; empty where it can."""
    return [finding.text for finding in check(policy) if finding.stops >= Stops.PUBLISHING]


# --- Drafts --------------------------------------------------------------------------------------------


def clone_policy(*, policy: Policy, name: str = "", by: User | None = None) -> Policy:
    """A draft with everything that `policy` states, under the next version."""
    with transaction.atomic():
        version = (Policy.objects.aggregate(newest=Max("version"))["newest"] or 0) + 1
        draft = Policy.objects.create(
            name=name or policy.name,
            version=version,
            half_life_days=policy.half_life_days,
            minimum_completeness=policy.minimum_completeness,
            stability_margin=policy.stability_margin,
            prepared_by=by,
            # a copy of what others wrote is still theirs
            editor_ids=policy.editor_ids if policy.published_at is None else [],
        )
        parts: tuple[Any, ...] = (policy.factors, policy.touch_weights, policy.rules)
        for part in parts:
            copies = list(part.all())
            for row in copies:
                row.pk, row.policy = None, draft
            part.model.objects.bulk_create(copies)
    return draft


def change_draft(*, policy: Policy, stated: Statement, by: User, seen: str = "") -> bool:
    """Makes the draft state `stated`; whoever changes it has prepared it. Tells whether anything changed.

    Raises Refused where somebody else changed it since it was `seen` (its digest).
    """
    with transaction.atomic():
        policy = _locked(policy)
        if not policy.is_draft:
            raise Refused(_("Only a draft can be changed. Copy this policy and change the copy."))
        if seen and policy.prepared_by not in (None, by) and _differs(policy, seen):
            raise Refused(
                _("%(who)s changed this draft meanwhile. Reload the page to see it; then change it.")
                % {"who": policy.prepared_by}
            )
        if statement_of(policy) == stated:
            return False
        store_statement(policy, stated)
        note_preparer(policy=policy, by=by)
    return True


def note_preparer(*, policy: Policy, by: User) -> None:
    """Whoever changed a draft, and so is not the one to publish it, whoever changes it after them."""
    policy.prepared_by = by
    policy.editor_ids = sorted({*policy.editor_ids, by.pk})
    policy.save(update_fields=["prepared_by", "editor_ids"])


def discard_draft(*, policy: Policy) -> None:
    """Deletes a draft and its simulations. Raises Refused for any other policy."""
    with transaction.atomic():
        policy = _locked(policy)
        if not policy.is_draft:
            raise Refused(_("Only a draft can be discarded."))
        if ScoringRun.objects.filter(policy=policy).exists():
            raise Refused(_("A scoring run was made with this draft, so it is kept."))
        try:
            policy.delete()
        except ProtectedError:
            raise Refused(_("An annual review rests on this draft, so it is kept.")) from None


# --- Publishing ----------------------------------------------------------------------------------------


def who_may_publish(policy: Policy) -> list[User]:
    """The people who may publish the draft: operations and administrators, and where the firm asks for a
    second person, nobody who changed it."""
    people = (
        User.objects.filter(is_active=True)
        .filter(Q(groups__name__in=(Group.OPERATIONS, Group.ADMINISTRATOR)) | Q(is_superuser=True))
        .distinct()
        .order_by("first_name", "last_name", "username")
    )
    if TierSettings.current().second_person:
        people = people.exclude(pk__in=_preparers(policy))
    return list(people)


def needs_another(policy: Policy, person: User) -> bool:
    """Whether `person` made or changed the draft and the firm wants a second person to publish it."""
    return person.pk in _preparers(policy) and TierSettings.current().second_person


def _preparers(policy: Policy) -> set[int]:
    """Those who changed the draft; whoever copied it as long as nobody did."""
    return {*policy.editor_ids, *([policy.prepared_by_id] if policy.prepared_by_id else [])}


def publish_policy(
    *, policy: Policy, by: User | None, reason: str, effective_on: dt.date, seen: str = ""
) -> Policy:
    """Publishes the draft: today at once, and the policy in force is retired; from a later date on it waits.

    `by`: None for a command. `seen`: the digest of what the person read. Raises Refused with what to mend, or
    where the draft is no longer what was seen.
    """
    with transaction.atomic():
        policy = _locked(policy)
        today = firm_today()
        if policy.is_draft and seen and _differs(policy, seen):
            raise Refused(_("The draft changed while you were reading. Look at it again, then publish it."))
        if problems := _against_publishing(policy, by, reason, effective_on, today):
            raise Refused(*problems)
        policy.status = PolicyStatus.SCHEDULED
        policy.reason, policy.effective_on, policy.published_by = reason.strip(), effective_on, by
        policy.save(update_fields=["status", "reason", "effective_on", "published_by"])
        if effective_on == today:
            _put_in_force(policy)
    return policy


def _against_publishing(
    policy: Policy, by: User | None, reason: str, effective_on: dt.date, today: dt.date
) -> list[str]:
    if not policy.is_draft:
        return [_("Only a draft can be published.")]
    problems = obstacles(policy)
    if not reason.strip():
        problems.append(_("Say why this policy is published."))
    if effective_on < today:
        problems.append(_("A policy cannot take effect in the past. Choose today or a later day."))
    if by and needs_another(policy, by):
        problems.append(_("You changed this draft, so a second person publishes it."))
    waiting = Policy.objects.filter(status=PolicyStatus.SCHEDULED, effective_on=effective_on).first()
    if waiting:
        problems.append(
            _("%(policy)s waits for the same day. Withdraw it first, or choose another day.")
            % {"policy": waiting}
        )
    return problems


def publish_due(today: dt.date) -> list[Policy]:
    """Puts the policies in force whose day has come, in the order of their days; returns them.

    One that can no longer be published (a tier was retired meanwhile, say) keeps waiting; its page says why.
    """
    published = []
    with transaction.atomic():
        due = Policy.objects.select_for_update().filter(
            status=PolicyStatus.SCHEDULED, effective_on__lte=today
        )
        for policy in due.order_by("effective_on", "version"):
            if obstacles(policy):
                log.warning("scheduled_policy_cannot_be_published", policy=policy.pk)
                continue
            _put_in_force(policy)
            published.append(policy)
    return published


def withdraw_policy(*, policy: Policy) -> Policy:
    """Makes a policy that waits for its date a draft again. Raises Refused for any other."""
    with transaction.atomic():
        policy = _locked(policy)
        if policy.status != PolicyStatus.SCHEDULED:
            raise Refused(_("Only a policy that waits for its date can be withdrawn."))
        # While it waits, the database lets nothing change but its status.
        policy.status = PolicyStatus.DRAFT
        policy.save(update_fields=["status"])
        policy.published_by, policy.effective_on = None, None
        policy.save(update_fields=["published_by", "effective_on"])
    return policy


def _put_in_force(policy: Policy) -> None:
    """Retires the policy in force and publishes this one, which is locked and was found publishable."""
    for old in Policy.objects.select_for_update().filter(status=PolicyStatus.PUBLISHED):
        old.status = PolicyStatus.RETIRED
        old.save(update_fields=["status"])
    policy.status, policy.published_at = PolicyStatus.PUBLISHED, timezone.now()
    policy.save(update_fields=["status", "published_at"])


def _differs(policy: Policy, seen: str) -> bool:
    """Whether the policy states something else than what was seen."""
    from tiers.simulation import digest_of  # which uses this module

    return seen != digest_of(policy)


def _locked(policy: Policy) -> Policy:
    return Policy.objects.select_for_update().get(pk=policy.pk)
