"""The ``guanjia`` command: Django's commands and the product's own, with the right login role."""

import os
import sys

from django.core.management import execute_from_command_line

# These create or change tables; they connect as the owner. All others connect as the web role,
# which owns nothing.
OWNER_COMMANDS = frozenset(
    {"migrate", "migrate_all", "migrate_schemas", "makemigrations", "sqlmigrate", "provision"}
)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ["GUANJIA_AS_OWNER"] = "1"
    execute_from_command_line(["guanjia", *sys.argv[1:]])
