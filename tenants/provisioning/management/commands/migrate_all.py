from typing import Any

from django.core.management.base import BaseCommand

from tenants.provisioning.migrate import migrate_all


class Command(BaseCommand):
    help = "Migrate the public schema, the template and every company; set roles and grants."

    def handle(self, *_args: Any, **_options: Any) -> None:
        migrate_all(lambda name: self.stdout.write(f"migrated {name}"))
