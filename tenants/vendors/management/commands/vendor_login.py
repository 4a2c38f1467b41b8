"""``guanjia vendor_login reset-app|out|in <e-mail>``."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from kernel.errors import DomainError
from tenants.vendors import operations


class Command(BaseCommand):
    help = "Take a vendor's lost authenticator app away; shut a vendor's person out, or in again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        reset = verbs.add_parser("reset-app", help="he sets up another at his next sign-in")
        reset.add_argument("email")
        verbs.add_parser("out", help="shut him out everywhere, at once").add_argument("email")
        verbs.add_parser("in", help="let him in again").add_argument("email")

    def handle(self, *_args: Any, **options: Any) -> None:
        email, now = options["email"], timezone.now()
        try:
            if options["verb"] == "reset-app":
                operations.reset_app(email=email, now=now)
            else:
                operations.set_active(email=email, is_active=options["verb"] == "in", now=now)
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("done")
