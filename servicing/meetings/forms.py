"""Forms of a meeting: choosing its decision, closing it with what came of it, and the confidence prompt."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from clients.register.active import is_active
from clients.register.forms import keep_registered
from servicing.forms import CompleteForm, TaskCompleteForm
from servicing.meetings.rules import Options, decision_of, options_for
from servicing.meetings.services import Asked, CameOf
from servicing.meetings.tracked import BLOCKER, CONFIDENCE, DECISIONS
from servicing.models import (
    ConfidenceAnswer,
    DecisionResult,
    MeetingDecision,
    ReadyDecision,
    ServiceTask,
    TaskOutcome,
)
from servicing.models.meetings import HIGHEST, MOST_LETTERS
from servicing.work.natural import is_meeting

REGISTERED = {
    "confidence": CONFIDENCE,
    "blocker": BLOCKER,
    "decision": DECISIONS,
    "answer": DECISIONS,
}


def decision_text(label: Any = None) -> forms.CharField:
    return forms.CharField(label=label or _("In your own words"), required=False, max_length=MOST_LETTERS)


class ChooseForm(forms.Form):
    """One decision, out of what is offered or written; never both."""

    choice = forms.ChoiceField(required=False, widget=forms.RadioSelect)
    text = decision_text()

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.client = client
        self.groups: list[Options] = options_for(client)
        cast(forms.ChoiceField, self.fields["choice"]).choices = [
            (option.value, option.text) for group in self.groups for option in group.each
        ]

    def clean(self) -> dict[str, Any]:
        """`chosen`: the words with which `services.choose` is called."""
        data = super().clean() or {}
        choice, text = data.get("choice", ""), (data.get("text") or "").strip()
        if self.errors:
            return data
        if choice and text:
            raise ValidationError(
                _("Choose one of the list or write one, not both: a meeting has one decision.")
            )
        if not choice and not text:
            raise ValidationError(_("Choose the decision that this meeting is about, or write it."))
        data["chosen"] = {"text": text} if text else self._offered(choice)
        return data

    def _offered(self, choice: str) -> dict[str, Any]:
        """What an option stands for: a word of the firm's list, a decision that was noted, or words again."""
        sort, _colon, pk = choice.partition(":")
        if sort == "ready":
            ready = ReadyDecision.objects.get(pk=pk)
            return {"ready": ready, "text": ready.label}
        noted = MeetingDecision.objects.get(pk=pk, client=self.client)
        return {"noted": noted, "text": noted.text} if sort == "noted" else {"text": noted.text}


class NoteForm(forms.Form):
    """A decision for a meeting to come."""

    text = forms.CharField(
        label=_("Another decision came up"),
        max_length=MOST_LETTERS,
        error_messages={"required": _("Write the decision that is noted for the next meeting.")},
    )


def confidence_field() -> forms.IntegerField:
    return forms.IntegerField(
        label=_("Confidence, 0 to 10"),
        required=False,
        min_value=0,
        max_value=HIGHEST,
        help_text=_("How confident is the client in the path?"),
        error_messages={
            "invalid": _("Write a whole number from 0 to 10."),
            "min_value": _("The scale begins at 0."),
            "max_value": _("The scale ends at 10."),
        },
    )


def blocker_field() -> forms.CharField:
    return forms.CharField(
        label=_("What keeps it from being higher"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def asked_in(form: forms.BaseForm, data: dict[str, Any]) -> Asked | None:
    """The answer in a form, if the client was asked. A reason without a number is marked."""
    value, blocker = data.get("confidence"), (data.get("blocker") or "").strip()
    if value is None:
        if blocker and "confidence" in form.fields and "confidence" not in form.errors:
            form.add_error("confidence", _("Say the number that goes with it, from 0 to 10."))
        return None
    return Asked(value, blocker)


class ConfidenceForm(forms.Form):
    """The prompt by itself: beside a meeting, or to correct an answer."""

    confidence = confidence_field()
    blocker = blocker_field()

    def __init__(self, *args: Any, answer: ConfidenceAnswer | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["confidence"].required = True
        self.fields["confidence"].help_text = ""
        self.fields["confidence"].error_messages["required"] = _("Say a number from 0 to 10.")
        if answer:
            self.initial = {"confidence": answer.value, "blocker": answer.blocker}
        keep_registered(self, REGISTERED)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["asked"] = asked_in(self, data)
        return data


class OutcomeForm(forms.Form):
    """What came of a meeting that was held: of its decision, where it had one, and confidence."""

    result = forms.ChoiceField(
        label=_("Outcome of the decision"), choices=DecisionResult.choices, widget=forms.RadioSelect
    )
    answer = forms.CharField(
        label=_("What was decided, or why not"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    confidence = confidence_field()
    blocker = blocker_field()

    def __init__(
        self, *args: Any, decision: MeetingDecision | None, asked: ConfidenceAnswer | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["confidence"].help_text = ""
        if decision:
            self.initial.update({"result": decision.result, "answer": decision.answer})
        else:
            del self.fields["result"], self.fields["answer"]
        if asked:
            self.initial.update({"confidence": asked.value, "blocker": asked.blocker})
        keep_registered(self, REGISTERED)

    def clean(self) -> dict[str, Any]:
        """`came_of` and `asked`, as the services take them."""
        data = super().clean() or {}
        data["asked"] = asked_in(self, data)
        data["came_of"] = (
            CameOf(data["result"], data["answer"]) if data.get("answer") and data.get("result") else None
        )
        return data


class HeldParts(forms.Form):
    """What closing a meeting asks for beside the rest: what came of its decision, and confidence.

    With `strict`, as on the meeting's own page, the outcome of the decision has to be said, and whether
    it was held is not asked.
    """

    decision = decision_text(_("The one decision"))
    result = forms.ChoiceField(
        label=_("Outcome of the decision"),
        required=False,
        choices=[("", _("Not said")), *DecisionResult.choices],
    )
    answer = forms.CharField(
        label=_("What was decided, or why not"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    confidence = confidence_field()
    blocker = blocker_field()

    task: ServiceTask

    def __init__(self, *args: Any, strict: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.strict, self.had = strict, decision_of(self.task)
        if strict:
            del self.fields["outcome"]
            self.fields["minutes"].widget.attrs.pop("autofocus", None)
            cast(forms.ChoiceField, self.fields["result"]).choices = DecisionResult.choices
            self.fields["confidence"].help_text = ""
        self._fill_in()
        if not is_active(DECISIONS):
            del self.fields["result"]
        keep_registered(self, REGISTERED)
        first = ["outcome", "kind", "decision", "result", "answer", "confidence", "blocker"]
        self.order_fields(first)

    def _fill_in(self) -> None:
        """What is known already: the decision, and what was said before the task was opened again."""
        if self.had:
            del self.fields["decision"]
            self.fields["result"].label = _("Decided: %(decision)s?") % {
                "decision": self.had.text.rstrip("?.")
            }
            self.initial.update({"result": self.had.result, "answer": self.had.answer})
        if answer := ConfidenceAnswer.objects.filter(task=self.task).first():
            self.initial.update({"confidence": answer.value, "blocker": answer.blocker})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data.setdefault("outcome", TaskOutcome.DELIVERED)
        text, result, answer = (
            (data.pop(name, None) or "").strip() for name in ("decision", "result", "answer")
        )
        asked = asked_in(self, data)
        for name in ("confidence", "blocker"):
            data.pop(name, None)
        if data["outcome"] != TaskOutcome.DELIVERED:
            return data
        self._check(text, result, answer)
        data["decision"] = text
        data["came_of"] = CameOf(result, answer) if result and answer else None
        data["asked"] = asked
        return data

    def _check(self, text: str, result: str, answer: str) -> None:
        """An outcome is whole: which decision, decided or not, and what or why not."""
        if "result" not in self.fields:
            return
        if not self.had and not text and (result or answer):
            self.add_error("decision", _("Say which decision it was."))
        if answer and not result:
            self.add_error("result", _("Say whether it was decided."))
        if result and not answer:
            self.add_error(
                "answer",
                _("Say what was decided.") if result == DecisionResult.DECIDED else _("Say why not."),
            )
        if self.strict and not result and not answer:
            self.add_error("result", _("Say whether it was decided. A meeting can end without a decision."))


class HeldForm(HeldParts, CompleteForm):
    """Closes a meeting that a standard promised."""


class TaskHeldForm(HeldParts, TaskCompleteForm):
    """Closes another meeting."""


def closing_form(*args: Any, task: ServiceTask, **kwargs: Any) -> CompleteForm:
    """The form that closes `task`: of a meeting with its decision and the confidence prompt."""
    if is_meeting(task):
        form: type[CompleteForm] = HeldForm if task.item_id else TaskHeldForm
    else:
        form = CompleteForm if task.item_id else TaskCompleteForm
    return form(*args, task=task, **kwargs)
