"""``guanjia company create|list|suspend|resume|retry``."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from kernel.access.catalogue import LADDERS
from kernel.errors import DomainError
from kernel.tenancy import public
from tenants.companies.models import Company
from tenants.companies.queries import companies, get_company, primary_domain
from tenants.provisioning import operations, setup

BY = "command line"
FACTS = (
    "slug",
    "name",
    "name_en",
    "domain",
    "time_zone",
    "currency",
    "ladder",
    "admin_username",
    "admin_name",
    "admin_email",
)


class Command(BaseCommand):
    help = "Create, list, suspend and resume companies."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        create = verbs.add_parser("create", help="enter a company and set it up")
        create.add_argument("slug", help="its short name: the first part of its address")
        create.add_argument("--name", required=True, help="its name in Chinese")
        create.add_argument("--name-en", default="", help="its name in English")
        create.add_argument("--domain", default="", help="a host name of its own, made primary")
        create.add_argument("--time-zone", default="Asia/Shanghai")
        create.add_argument("--currency", default="CNY")
        create.add_argument(
            "--ladder",
            default="",
            choices=sorted(LADDERS),
            help="which of the handbook's ladders its posts follow; without, it decides itself",
        )
        create.add_argument("--admin-username", required=True)
        create.add_argument("--admin-name", required=True)
        create.add_argument("--admin-email", required=True, help="gets the link to set a password")
        retry = verbs.add_parser("retry", help="set a company up again after a failure")
        retry.add_argument("slug")
        for waiting in (create, retry):
            waiting.add_argument(
                "--wait", action="store_true", help="set it up here and now, without a worker"
            )
        verbs.add_parser("list", help="list all companies")
        suspend = verbs.add_parser("suspend", help="stop a company; its data stay")
        suspend.add_argument("slug")
        suspend.add_argument("--reason", required=True)
        verbs.add_parser("resume", help="let a suspended company work again").add_argument("slug")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            getattr(self, options["verb"])(options)
        except DomainError as error:
            raise CommandError(str(error)) from error

    def create(self, options: dict[str, Any]) -> None:
        company = operations.create_company(
            by=BY, now=timezone.now(), **{fact: options[fact] for fact in FACTS}
        )
        self._set_up(company, wait=options["wait"])

    def retry(self, options: dict[str, Any]) -> None:
        company = operations.retry_setup(
            by=BY, company_id=get_company(slug=options["slug"]).pk, now=timezone.now()
        )
        self._set_up(company, wait=options["wait"])

    def list(self, _options: dict[str, Any]) -> None:
        with public():
            for company in companies():
                host = primary_domain(company_id=company.pk)
                self.stdout.write(
                    "\t".join([company.slug, company.status, host, company.name, company.error])
                )

    def suspend(self, options: dict[str, Any]) -> None:
        company = get_company(slug=options["slug"])
        operations.suspend_company(
            by=BY, company_id=company.pk, reason=options["reason"], now=timezone.now()
        )
        self.stdout.write(f"{company.slug} is suspended")

    def resume(self, options: dict[str, Any]) -> None:
        company = get_company(slug=options["slug"])
        operations.resume_company(by=BY, company_id=company.pk, now=timezone.now())
        self.stdout.write(f"{company.slug} works again")

    def _set_up(self, company: Company, *, wait: bool) -> None:
        if not wait:
            self.stdout.write(f"{company.slug} waits for a worker; see: guanjia company list")
            return
        try:
            status = setup.set_up(company_id=company.pk, clock=timezone.now)
        except Exception as error:
            raise CommandError(f"{company.slug} could not be set up: {error}") from error
        if status is None:
            self.stdout.write(f"{company.slug} is being set up by a worker")
            return
        self.stdout.write(f"{company.slug} is {status.lower()}")
