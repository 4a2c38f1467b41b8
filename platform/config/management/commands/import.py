# ruff: noqa: N999 - the name of the command
"""``guanjia import <company> <kind> <file> --project <code> [--commit]`` and ``--undo``."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django_tenants.utils import tenant_context

from kernel import access
from kernel.access.queries import actor_for, get_user
from kernel.errors import DomainError
from kernel.imports import messages, operations, queries, rehearsal
from kernel.imports.annotated import annotate
from kernel.imports.importer import importers
from kernel.imports.models import BatchState, ImportBatch, Severity
from kernel.tabular.problems import FileRefused
from kernel.tabular.sniff import check_size
from kernel.tenancy import company_day
from services.properties.models import Project
from tenants.companies.queries import get_company

_PROBLEMS_SHOWN = 50


class Command(BaseCommand):
    help = "Rehearse a table, import it with --commit, take an import back with --undo."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("company", help="short name of the company")
        parser.add_argument("kind", nargs="?", choices=[item.kind for item in importers()])
        parser.add_argument("file", nargs="?", type=Path, help="xlsx, xls or csv")
        parser.add_argument("--project", help="code of the project")
        parser.add_argument(
            "--option",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="e.g. usage_month=2026-10 for meter-readings",
        )
        parser.add_argument("--commit", action="store_true", help="import what is accepted")
        parser.add_argument("--annotated", type=Path, help="write the table with its problems here")
        parser.add_argument("--undo", type=int, metavar="ID", help="take this import back")
        parser.add_argument("--as", dest="username", help="who acts; without it, the system")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            with tenant_context(get_company(slug=options["company"])):
                self._act(options)
        except DomainError as error:
            raise CommandError(str(error)) from error

    def _act(self, options: dict[str, Any]) -> None:
        actor = _actor(options["username"])
        if options["undo"] is not None:
            operations.undo(actor=actor, batch_id=options["undo"], now=timezone.now())
            self.stdout.write(f"import {options['undo']} is undone")
            return
        if not (options["kind"] and options["file"] and options["project"]):
            raise CommandError("name the kind, the file and --project")
        batch = self._rehearse(actor, options)
        self._tell(batch)
        if options["annotated"]:
            options["annotated"].write_bytes(annotate(batch))
        if options["commit"]:
            operations.commit(actor=actor, batch_id=batch.pk, now=timezone.now(), is_patient=True)
            self.stdout.write(f"import {batch.pk} is committed")

    def _rehearse(self, actor: access.Actor, options: dict[str, Any]) -> ImportBatch:
        project = Project.objects.filter(code__iexact=options["project"]).first()
        if project is None:
            raise CommandError(f"there is no project {options['project']}")
        return operations.upload(
            actor=actor,
            kind=options["kind"],
            project_id=project.pk,
            file_name=options["file"].name,
            content=_content(options["file"]),
            options=dict(_pair(text) for text in options["option"]),
            now=timezone.now(),
            is_patient=True,
        )

    def _tell(self, batch: ImportBatch) -> None:
        self.stdout.write(f"import {batch.pk}: {batch.get_state_display()}")
        if batch.state == BatchState.NEEDS_MAPPING:
            raise CommandError(
                "the columns cannot be told by their names; match them in the console"
            )
        for key, value in batch.counts.items():
            self.stdout.write(f"  {key}: {value}")
        problems = list(queries.problems_worst_first(batch=batch)[: _PROBLEMS_SHOWN + 1])
        for problem in problems[:_PROBLEMS_SHOWN]:
            mark = "x" if problem.severity == Severity.ERROR else "-"
            self.stdout.write(
                f"  {mark} {problem.row_number}: {messages.reason(batch.kind, problem)}"
            )
        if len(problems) > _PROBLEMS_SHOWN:
            self.stdout.write("  … --annotated writes them all")


def _actor(username: str | None) -> access.Actor:
    if username is None:
        return access.SYSTEM
    return actor_for(user=get_user(username=username), today=company_day(timezone.now()))


def _content(path: Path) -> bytes:
    try:
        check_size(path.stat().st_size, rehearsal.limits())
        return path.read_bytes()
    except FileRefused as refusal:
        raise CommandError(messages.file_reason(refusal.code, refusal.params)) from refusal
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from error


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise CommandError(f"--option takes NAME=VALUE, not {text}")
    return name, value
