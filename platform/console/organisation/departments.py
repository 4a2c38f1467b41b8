"""Departments: the tree, who leads one where."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from console.organisation import forms
from console.sheets import EditSheet
from console.views import ConsoleView
from kernel.access import Action, departments, organisation
from kernel.access.models import Department, DepartmentHead
from kernel.audit.queries import history_of
from kernel.audit.registry import event_words
from kernel.errors import Conflict, Invalid
from services.properties import queries as properties

HISTORY_SHOWN = 10


class Departments(ConsoleView):
    """The tree of departments with their heads."""

    action = Action.USER_MANAGE

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return self.page(request)

    def page(self, request: HttpRequest, status: int = 200, refusal: str = "") -> HttpResponse:
        names = dict(properties.projects(actor=self.actor).values_list("pk", "name"))
        led: dict[int, list[tuple[DepartmentHead, str]]] = {}
        for head in organisation.heads(actor=self.actor):
            place = names.get(head.project_id, "") if head.project_id else ""
            led.setdefault(head.department_id, []).append((head, place))
        rows = list(organisation.departments(actor=self.actor))
        context = {
            "title": _("Departments"),
            "rows": [
                {"department": row, "depth": min(depth, 4), "heads": led.get(row.pk, [])}
                for row, depth in forms.as_tree(rows)
            ],
            "refusal": refusal,
        }
        return render(request, "console/organisation/departments.html", context, status=status)


class DepartmentState(Departments):
    """In use, or not any more."""

    def get(self, request: HttpRequest, department_id: int) -> HttpResponseBase:  # type: ignore[override]
        return HttpResponseRedirect(reverse("departments"))

    def post(self, request: HttpRequest, department_id: int) -> HttpResponseBase:
        try:
            departments.set_department_active(
                actor=self.actor,
                department_id=department_id,
                is_active=request.POST.get("active") == "1",
                now=self.now,
            )
        except (Conflict, Invalid) as error:
            return self.page(request, status=error.status, refusal=str(error))
        return HttpResponseRedirect(reverse("departments"))


class DepartmentSheet(EditSheet):
    action = Action.USER_MANAGE

    def back(self) -> str:
        return reverse("departments")

    def department(self) -> Department:
        return organisation.get_department(
            actor=self.actor, department_id=self.kwargs["department_id"]
        )


class NewDepartment(DepartmentSheet):
    title, button = _("Add a department"), _("Add the department")
    form_class = forms.NewDepartment

    def form_options(self) -> dict[str, Any]:
        return {"actor": self.actor}

    def save(self, values: dict[str, Any]) -> None:
        departments.add_department(
            actor=self.actor,
            key=values["key"],
            name=values["name"],
            name_en=values["name_en"],
            parent_id=forms.number(values["parent"]),
            now=self.now,
        )


class EditDepartment(DepartmentSheet):
    title = _("Change the department")
    form_class = forms.EditDepartment

    def form_options(self) -> dict[str, Any]:
        row = self.department()
        initial = {
            "name": row.name,
            "name_en": row.name_en,
            "parent": str(row.parent_id or ""),
        }
        return {"actor": self.actor, "but": row.pk, "initial": initial}

    def words(self) -> dict[str, Any]:
        entries = history_of(self.department())[:HISTORY_SHOWN]
        return {"history": [(event_words(one.event), one) for one in entries]}

    def save(self, values: dict[str, Any]) -> None:
        departments.change_department(
            actor=self.actor,
            department_id=self.kwargs["department_id"],
            name=values["name"],
            name_en=values["name_en"],
            parent_id=forms.number(values["parent"]),
            now=self.now,
        )


class NameHead(DepartmentSheet):
    title, button = _("Name the head"), _("Name the head")
    lead = _("A project's own head comes before the company's. Choose nobody to leave it open.")
    form_class = forms.Head

    def form_options(self) -> dict[str, Any]:
        self.department()  # must be there
        return {"actor": self.actor}

    def save(self, values: dict[str, Any]) -> None:
        departments.name_head(
            actor=self.actor,
            department_id=self.kwargs["department_id"],
            project_id=forms.number(values["place"]),
            user_id=forms.number(values["user"]),
            now=self.now,
        )
