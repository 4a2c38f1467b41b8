from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django_tenants.utils import tenant_context

from kernel.errors import NotFound
from services.billing.ledger import invariants
from tenants.companies.queries import get_company


class Command(BaseCommand):
    help = "Run the rules of a company's books; print what breaks them and exit 1 if anything does."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="short name of the company, e.g. qinghe")
        parser.add_argument("--project", type=int, help="look at one project only")

    def handle(self, *_args: Any, slug: str, project: int | None, **_options: Any) -> None:
        try:
            company = get_company(slug=slug)
        except NotFound as error:
            raise CommandError(f"there is no company {slug}") from error
        broken = 0
        with tenant_context(company):
            for invariant in invariants.known():
                broken += self._say(invariants.result_of(invariant, project))
        if broken:
            raise CommandError(f"{broken} of {len(invariants.known())} rules are broken")
        self.stdout.write(f"{len(invariants.known())} rules, none broken: the ledger agrees")

    def _say(self, result: invariants.Result) -> bool:
        mark = f"BROKEN {result.count}" if result.count else "ok"
        self.stdout.write(f"{mark:10} {result.invariant.code}  {result.invariant.name}")
        for found in result.violations:
            self.stdout.write(f"{'':10} {found.object_type} #{found.object_id}: {found.detail}")
        return bool(result.count)
