from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tenants.provisioning.migrate import MigrationFailed, migrate_all


class Command(BaseCommand):
    help = "Migrate the public schema, the template and every company; set roles and grants."

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            migrate_all(lambda name: self.stdout.write(f"migrated {name}"), timezone.now)
        except MigrationFailed as error:
            raise CommandError(str(error)) from error
