"""What is done in a case: signing in one click, and the sheets for acts that need more words."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_htmx.http import trigger_client_event

from console.approvals import phrases, words
from console.approvals.catalogue import Lookup
from console.sheets import SheetView
from console.views import PersonalView
from kernel.access import Actor
from kernel.approvals import operations, queries
from kernel.approvals.models import Assignment, AssignmentState, Case, CaseStep, StepState
from kernel.approvals.operations import Where
from kernel.errors import Conflict, Denied, DomainError, Invalid, NotFound

LONGEST = 2000


def sign(*, actor: Actor, case_id: int, data: QueryDict, now: datetime) -> str:
    """Carry out what a form of one click asks for; return the sentence that tells it.

    :raises DomainError: what the operation refuses.
    """
    text = plain(data.get("opinion", ""))
    match data.get("do"):
        case "approve":
            case = operations.approve(
                actor=actor, case_id=case_id, step_id=_step(data), text=text, now=now
            )
            return gettext("Approved: %(case)s") % {"case": _named(case)}
        case "reject":
            case = operations.reject(
                actor=actor, case_id=case_id, step_id=_step(data), text=text, now=now
            )
            return gettext("Rejected: %(case)s") % {"case": _named(case)}
        case "urge":
            case = operations.urge(actor=actor, case_id=case_id, now=now)
            return gettext("Urged: %(case)s") % {"case": _named(case)}
    raise NotFound


def _step(data: QueryDict) -> int:
    """Return the step that was on the screen."""
    return whole(data.get("step", ""))


def plain(text: str) -> str:
    """Return what was typed without what no text column holds."""
    return text.replace("\x00", "")[: LONGEST + 1]


def whole(text: str) -> int:
    """Return an id that came in an address or a form.

    :raises NotFound: if it is none.
    """
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise NotFound
    return int(text)


def _named(case: Case) -> str:
    return f"{words.kind_label(case.kind)} {case.number}"


# ---- sheets -------------------------------------------------------------------------------------


class TextForm(forms.Form):
    """Only a reason or a remark."""

    text = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class RemarkForm(forms.Form):
    text = forms.CharField(
        label=_("Remark"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PersonForm(TextForm):
    """A person and a reason."""

    user_id = forms.TypedChoiceField(label=_("Who"), coerce=int)

    field_order = ("user_id", "where", "text")

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["user_id"]
        assert isinstance(chosen, forms.TypedChoiceField)
        chosen.choices = [("", gettext("Choose")), *people]


class SignerForm(PersonForm):
    where = forms.ChoiceField(
        label=_("When he signs"),
        choices=[
            (Where.BEFORE.value, _("Before me")),
            (Where.BESIDE.value, _("Together with me")),
            (Where.AFTER.value, _("After me")),
        ],
    )


class ReplaceForm(PersonForm):
    from_user_id = forms.TypedChoiceField(label=_("In place of"), coerce=int)

    field_order = ("from_user_id", "user_id", "text")

    def __init__(self, *args: Any, waiting: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["from_user_id"]
        assert isinstance(chosen, forms.TypedChoiceField)
        chosen.choices = waiting


class ReturnForm(TextForm):
    to_step_id = forms.TypedChoiceField(label=_("Back to"), coerce=int)

    field_order = ("to_step_id", "text")

    def __init__(self, *args: Any, steps: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["to_step_id"]
        assert isinstance(chosen, forms.TypedChoiceField)
        chosen.choices = steps


class ActSheet(PersonalView, SheetView):
    """The sheet of one act; afterwards the page below is asked for anew.

    Its address names the step that was on the screen. Once the case has gone on, the act is
    refused and the page below shows the case as it is.
    """

    #: Title, button and the sentence above the fields.
    words: ClassVar[dict[str, tuple[Any, Any, Any]]] = {
        "hand-over": (
            _("Hand over"),
            _("Hand over"),
            _("The case then waits for this person in your place."),
        ),
        "add-signer": (
            _("Add a signer"),
            _("Add the signer"),
            _("The case does not go on without this signature."),
        ),
        "return": (
            _("Return to a step"),
            _("Return the case"),
            _("That step and all after it are signed again."),
        ),
        "withdraw": (
            _("Withdraw"),
            _("Withdraw the case"),
            _("The case ends. The document may be changed and submitted anew."),
        ),
        "resubmit": (
            _("Resubmit"),
            _("Submit again"),
            _("The number stays; every step is signed anew."),
        ),
        "complete": (
            _("Submit the paper"),
            _("Submit the paper"),
            _("Every step signs it now. It must be approved by the time that the case shows."),
        ),
        "name-signer": (
            _("Name a signer"),
            _("Name the signer"),
            _("Nobody may sign this step. The person you name signs it, and the case goes on."),
        ),
        "replace-signer": (
            _("Replace a signer"),
            _("Replace the signer"),
            _("For somebody who has left or cannot be reached."),
        ),
    }

    def get(self, request: HttpRequest, case_id: int, act: str) -> HttpResponseBase:
        case = self._case(case_id, act)
        try:
            return self._sheet(case, act, self._form(case, act, None))
        except operations.StepMoved as error:
            return self._moved(case, act, error)

    def post(self, request: HttpRequest, case_id: int, act: str) -> HttpResponseBase:
        case = self._case(case_id, act)
        try:
            return self._take_act(case, act)
        except operations.StepMoved as error:
            self.note_refusal(error)
            return self._moved(case, act, error)

    def _take_act(self, case: Case, act: str) -> HttpResponse:
        form = self._form(case, act, self.request.POST)
        if form.is_valid():
            try:
                told = self._perform(case, act, form.cleaned_data)
            except operations.StepMoved:
                raise
            except (Conflict, Invalid, Denied) as error:
                self.take(form, error)
            else:
                return self._done(case, told)
        return self._sheet(case, act, form, status=422)

    # ---- parts ---------------------------------------------------------------------------------

    def _case(self, case_id: int, act: str) -> Case:
        if act not in self.words:
            raise NotFound
        return queries.get_case(actor=self.actor, case_id=case_id, now=self.now)

    def _form(self, case: Case, act: str, data: QueryDict | None) -> forms.Form:
        match act:
            case "hand-over" | "name-signer":
                return PersonForm(data, people=self._people(case))
            case "add-signer":
                return SignerForm(data, people=self._people(case))
            case "replace-signer":
                return ReplaceForm(data, people=self._people(case), waiting=self._waiting(case))
            case "return":
                return ReturnForm(data, steps=self._signed_steps(case))
        return RemarkForm(data)

    def _people(self, case: Case) -> list[tuple[str, str]]:
        """Return who holds a post there, but the actor and those whose paper it is."""
        away = {self.actor.user_id, *case.author_ids}
        lookup = Lookup(self.actor, self.today)
        there = [] if case.project_id is None else [case.project_id]
        return [
            (str(user.pk), user.name) for user in lookup.colleagues(there) if user.pk not in away
        ]

    def _waiting(self, case: Case) -> list[tuple[str, str]]:
        step = self._shown(case)
        open_places = step.assignments.filter(state=AssignmentState.OPEN).select_related("user")
        return [(str(one.user_id), one.user.name) for one in open_places.order_by("pk")]

    def _signed_steps(self, case: Case) -> list[tuple[str, str]]:
        lookup = Lookup(self.actor, self.today)
        current = self._shown(case)
        return [
            (str(step.pk), phrases.step_title(step.read(), lookup.names))
            for step in queries.live_steps(case)
            if step.position < current.position
        ][::-1]

    def _shown(self, case: Case) -> CaseStep:
        """Return the step that was on the screen, the one under way where the address names none.

        :raises NotFound: if an act is sent without it.
        :raises StepMoved: if it is not under way any more.
        """
        current = case.steps.filter(state__in=[StepState.ACTIVE, StepState.STUCK]).first()
        asked = self.request.GET.get("step", "")
        if self.request.method == "POST" or asked:
            shown = whole(asked)
            if current is None or current.pk != shown:
                raise operations.StepMoved
        if current is None:
            raise NotFound
        return current

    def _perform(self, case: Case, act: str, values: dict[str, Any]) -> str:
        given = {"actor": self.actor, "case_id": case.pk, "now": self.now, **values}
        name = f"{words.kind_label(case.kind)} {case.number}"
        if act == "withdraw":
            operations.withdraw(**given)
            return gettext("Withdrawn: %(case)s") % {"case": name}
        if act == "resubmit":
            operations.resubmit(**given)
            return gettext("Submitted again: %(case)s") % {"case": name}
        if act == "complete":
            operations.complete_consent(**given)
            return gettext("Paper submitted: %(case)s") % {"case": name}
        given["step_id"] = self._shown(case).pk
        if "where" in given:
            given["where"] = Where(given["where"])
        perform, told = _BY_STEP[act]
        perform(**given)
        return str(told) % {"case": name}

    def _sheet(self, case: Case, act: str, form: forms.Form, *, status: int = 200) -> HttpResponse:
        title, button, lead = self.words[act]
        address = self.request.path
        if act in _BY_STEP:
            address = f"{address}?step={self._shown(case).pk}"
        return self.show(
            form,
            title=title,
            button=button,
            lead=lead,
            back=reverse("approvals-case", args=[case.pk]),
            address=address,
            status=status,
        )

    def _moved(self, case: Case, act: str, error: DomainError) -> HttpResponse:
        """Tell that the case has gone on, and have the page below show it as it is."""
        response = self.show(
            None,
            title=self.words[act][0],
            back=reverse("approvals-case", args=[case.pk]),
            template="console/approvals/_moved.html",
            refusal=str(error),
            status=error.status,
        )
        return trigger_client_event(response, "approvals:changed", {})

    def _done(self, case: Case, told: str) -> HttpResponse:
        if self.request.headers.get("HX-Request") != "true":
            return redirect("approvals-case", case.pk)
        response = HttpResponse(status=204)
        trigger_client_event(response, "sheet:close", {})
        trigger_client_event(response, "approvals:changed", {})
        return trigger_client_event(response, "toast", {"text": told})


_BY_STEP: dict[str, tuple[Callable[..., Case], Any]] = {
    "hand-over": (operations.hand_over, _("Handed over: %(case)s")),
    "add-signer": (operations.add_signer, _("Signer added: %(case)s")),
    "return": (operations.return_to, _("Returned: %(case)s")),
    "name-signer": (operations.name_signer, _("Signer named: %(case)s")),
    "replace-signer": (operations.replace_signer, _("Signer replaced: %(case)s")),
}


def place_of(actor: Actor, case: Case, now: datetime) -> Assignment | None:
    """Return where the actor's signature is awaited in a case."""
    return queries.own_places(actor=actor, case_ids=[case.pk], now=now).get(case.pk)
