"""A small importer, to test the machinery apart from any service's rules."""

from collections.abc import Mapping
from typing import Any

from kernel.access import Action
from kernel.errors import Invalid, NotFound
from kernel.imports import bulk, changes
from kernel.imports.importer import Context, Findings, Importer, ImportField, Plan, Table
from kernel.tabular import clean
from services.properties.models import Building, Project


class PrefixTooLong(Invalid):
    code = "test.prefix-too-long"


class BuildingImporter(Importer):
    kind = "test-buildings"
    name = "Buildings"
    action = Action.REGISTRY_IMPORT
    fields = (
        ImportField("code", "Code", ("编号", "楼号"), is_required=True),
        ImportField("name", "Name", ("名称", "楼名"), is_required=True),
        ImportField("floors", "Floors", ("层数",)),
    )
    essential = ("code",)
    creates = (Building,)
    messages = {"code-too-long": "%(field)s %(raw)s has more than %(limit)d signs"}
    races = frozenset({"building_code_once", "building_name_once"})

    def check_project(self, project_id: int) -> None:
        if not Project.objects.filter(pk=project_id).exists():
            raise NotFound

    def check_options(self, options: Mapping[str, Any]) -> dict[str, Any]:
        if len(options.get("prefix", "")) > 3:
            raise PrefixTooLong("The prefix is too long.", field="prefix")
        return {"prefix": options.get("prefix", "")}

    def plan(self, table: Table, findings: Findings, context: Context) -> Plan:
        if context.is_commit:
            Project.objects.select_for_update(no_key=True).get(pk=context.project_id)
        codes = findings.cleaned("code", clean.text, is_required=True)
        names = findings.cleaned("name", clean.person_name, is_required=True)
        findings.cleaned("floors", clean.whole_number, rejects=False)
        known = {item.code: item for item in Building.objects.filter(project=context.project_id)}
        new: dict[str, str] = {}
        changed: dict[int, dict[str, str]] = {}
        unchanged = 0
        for index, (code, name) in enumerate(zip(codes, names, strict=True)):
            if code and len(code) > 10:
                findings.reject(index, "code", "code-too-long", code, limit=10)
            if index in findings.rejected:
                continue
            assert code
            assert name
            full = context.options["prefix"] + name
            if code not in known:
                new[code] = full
            elif known[code].name != full:
                changed[known[code].pk] = {"name": full}
            else:
                unchanged += 1
        return Plan(len(new), len(changed), unchanged, {"buildings": len(new)}, (new, changed))

    def apply(self, plan: Plan, context: Context) -> None:
        new, changed = plan.work
        bulk.copy_rows(
            Building,
            ("project", "code", "name", "sort_key", "import_batch_id"),
            (
                (context.project_id, code, name, code, context.batch_id)
                for code, name in new.items()
            ),
        )
        changes.write(context.batch_id, Building, changed)
