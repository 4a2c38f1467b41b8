"""Who signs for whom, and when: one's own, and for administrators the company's."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import BooleanField, Case, F, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from console.approvals import phrases, words
from console.approvals.catalogue import Lookup
from console.histories import told
from console.inputs import DayField
from console.lists import BuiltInView, Column, FlagFilter, ListView
from console.sheets import EditSheet, SheetView
from console.views import PersonalView
from kernel.access import Action
from kernel.approvals import operations, queries, registry
from kernel.approvals.models import Delegation
from kernel.errors import Conflict, Denied, Invalid, NotFound


class Delegations(ListView):
    """The company's delegations."""

    action = Action.APPROVAL_CONFIGURE
    template_name = "console/approvals/delegations.html"
    page_key = "approvals.delegations"
    title = _("Deputies")
    default_sort = "-valid_from"
    search_fields = ("principal__name", "deputy__name", "reason")
    search_label = _("Name or reason")
    empty_icon = "users"
    empty_title = _("Nobody has a deputy")
    empty_text = _("Before an absence one names a deputy, who signs in one’s place in that time.")
    built_in_views = (
        BuiltInView(key="now", label=_("In force"), query="in_force=1"),
        BuiltInView(key="over", label=_("Over"), query="over=1"),
    )
    columns = (
        Column(
            key="principal.name",
            label=_("For whom"),
            sort="principal__name",
            is_link=True,
            is_fixed=True,
            phone="title",
        ),
        Column(key="deputy.name", label=_("Deputy"), sort="deputy__name", phone="sub"),
        Column(key="valid_from", label=_("From"), kind="day", sort="valid_from", phone="end"),
        Column(
            key="valid_to",
            label=_("Last day"),
            kind="day",
            sort="valid_to",
            value=lambda row: row.valid_to - timedelta(days=1),
        ),
        Column(key="kinds", label=_("Kinds of documents"), value=lambda row: kinds_of(row)),  # noqa: PLW0108 - defined below
        Column(key="reason", label=_("Reason"), wraps=True),
        Column(
            key="standing",
            label=_("State"),
            value=lambda row: "1",
            template="console/approvals/_delegation_end.html",
            phone="end2",
        ),
        Column(key="created_by_label", label=_("Recorded by"), is_shown=False),
        Column(key="created_at", label=_("Recorded"), kind="time", is_shown=False),
    )
    filters = (
        FlagFilter(key="in_force", label=_("In force"), field="is_in_force"),
        FlagFilter(key="over", label=_("Over"), field="is_over"),
    )

    def get_queryset(self) -> QuerySet[Delegation]:
        return self.marked(queries.delegations(actor=self.actor))

    def marked(self, found: QuerySet[Delegation]) -> QuerySet[Delegation]:
        """Return delegations with their standing today."""
        over = Q(valid_to__lte=self.today) | Q(valid_to__lte=F("valid_from"))
        to_come = ~over & Q(valid_from__gt=self.today)
        return found.annotate(
            is_over=_flag(over), is_to_come=_flag(to_come), is_in_force=_flag(~over & ~to_come)
        )

    def row_url(self, row: Delegation) -> str:
        return reverse("approvals-delegations-one", args=[row.pk])

    def page_context(self) -> dict[str, Any]:
        return {"new_url": f"{reverse('approvals-delegations-new')}?for=company"}

    def count_words(self, count: int) -> str:
        return ngettext("%(count)d delegation", "%(count)d delegations", count) % {"count": count}


def _flag(condition: Q) -> Case:
    return Case(
        When(condition, then=Value(value=True)),
        default=Value(value=False),
        output_field=BooleanField(),
    )


def kinds_of(delegation: Delegation) -> str:
    """Return which papers a delegation is for."""
    if not delegation.kinds:
        return gettext("all kinds")
    return phrases.listed([words.kind_label(key) for key in delegation.kinds])


class OwnDelegations(PersonalView, Delegations):
    """The visitor's own: who signs for him, for whom he signs."""

    page_key = "approvals.own-delegations"
    title = _("My deputies")
    export_action = None

    def get_queryset(self) -> QuerySet[Delegation]:
        mine = Q(principal_id=self.actor.user_id) | Q(deputy_id=self.actor.user_id)
        return self.marked(queries.delegations(actor=self.actor).filter(mine))

    def page_context(self) -> dict[str, Any]:
        return {
            "new_url": reverse("approvals-delegations-new"),
            "crumbs": [(_("Approvals"), reverse("approvals"))],
        }


class DelegateForm(forms.Form):
    principal_id = forms.TypedChoiceField(
        label=_("For whom"), coerce=int, required=False, empty_value=None
    )
    deputy_id = forms.TypedChoiceField(label=_("Deputy"), coerce=int)
    valid_from = DayField(label=_("From"))
    last_day = DayField(label=_("Last day"))
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of documents"),
        required=False,
        help_text=_("Without a choice: all of them."),
        widget=forms.SelectMultiple(attrs={"size": 4}),
    )
    project_ids = forms.TypedMultipleChoiceField(
        label=_("Projects"),
        coerce=int,
        required=False,
        help_text=_("Without a choice: all of them."),
        widget=forms.SelectMultiple(attrs={"size": 3}),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(
        self, *args: Any, people: Any, kinds: Any, projects: Any, principals: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._offer("deputy_id", [("", gettext("Choose")), *people])
        self._offer("kinds", kinds)
        self._offer("project_ids", projects)
        if principals:
            self._offer("principal_id", [("", gettext("Choose")), *principals])
            self.fields["principal_id"].required = True
        else:
            del self.fields["principal_id"]

    def _offer(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


class NewDelegation(PersonalView, EditSheet):
    """Name a deputy for oneself; an administrator also for somebody who cannot."""

    title = _("Name a deputy")
    button = _("Name the deputy")
    lead = _("The deputy signs in this time with his own name and “for” yours beside it.")
    form_class = DelegateForm

    @property
    def for_company(self) -> bool:
        return self.request.GET.get("for") == "company" and self.actor.may_everywhere(
            Action.APPROVAL_CONFIGURE
        )

    def form_options(self) -> dict[str, Any]:
        lookup = Lookup(self.actor, self.today)
        people = [(str(user.pk), user.name) for user in lookup.colleagues()]
        own = str(self.actor.user_id)
        return {
            "people": people if self.for_company else [one for one in people if one[0] != own],
            "principals": people if self.for_company else [],
            "kinds": [(kind.key, kind.name) for kind in registry.kinds() if kind.is_ready],
            "projects": [(str(pk), name) for pk, name in lookup.projects.items()],
            "initial": {"valid_from": self.today, "last_day": self.today + timedelta(days=6)},
        }

    def save(self, values: dict[str, Any]) -> None:
        given = dict(values)
        given["valid_to"] = given.pop("last_day") + timedelta(days=1)
        operations.delegate(actor=self.actor, now=self.now, **given)

    def take(self, form: forms.Form, error: Any) -> None:
        if error.field == "valid_to":
            form.add_error("last_day", str(error))
        else:
            super().take(form, error)

    def back(self) -> str:
        return reverse("approval-delegations" if self.for_company else "approvals-delegations")

    def words(self) -> dict[str, Any]:
        suffix = "?for=company" if self.for_company else ""
        return {"address": f"{self.request.path}{suffix}"}


class DelegationSheet(PersonalView, SheetView):
    """One delegation, and its end."""

    sheet_template = "console/approvals/_delegation.html"

    def get(self, request: HttpRequest, delegation_id: int) -> HttpResponseBase:
        return self._page(self._load(delegation_id))

    def post(self, request: HttpRequest, delegation_id: int) -> HttpResponseBase:
        delegation = self._load(delegation_id)
        try:
            operations.end_delegation(actor=self.actor, delegation_id=delegation.pk, now=self.now)
        except (Conflict, Invalid, Denied) as error:
            self.note_refusal(error)
            return self._page(delegation, refusal=str(error), status=error.status)
        return self.go(self._back(delegation))

    def _load(self, delegation_id: int) -> Delegation:
        found = queries.delegations(actor=self.actor).filter(pk=delegation_id).first()
        if found is None:
            raise NotFound
        return found

    def _back(self, delegation: Delegation) -> str:
        is_own = self.actor.user_id in {delegation.principal_id, delegation.deputy_id}
        return reverse("approvals-delegations" if is_own else "approval-delegations")

    def _page(self, delegation: Delegation, **extra: Any) -> HttpResponse:
        lookup = Lookup(self.actor, self.today)
        may_end = not delegation.has_ended(self.today) and (
            delegation.principal_id == self.actor.user_id
            or self.actor.may_everywhere(Action.APPROVAL_CONFIGURE)
        )
        facts = [
            (gettext("For whom"), delegation.principal.name),
            (gettext("Deputy"), delegation.deputy.name),
            (gettext("From"), f"{delegation.valid_from:%Y-%m-%d}"),
            (gettext("Last day"), f"{delegation.valid_to - timedelta(days=1):%Y-%m-%d}"),
            (gettext("Kinds of documents"), kinds_of(delegation)),
            (
                gettext("Projects"),
                phrases.listed([lookup.projects.get(pk, "") for pk in delegation.project_ids])
                or gettext("all projects"),
            ),
            (gettext("Reason"), delegation.reason),
            (gettext("Recorded by"), delegation.created_by_label),
        ]
        return self.show(
            None,
            title=gettext("Deputy of %(name)s") % {"name": delegation.principal.name},
            back=self._back(delegation),
            facts=facts,
            history=told({Delegation: [delegation.pk]}),
            may_end=may_end,
            **extra,
        )
