"""Writes of the script library: drafts, the way through compliance, and the use of a script on a client."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from clients.contact import channel_of, may_contact
from clients.firm import firm_today
from clients.models import Client, ContactChannel, User
from personas.models.mapping import CONDITIONS
from personas.models.scripts import Script, ScriptState, ScriptUse, ScriptVersion
from personas.scripts import matching, merge_fields, recipients

# What a version says and for whom: copied into the next version.
CONTENT = (
    "title", "situation", "role", "channel", *CONDITIONS, "reach", "subject", "body", "position",
)  # fmt: skip
LONGEST_REVIEW = dt.timedelta(days=731)  # an approval holds two years at most


class ScriptRefused(Exception):
    """It cannot be done; the text says why."""


@transaction.atomic
def new_script(*, by: User | None, content: Mapping[str, Any], code: str = "") -> ScriptVersion:
    """Makes a script with its first version, a draft. `code`: empty for one made of the title."""
    script = Script.objects.create(code=code or _free_code(content["title"]))
    return ScriptVersion.objects.create(script=script, number=1, written_by=by, edited_by=by, **content)


def _free_code(title: str) -> str:
    base = slugify(title)[:70] or "script"
    taken = set(Script.objects.filter(code__startswith=base).values_list("code", flat=True))
    return next(
        code for n in range(1, len(taken) + 2) if (code := base if n == 1 else f"{base}-{n}") not in taken
    )


@transaction.atomic
def edit(*, script: Script, by: User, content: Mapping[str, Any]) -> ScriptVersion:
    """Changes the version that is in work, or begins a new one where it is decided; a draft either way.

    Raises ScriptRefused while compliance looks at it.
    """
    _lock(script)
    newest = newest_of(script)
    if newest.state == ScriptState.SUBMITTED:
        raise ScriptRefused(_("Compliance looks at this version. Take it back before you change it."))
    if not newest.is_in_work:
        draft = next_draft(newest, by=by, content=content)
        draft.save(force_insert=True)
        return draft
    for name, value in content.items():
        setattr(newest, name, value)
    newest.state = ScriptState.DRAFT
    before = [newest.edited_by_id] if newest.edited_by_id else []  # who may have edited before all were noted
    newest.editors = sorted({*newest.editors, *before, by.pk})
    newest.edited_by, newest.edited_at = by, timezone.now()
    newest.save(update_fields=[*content, "state", "edited_by", "edited_at", "editors"])
    return newest


def next_draft(version: ScriptVersion, *, by: User, content: Mapping[str, Any]) -> ScriptVersion:
    """The draft that follows a decided version, with `content` in place of its own; not stored yet."""
    copied = {name: getattr(version, name) for name in CONTENT} | dict(content)
    return ScriptVersion(
        script=version.script, number=version.number + 1, written_by=by, edited_by=by, **copied
    )


@transaction.atomic
def discard(*, version: ScriptVersion) -> bool:
    """Removes a version in work, and the script where it was its only one; returns whether that is gone.

    Raises ScriptRefused where compliance has it or has decided.
    """
    _lock(version.script)
    version.refresh_from_db()
    if version.state not in (ScriptState.DRAFT, ScriptState.RETURNED):
        raise ScriptRefused(_("Only a draft can be thrown away."))
    version.delete()
    if version.script.versions.exists():
        return False
    version.script.delete()
    return True


@transaction.atomic
def submit(*, version: ScriptVersion, by: User) -> None:
    """Hands a draft to compliance. Raises ScriptRefused where it is none."""
    _lock(version.script)
    version.refresh_from_db()
    if version.state not in (ScriptState.DRAFT, ScriptState.RETURNED):
        raise ScriptRefused(_("Only a draft can be submitted."))
    merge_fields.check(version.subject, version.body)
    version.state, version.submitted_by, version.submitted_at = ScriptState.SUBMITTED, by, timezone.now()
    version.save(update_fields=["state", "submitted_by", "submitted_at"])


@transaction.atomic
def take_back(*, version: ScriptVersion) -> None:
    """Makes a submitted version a draft again. Raises ScriptRefused where compliance has decided."""
    _lock(version.script)
    version.refresh_from_db()
    if version.state != ScriptState.SUBMITTED:
        raise ScriptRefused(_("Compliance has decided already."))
    version.state = ScriptState.DRAFT
    version.save(update_fields=["state"])


def digest_of(version: ScriptVersion) -> str:
    """Stands for what compliance decides about: which version it is, its words, and for whom they are."""
    stated = [getattr(version, ScriptVersion._meta.get_field(name).attname) for name in CONTENT]  # type: ignore[union-attr]
    return hashlib.sha256(json.dumps([version.script_id, version.number, *stated]).encode()).hexdigest()


@transaction.atomic
def approve(
    *, version: ScriptVersion, by: User, review_on: dt.date, comment: str = "", seen: str = ""
) -> None:
    """Approves a submitted version until `review_on`; it takes the place of the one before.

    `seen`: the digest of what the person read. Raises ScriptRefused where it was not submitted, is no longer
    what was seen, `by` wrote or edited it, or the day is out of reach.
    """
    _lock(version.script)
    version.refresh_from_db()
    if version.state != ScriptState.SUBMITTED:
        raise ScriptRefused(_("This version is not submitted. Open it again to see how it stands."))
    _refuse_changed(version, seen)
    _refuse_own(version, by)
    _refuse_day(review_on)
    version.script.versions.filter(state=ScriptState.APPROVED).update(state=ScriptState.REPLACED)
    version.state, version.decided_by, version.decided_at = ScriptState.APPROVED, by, timezone.now()
    version.review_on, version.comment = review_on, comment
    version.save(update_fields=["state", "decided_by", "decided_at", "review_on", "comment"])


@transaction.atomic
def approve_again(
    *, version: ScriptVersion, by: User, review_on: dt.date, comment: str = "", seen: str = ""
) -> ScriptVersion:
    """Approves the same words for another while, as a version of its own; returns it.

    For what expired or soon will, and for what was shipped. Raises ScriptRefused as `approve`, and where a
    newer version is in work.
    """
    _lock(version.script)
    version.refresh_from_db()
    newest = newest_of(version.script)
    if version.state != ScriptState.APPROVED or newest.pk != version.pk:
        raise ScriptRefused(_("A newer version is in work. Decide about that one."))
    _refuse_changed(version, seen)
    _refuse_own(version, by)
    _refuse_day(review_on)
    version.script.versions.filter(pk=version.pk).update(state=ScriptState.REPLACED)
    _renew(version, by=by, review_on=review_on, comment=comment, now=timezone.now())
    version.save(force_insert=True)
    return version


@transaction.atomic
def approve_shipped(
    *,
    by: User,
    situation: str,
    review_on: dt.date,
    comment: str = "",
    seen: Collection[int] | None = None,
) -> int:
    """Approves every shipped script of a situation that nobody has approved yet; returns how many.

    Each gets a version of its own with the same words, as in `approve_again`. What somebody is changing is
    left out, and so is what came back to them since the person read them: `seen` names those (ids of
    versions, whose words never change).
    """
    _refuse_day(review_on)
    shipped = ScriptVersion.objects.shipped().filter(situation__code=situation)
    if seen is not None:
        shipped = shipped.filter(pk__in=seen)
    scripts = list(shipped.values_list("script_id", flat=True))
    list(Script.objects.select_for_update().filter(pk__in=scripts).order_by("pk"))
    versions = [version for version in shipped.filter(script__in=scripts) if version.may_be_approved_by(by)]
    ScriptVersion.objects.filter(pk__in=[version.pk for version in versions]).update(
        state=ScriptState.REPLACED
    )
    now = timezone.now()
    for version in versions:
        _renew(version, by=by, review_on=review_on, comment=comment, now=now)
    ScriptVersion.objects.bulk_create(versions)
    return len(versions)


def _renew(version: ScriptVersion, *, by: User, review_on: dt.date, comment: str, now: dt.datetime) -> None:
    """Makes of an approved version the next one with the same words, approved by `by`; not stored yet."""
    version.pk = None
    version._state.adding = True
    version.number += 1
    version.state = ScriptState.APPROVED
    version.submitted_by, version.submitted_at = by, now
    version.decided_by, version.decided_at = by, now
    version.review_on, version.comment = review_on, comment


@transaction.atomic
def send_back(*, version: ScriptVersion, by: User, comment: str, seen: str = "") -> None:
    """Returns a submitted version to its writer with what has to change. Raises ScriptRefused where it was
    not submitted, or is no longer what was `seen`."""
    _lock(version.script)
    version.refresh_from_db()
    if version.state != ScriptState.SUBMITTED:
        raise ScriptRefused(_("This version is not submitted. Open it again to see how it stands."))
    _refuse_changed(version, seen)
    version.state, version.decided_by, version.decided_at = ScriptState.RETURNED, by, timezone.now()
    version.comment = comment
    version.save(update_fields=["state", "decided_by", "decided_at", "comment"])


def set_retired(*, script: Script, retired: bool) -> None:
    """Takes a script out of use, or back into it; its versions and uses stay."""
    script.retired_at = timezone.now() if retired else None
    script.save(update_fields=["retired_at"])


@transaction.atomic
def use(
    *,
    version: ScriptVersion,
    client: Client,
    by: User,
    channel: str = "",
    service_task: int | None = None,
) -> ScriptUse:
    """Records that the version is used on the client, with the words as they are for this client.

    Raises ScriptRefused where it may not be offered for the client, the client has closed its channel, a
    field has no value, or the client would be the twenty-sixth in thirty days.
    """
    if not matching.fits(version_id=version.pk, client_id=client.pk, today=firm_today()):
        raise ScriptRefused(_("This script is no longer offered for this client."))
    reaches = channel_of(channel or version.channel)
    if reaches and not may_contact(client, reaches):
        raise ScriptRefused(closed_words(reaches))
    filled = filled_for(version, client.pk)
    if filled.missing:
        raise ScriptRefused(filled.missing_words)
    now = timezone.now()
    if client.pk not in recipients.admit(version=version, clients=[client.pk], now=now):
        raise ScriptRefused(stopped_words())
    return ScriptUse.objects.create(
        script_id=version.script_id,
        version=version,
        client=client,
        channel=channel or version.channel,
        service_task=service_task,
        by=by,
        text=filled.body,
        used_at=now,
    )


def filled_for(version: ScriptVersion, client_id: int) -> merge_fields.Filled:
    """The version's words for one client."""
    wanted = merge_fields.used_in(version.subject, version.body)
    values = merge_fields.values_of([client_id], wanted=wanted)[client_id]
    return merge_fields.fill(version.subject, version.body, values)


def closed_words(channel: str) -> str:
    """Why words that go by a channel are not for a client who closed it."""
    name = ContactChannel(channel).label
    text = _("The client has opted out of this channel (%(name)s): these words may not go out by it.")
    return text % {"name": name}


def stopped_words() -> str:
    return _(
        "This script reached %(limit)s clients in the last 30 days. For more it has to be approved as a "
        "communication to many: make a new version that is meant for many, and submit it."
    ) % {"limit": recipients.LIMIT}


def newest_of(script: Script) -> ScriptVersion:
    return script.versions.select_related("written_by", "edited_by").order_by("-number")[0]


def _lock(script: Script) -> None:
    """Those who write to one script take turns."""
    Script.objects.select_for_update().get(pk=script.pk)


def _refuse_changed(version: ScriptVersion, seen: str) -> None:
    if seen and seen != digest_of(version):
        raise ScriptRefused(_("This script changed while you were reading. Read it again, then decide."))


def _refuse_own(version: ScriptVersion, by: User) -> None:
    if not version.may_be_approved_by(by):
        raise ScriptRefused(_("Whoever wrote or edited a script cannot approve it."))


def _refuse_day(review_on: dt.date) -> None:
    today = firm_today()
    if not today < review_on <= today + LONGEST_REVIEW:
        raise ScriptRefused(_("Choose a day for the review after today and within two years."))
