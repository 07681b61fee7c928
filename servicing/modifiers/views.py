"""What each tag changes in tasks, to be read by everyone: the rules themselves are edited in admin."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from clients.formats import hours
from clients.register.active import kept
from clients.requests import SignedInRequest
from servicing.models import TaskModifier
from servicing.models.modifiers import TAGS
from servicing.models.standards import Channel
from servicing.modifiers.words import prepare

_CHANNELS = dict(Channel.choices)


@login_required
@require_GET
def tag_changes(request: SignedInRequest) -> HttpResponse:
    """The rules in use, by the dropdown that they ask for, in the order of its words; one query."""
    rules = list(TaskModifier.objects.filter(retired_at=None).select_related(*TAGS))
    groups = [
        {
            "label": capfirst(str(TaskModifier._meta.get_field(name).verbose_name)),  # type: ignore[union-attr]
            "behavioral": name == "behavioral_trigger",
            "rules": sorted(
                ({"word": word, "rule": rule, "changes": in_words(rule)}
                 for rule in rules if (word := getattr(rule, name)) is not None),
                key=lambda line: (line["word"].position, line["word"].label, line["rule"].order),
            ),
        }
        for name in kept(TAGS)
    ]  # fmt: skip
    context = {"section": "tags", "groups": [group for group in groups if group["rules"]]}
    return render(request, "servicing/modifiers/tag_changes.html", context)


def in_words(rule: TaskModifier) -> list[str]:
    """What a rule changes, one phrase a change."""
    found: list[Any] = []
    if rule.channel:
        instead = ", ".join(str(_CHANNELS.get(code, code)) for code in rule.replaces) or _(
            "any other channel"
        )
        found.append(_("%(new)s in place of %(old)s") % {"new": _CHANNELS[rule.channel], "old": instead})
    if rule.most_minutes:
        found.append(_("%(time)s at most") % {"time": hours(rule.most_minutes)})
    if rule.length_percent:
        found.append(_("%(n)s percent of the standard's length") % {"n": rule.length_percent})
    if rule.booking_days:
        text = ngettext(
            "dates offered %(n)s day earlier", "dates offered %(n)s days earlier", rule.booking_days
        )
        found.append(text % {"n": rule.booking_days})
    if rule.time_of_day:
        found.append(rule.get_time_of_day_display())
    if rule.prepare:
        found.append(prepare(rule.prepare))
    if rule.follow_up_days:
        text = ngettext(
            "a follow-up (%(channel)s) %(n)s day after a meeting",
            "a follow-up (%(channel)s) %(n)s days after a meeting",
            rule.follow_up_days,
        )
        found.append(text % {"channel": rule.get_follow_up_channel_display(), "n": rule.follow_up_days})
    return [str(words) for words in found]
