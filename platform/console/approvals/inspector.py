"""The designer's column at the right: the form of a step or a branch, read into a definition."""

from dataclasses import dataclass, field, replace
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from console.approvals import phrases
from console.approvals.catalogue import Catalogue, Choices
from console.approvals.conditions import Row, sent_rows, stored_rows
from console.approvals.edits import At
from kernel.approvals.rules.checks import MOST_ASSIGNEES, MOST_HOURS, MOST_LEVELS
from kernel.approvals.rules.definitions import (
    Assignee,
    AssigneeKind,
    Branch,
    Limit,
    Mode,
    Scope,
    Step,
    StepAct,
    TimeOut,
    read_duty,
)


@dataclass
class Inspector:
    """What the template of the column takes."""

    template: str
    title: str
    at: At
    form: forms.Form
    conditions: list[Row]
    condition_legend: str
    can_go_up: bool = False
    can_go_down: bool = False
    is_only: bool = False
    is_otherwise: bool = False
    who: list[tuple[int, str, Any]] = field(default_factory=list)

    def bound(self, *names: str) -> list[Any]:
        return [self.form[name] for name in names]

    @property
    def main(self) -> list[Any]:
        return self.bound("name", "name_en")

    @property
    def pairs(self) -> list[Any]:
        names = ["act", "mode"]
        if "quorum" in self.form.fields and self.form["mode"].value() == Mode.QUORUM:
            names.append("quorum")
        return self.bound(*names, "hours", "clock", "on_time_out")

    @property
    def ticks(self) -> list[Any]:
        return self.bound(
            "may_hand_over",
            "may_add_signer",
            "may_return",
            "opinion_required",
            "attachment_required",
        )

    @property
    def duties(self) -> Any:
        return self.form["duties"]


# ---- a step -------------------------------------------------------------------------------------


class StepForm(forms.Form):
    """The plain values of a step; signers and conditions are rows of their own."""

    name = forms.CharField(label=_("Name of the step"), max_length=60, required=False)
    name_en = forms.CharField(label=_("English name"), max_length=60, required=False)
    act = forms.ChoiceField(
        label=_("What is done"),
        choices=[
            (StepAct.APPROVE.value, _("Approve or reject")),
            (StepAct.TASK.value, _("Carry it out")),
        ],
    )
    mode = forms.ChoiceField(
        label=_("How many sign"),
        choices=[
            (Mode.ANY.value, _("Any one of them")),
            (Mode.ALL.value, _("All of them")),
            (Mode.EACH.value, _("One for each line")),
            (Mode.QUORUM.value, _("So many of them")),
        ],
    )
    quorum = forms.IntegerField(
        label=_("How many are enough"), min_value=1, max_value=20, required=False
    )
    hours = forms.IntegerField(
        label=_("Time limit in hours"),
        min_value=1,
        max_value=MOST_HOURS,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    clock = forms.ChoiceField(
        label=_("Hours are"),
        choices=[("working", _("working hours")), ("always", _("round the clock"))],
    )
    on_time_out = forms.ChoiceField(
        label=_("When time is over"),
        choices=[
            (TimeOut.ESCALATE.value, _("Remind; the leader may sign")),
            (TimeOut.REMIND.value, _("Only remind")),
        ],
    )
    may_hand_over = forms.BooleanField(label=_("May hand over"), required=False)
    may_add_signer = forms.BooleanField(label=_("May add a signer"), required=False)
    may_return = forms.BooleanField(label=_("May return"), required=False)
    opinion_required = forms.BooleanField(label=_("Opinion required"), required=False)
    attachment_required = forms.BooleanField(label=_("Attachment required"), required=False)
    duties = forms.MultipleChoiceField(
        label=_("Duties that are kept apart"),
        required=False,
        help_text=_("The part that this step plays in pairs of duties: two people must sign."),
        widget=forms.SelectMultiple(attrs={"size": 4}),
    )

    def __init__(self, *args: Any, duties: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "step_%s"
        chosen = self.fields["duties"]
        assert isinstance(chosen, forms.MultipleChoiceField)
        chosen.choices = duties

    def changes(self) -> dict[str, Any]:
        """Return the values for ``dataclasses.replace`` of a step."""
        data = dict(self.cleaned_data)
        hours, clock = data.pop("hours"), data.pop("clock")
        return {
            **data,
            "act": StepAct(data["act"]),
            "mode": Mode(data["mode"]),
            "quorum": data["quorum"] or 0,
            "limit": Limit(hours, clock == "working") if hours else None,
            "on_time_out": TimeOut(data["on_time_out"]),
            "duties": tuple(read_duty(text) for text in data["duties"]),
        }


def _step_values(step: Step) -> dict[str, Any]:
    return {
        "name": step.name,
        "name_en": step.name_en,
        "act": step.act.value,
        "mode": step.mode.value,
        "quorum": step.quorum or "",
        "hours": step.limit.hours if step.limit else "",
        "clock": "working" if step.limit is None or step.limit.is_working else "always",
        "on_time_out": step.on_time_out.value,
        "may_hand_over": step.may_hand_over,
        "may_add_signer": step.may_add_signer,
        "may_return": step.may_return,
        "opinion_required": step.opinion_required,
        "attachment_required": step.attachment_required,
        "duties": [str(duty) for duty in step.duties],
    }


def inspect_step(
    step: Step,
    at: At,
    catalogue: Catalogue,
    *,
    count: int,
    data: QueryDict | None = None,
) -> Inspector:
    """Return the column for a step: as it is stored, or as it was just sent."""
    form = StepForm(data, initial=_step_values(step), duties=catalogue.duties)
    rows = sent_rows(data, catalogue) if data is not None else stored_rows(step.when, catalogue)
    who = (
        list(data.getlist("who")) if data is not None else [code_of(one) for one in step.assignees]
    )
    if data is not None and "more-who" in data:
        who.append("")
    who = [
        code for index, code in enumerate(who) if data is None or data.get("drop-who") != str(index)
    ]
    return Inspector(
        template="console/approvals/_inspect_step.html",
        title=gettext("Branch %(letter)s, step %(number)d")
        % {"letter": letter_of(at.branch), "number": (at.step or 0) + 1},
        at=at,
        form=form,
        conditions=rows,
        condition_legend=gettext("Only if"),
        can_go_up=bool(at.step),
        can_go_down=(at.step or 0) < count - 1,
        who=[
            (index, code, assignee_choices(catalogue, code))
            for index, code in enumerate(who or [""])
        ],
    )


def read_step(step: Step, inspector: Inspector) -> Step | None:
    """Return the step as the form says, ``None`` while something in it is wrong."""
    form = inspector.form
    if not isinstance(form, StepForm) or not form.is_valid():
        return None
    return replace(
        step,
        **form.changes(),
        assignees=tuple(
            assignee
            for _index, code, _choices in inspector.who
            if (assignee := assignee_of(code)) is not None
        )[:MOST_ASSIGNEES],
        when=tuple(row.condition for row in inspector.conditions if row.condition),
    )


# ---- who signs ----------------------------------------------------------------------------------


def code_of(assignee: Assignee) -> str:
    """Return an assignee as the value of a select."""
    match assignee.kind:
        case AssigneeKind.POST:
            return f"post:{assignee.scope}:{assignee.post}"
        case AssigneeKind.LEADER:
            return f"leader:{assignee.level}"
        case AssigneeKind.PERSON:
            return f"person:{assignee.user_id}"
    return "department_head"


def assignee_of(code: str) -> Assignee | None:
    """Return what the value of a select means, ``None`` if nothing was chosen."""
    kind, _colon, rest = code.partition(":")
    is_number = rest.isascii() and rest.isdecimal() and len(rest) < 19
    if kind == "post":
        scope, _colon, post = rest.partition(":")
        if scope in list(Scope) and post:
            return Assignee(kind=AssigneeKind.POST, post=post, scope=Scope(scope))
    elif kind == "leader" and is_number:
        return Assignee(kind=AssigneeKind.LEADER, level=int(rest))
    elif kind == "person" and is_number:
        return Assignee(kind=AssigneeKind.PERSON, user_id=int(rest))
    elif code == "department_head":
        return Assignee(kind=AssigneeKind.DEPARTMENT_HEAD)
    return None


def assignee_choices(catalogue: Catalogue, code: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the groups of a select that says who signs; what is stored is always among them."""
    names = catalogue.names
    leaders = [
        Assignee(kind=AssigneeKind.LEADER, level=level) for level in range(1, min(4, MOST_LEVELS))
    ]
    relative = [*leaders, Assignee(kind=AssigneeKind.DEPARTMENT_HEAD)]
    groups: list[tuple[str, list[tuple[str, str]]]] = [
        (
            gettext("By the applicant"),
            [(code_of(one), phrases.assignee_words(one, names)) for one in relative],
        ),
        (gettext("Post in the project"), _post_choices(catalogue, Scope.PROJECT)),
        (gettext("Post in the whole company"), _post_choices(catalogue, Scope.COMPANY)),
        (gettext("A named person"), [(f"person:{key}", name) for key, name in catalogue.people]),
    ]
    offered = {value for _title, options in groups for value, _label in options}
    stored = assignee_of(code)
    if stored is not None and code not in offered:
        groups.insert(0, (gettext("As it is"), [(code, phrases.assignee_words(stored, names))]))
    return groups


def _post_choices(catalogue: Catalogue, scope: Scope) -> list[tuple[str, str]]:
    return [
        (
            f"post:{scope}:{key}",
            phrases.assignee_words(
                Assignee(kind=AssigneeKind.POST, post=key, scope=scope), catalogue.names
            ),
        )
        for key, _label in catalogue.posts
    ]


# ---- a branch -----------------------------------------------------------------------------------


class BranchForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the branch"),
        max_length=60,
        required=False,
        help_text=_("May stay empty: then its condition heads it."),
    )
    name_en = forms.CharField(label=_("English name"), max_length=60, required=False)


def inspect_branch(
    branch: Branch, at: At, catalogue: Catalogue, *, count: int, data: QueryDict | None = None
) -> Inspector:
    """Return the column for a branch."""
    initial = {"name": branch.name, "name_en": branch.name_en}
    is_last = at.branch == count - 1
    return Inspector(
        template="console/approvals/_inspect_branch.html",
        title=gettext("Branch %(letter)s") % {"letter": letter_of(at.branch)},
        at=at,
        form=BranchForm(data, initial=initial, auto_id="branch_%s"),
        conditions=sent_rows(data, catalogue)
        if data is not None
        else stored_rows(branch.when, catalogue),
        condition_legend=gettext("Taken if all of this holds"),
        can_go_up=not is_last and at.branch > 0,
        can_go_down=at.branch < count - 2,
        is_only=count == 1,
        is_otherwise=is_last,
    )


def read_branch(branch: Branch, inspector: Inspector) -> Branch | None:
    """Return the branch as the form says, ``None`` while something in it is wrong."""
    if not inspector.form.is_valid():
        return None
    when = tuple(row.condition for row in inspector.conditions if row.condition)
    return replace(
        branch,
        name=inspector.form.cleaned_data["name"],
        name_en=inspector.form.cleaned_data["name_en"],
        when=() if inspector.is_otherwise else when,
    )


def letter_of(number: int) -> str:
    """Return ``A`` for the first branch."""
    return chr(ord("A") + number)


def step_count_words(count: int) -> str:
    return ngettext("%(count)d step", "%(count)d steps", count) % {"count": count}
