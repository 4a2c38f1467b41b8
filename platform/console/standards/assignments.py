"""Who is charged: rules, single units in and out, their end, their confirmation."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from console.standards.changes import StandardSheet, find_standard, page_of
from console.standards.forms import EndForm, RuleForm, UnitForm
from console.views import ConsoleView
from kernel.access import Action
from kernel.errors import DomainError, Invalid, NotFound
from services.billing.standards import operations, queries, rules
from services.billing.standards.models import FeeAssignment, FeeStandard
from services.properties import queries as registry


class UnitUnknown(Invalid):
    code = "console.unit-unknown"


class AssignByRule(StandardSheet):
    action = Action.FEE_STANDARD_DRAFT
    title, button = _("Charge units by rule"), _("Add the rule")
    lead = _(
        "All conditions must hold; one that is left empty holds for every unit. It charges "
        "nobody before the property manager has confirmed it."
    )
    form_class = RuleForm

    def form_options(self) -> dict[str, Any]:
        buildings = registry.buildings(actor=self.actor, project_id=self.standard.project_id)
        first = first_month(self, self.standard)
        return {"buildings": list(buildings), "initial": {"valid_from": first}}

    def save(self, values: dict[str, Any]) -> None:
        operations.assign_by_rule(
            actor=self.actor, standard_id=self.standard.pk, now=self.now, **values
        )


class AssignUnit(StandardSheet):
    action = Action.FEE_STANDARD_DRAFT
    title, button = _("A single unit"), _("Add the unit")
    lead = _("A unit named by itself goes before every rule of the same fee item.")
    form_class = UnitForm

    def form_options(self) -> dict[str, Any]:
        first = first_month(self, self.standard)
        return {"initial": {"valid_from": first, "direction": UnitForm.IN}}

    def save(self, values: dict[str, Any]) -> None:
        unit = queries.find_unit(
            actor=self.actor, project_id=self.standard.project_id, text=values.pop("room")
        )
        if unit is None:
            raise UnitUnknown(_("There is no such unit in this project."), field="room")
        change = (
            operations.exclude_unit
            if values.pop("direction") == UnitForm.OUT
            else operations.assign_unit
        )
        change(
            actor=self.actor,
            standard_id=self.standard.pk,
            unit_id=unit.pk,
            now=self.now,
            **values,
        )

    def take(self, form: forms.Form, error: DomainError) -> None:
        """Put what is said of the unit, or of nothing in particular, at the room."""
        form.add_error("room" if error.field in {"unit", None} else error.field, str(error))


class EndAssignment(StandardSheet):
    action = Action.FEE_STANDARD_CONFIRM
    title, button = _("End who is charged"), _("End it")
    lead = _("The units are charged by this standard up to and including the last month.")
    form_class = EndForm
    assignment: FeeAssignment

    def check_access(self, project_id: int | None) -> None:
        super().check_access(project_id)
        self.assignment = find_assignment(self.standard, self.kwargs["assignment_id"])

    def save(self, values: dict[str, Any]) -> None:
        operations.end_assignment(
            actor=self.actor, assignment_id=self.assignment.pk, now=self.now, **values
        )


class RemoveAssignment(ConsoleView):
    action = Action.FEE_STANDARD_DRAFT

    def post(
        self, request: HttpRequest, project_id: int, standard_id: int, assignment_id: int
    ) -> HttpResponseBase:
        standard = find_standard(self, project_id, standard_id)
        assignment = find_assignment(standard, assignment_id)
        operations.remove_draft_assignment(
            actor=self.actor, assignment_id=assignment.pk, now=self.now
        )
        return redirect(page_of(standard))


class ConfirmAssignments(ConsoleView):
    action = Action.FEE_STANDARD_CONFIRM

    def post(self, request: HttpRequest, project_id: int, standard_id: int) -> HttpResponseBase:
        standard = find_standard(self, project_id, standard_id)
        operations.confirm_assignments(actor=self.actor, standard_id=standard.pk, now=self.now)
        return redirect(page_of(standard))


def find_assignment(standard: FeeStandard, assignment_id: int) -> FeeAssignment:
    """Return an assignment of the standard. :raises NotFound: if it has no such."""
    assignment = standard.assignments.filter(pk=assignment_id).first()
    if assignment is None:
        raise NotFound
    return assignment


def first_month(view: ConsoleView, standard: FeeStandard) -> Any:
    """Return the month to offer: the first of the latest version, else the next one."""
    latest = standard.versions.exclude(state="WITHDRAWN").order_by("valid_from").last()
    return latest.valid_from if latest else rules.month_after(view.today.replace(day=1))
