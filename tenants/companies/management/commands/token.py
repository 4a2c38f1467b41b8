"""``guanjia token create|revoke <company> …``."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django_tenants.utils import tenant_context

from kernel import access
from kernel.access import tokens
from kernel.access.queries import get_user
from kernel.errors import DomainError
from tenants.companies.queries import get_company


class Command(BaseCommand):
    help = "Create and revoke API tokens."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        create = verbs.add_parser("create", help="create a token and print it, once")
        create.add_argument("slug", help="short name of the company")
        create.add_argument("username", help="whose permissions it carries")
        create.add_argument("--name", required=True, help="what it is for")
        revoke = verbs.add_parser("revoke", help="make a token void at once")
        revoke.add_argument("slug", help="short name of the company")
        revoke.add_argument("id", type=int, help="its number, as printed when it was created")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            with tenant_context(get_company(slug=options["slug"])):
                getattr(self, options["verb"])(options)
        except DomainError as error:
            raise CommandError(str(error)) from error

    def create(self, options: dict[str, Any]) -> None:
        token, text = tokens.create_token(
            actor=access.SYSTEM,
            user_id=get_user(username=options["username"]).pk,
            name=options["name"],
            now=timezone.now(),
        )
        self.stderr.write(f"token {token.pk}; it is shown only now:")
        self.stdout.write(text)

    def revoke(self, options: dict[str, Any]) -> None:
        tokens.revoke_token(actor=access.SYSTEM, token_id=options["id"], now=timezone.now())
        self.stdout.write("revoked")
