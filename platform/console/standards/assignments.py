"""Who is charged: rules, single units in and out, their end, their confirmation."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from console.sheets import SheetView
from console.standards.changes import find_standard, page_of
from console.standards.forms import EndForm, RuleForm, UnitForm
from console.views import ConsoleView
from kernel.access import Action
from kernel.errors import Conflict, Invalid, NotFound
from services.billing.standards import operations, queries, rules
from services.billing.standards.models import FeeAssignment, FeeStandard
from services.properties import queries as registry


class AssignByRule(SheetView):
    action = Action.FEE_STANDARD_DRAFT

    def get(self, request: HttpRequest, project_id: int, standard_id: int) -> HttpResponseBase:
        standard = find_standard(self, project_id, standard_id)
        form = self._form(None, standard, initial={"valid_from": first_month(self, standard)})
        return self._show(form, standard)

    def post(self, request: HttpRequest, project_id: int, standard_id: int) -> HttpResponseBase:
        standard = find_standard(self, project_id, standard_id)
        form = self._form(request.POST, standard)
        if form.is_valid():
            try:
                operations.assign_by_rule(
                    actor=self.actor, standard_id=standard.pk, now=self.now, **form.cleaned_data
                )
            except (Conflict, Invalid) as error:
                self.take(form, error)
            else:
                return self.go(page_of(standard))
        return self._show(form, standard, status=422)

    def _form(self, data: Any, standard: FeeStandard, **extra: Any) -> RuleForm:
        buildings = registry.buildings(actor=self.actor, project_id=standard.project_id)
        return RuleForm(data, buildings=list(buildings), **extra)

    def _show(self, form: forms.Form, standard: FeeStandard, **extra: Any) -> HttpResponse:
        return self.show(
            form,
            title=_("Charge units by rule"),
            button=_("Add the rule"),
            back=page_of(standard),
            lead=_(
                "All conditions must hold; one that is left empty holds for every unit. It charges "
                "nobody before the property manager has confirmed it."
            ),
            **extra,
        )


class AssignUnit(SheetView):
    action = Action.FEE_STANDARD_DRAFT

    def get(self, request: HttpRequest, project_id: int, standard_id: int) -> HttpResponseBase:
        standard = find_standard(self, project_id, standard_id)
        initial = {"valid_from": first_month(self, standard), "direction": UnitForm.IN}
        return self._show(UnitForm(initial=initial), standard)

    def post(self, request: HttpRequest, project_id: int, standard_id: int) -> HttpResponseBase:
        standard = find_standard(self, project_id, standard_id)
        form = UnitForm(request.POST)
        if form.is_valid():
            try:
                self._assign(standard, dict(form.cleaned_data))
            except (Conflict, Invalid, NotFound) as error:
                form.add_error("room" if error.field in {"unit", None} else error.field, str(error))
            else:
                return self.go(page_of(standard))
        return self._show(form, standard, status=422)

    def _assign(self, standard: FeeStandard, data: dict[str, Any]) -> None:
        unit = queries.find_unit(
            actor=self.actor, project_id=standard.project_id, text=data.pop("room")
        )
        if unit is None:
            raise NotFound(_("There is no such unit in this project."), field="unit")
        change = (
            operations.exclude_unit
            if data.pop("direction") == UnitForm.OUT
            else operations.assign_unit
        )
        change(actor=self.actor, standard_id=standard.pk, unit_id=unit.pk, now=self.now, **data)

    def _show(self, form: forms.Form, standard: FeeStandard, **extra: Any) -> HttpResponse:
        return self.show(
            form,
            title=_("A single unit"),
            button=_("Add the unit"),
            back=page_of(standard),
            lead=_("A unit named by itself goes before every rule of the same fee item."),
            **extra,
        )


class EndAssignment(SheetView):
    action = Action.FEE_STANDARD_CONFIRM

    def get(
        self, request: HttpRequest, project_id: int, standard_id: int, assignment_id: int
    ) -> HttpResponseBase:
        standard = find_standard(self, project_id, standard_id)
        return self._show(EndForm(), standard)

    def post(
        self, request: HttpRequest, project_id: int, standard_id: int, assignment_id: int
    ) -> HttpResponseBase:
        standard = find_standard(self, project_id, standard_id)
        assignment = find_assignment(standard, assignment_id)
        form = EndForm(request.POST)
        if form.is_valid():
            try:
                operations.end_assignment(
                    actor=self.actor,
                    assignment_id=assignment.pk,
                    now=self.now,
                    **form.cleaned_data,
                )
            except (Conflict, Invalid) as error:
                self.take(form, error)
            else:
                return self.go(page_of(standard))
        return self._show(form, standard, status=422)

    def _show(self, form: forms.Form, standard: FeeStandard, **extra: Any) -> HttpResponse:
        return self.show(
            form,
            title=_("End who is charged"),
            button=_("End it"),
            back=page_of(standard),
            lead=_("The units are charged by this standard up to and including the last month."),
            **extra,
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
