from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tenants.companies.queries import schemas_set_up
from tenants.provisioning import fingerprint, schema
from tenants.provisioning.migrate import check_schemas


class Command(BaseCommand):
    help = "Compare every company's schema with the template; list schemas that belong to nobody."

    def handle(self, *_args: Any, **_options: Any) -> None:
        companies = schemas_set_up()
        with schema.web_cursor() as cursor:
            for name in fingerprint.orphans(cursor, schemas=companies):
                self.stderr.write(f"{name}: belongs to no company that is set up")
        problems = check_schemas()
        if problems:
            raise CommandError("\n".join(problems))
        self.stdout.write(f"{len(companies)} companies have exactly the template's schema")
