"""``guanjia operator add|password|out|in|reset-app <user name>``."""

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from kernel.errors import DomainError
from tenants.operators import operations

BY = "command line"


class Command(BaseCommand):
    help = "Add operators of the platform, set their passwords, let them out and in, reset apps."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        add = verbs.add_parser("add", help="add an operator")
        add.add_argument("username")
        add.add_argument("--name", required=True)
        password = verbs.add_parser("password", help="set an operator's password")
        password.add_argument("username")
        for asking in (add, password):
            asking.add_argument(
                "--password-stdin", action="store_true", help="read it from standard input"
            )
        verbs.add_parser("out", help="shut an operator out").add_argument("username")
        verbs.add_parser("in", help="let an operator in again").add_argument("username")
        reset = verbs.add_parser("reset-app", help="take a lost authenticator app away")
        reset.add_argument("username")

    def handle(self, *_args: Any, **options: Any) -> None:
        username, now = options["username"], timezone.now()
        try:
            match options["verb"]:
                case "add":
                    operations.add_operator(
                        by=BY,
                        username=username,
                        name=options["name"],
                        password=self._password(options),
                        now=now,
                    )
                case "password":
                    operations.set_password(
                        by=BY, username=username, password=self._password(options), now=now
                    )
                case "reset-app":
                    operations.reset_app(by=BY, username=username, now=now)
                case verb:
                    operations.set_active(by=BY, username=username, is_active=verb == "in", now=now)
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("done")

    def _password(self, options: dict[str, Any]) -> str:
        if options["password_stdin"]:
            return sys.stdin.readline().rstrip("\n")
        password = getpass.getpass("Password: ")
        if password != getpass.getpass("Again: "):
            raise CommandError("the two are not the same")
        return password
