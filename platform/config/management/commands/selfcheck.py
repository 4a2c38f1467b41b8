from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.selfcheck import checks


class Command(BaseCommand):
    help = "Fetch each main page of the running demo over HTTP; exit 1 if one is not right."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--base", default="http://127.0.0.1:8000")

    def handle(self, *_args: Any, base: str, **_options: Any) -> None:
        failed = 0
        for result in checks.run(base):
            self.stdout.write(f"{'ok  ' if result.good else 'FAIL'} {result.name}: {result.detail}")
            self.stdout.flush()
            failed += not result.good
        if failed:
            raise CommandError(f"{failed} checks failed")
