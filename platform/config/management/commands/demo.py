import logging
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django_tenants.utils import tenant_context

from config.celery import app
from config.demo import main_job, people
from kernel.tenancy import company_time_zone, public
from tenants.companies.models import Company, CompanyStatus
from tenants.provisioning import operations, setup

COMPANIES = (
    ("qinghe", "青禾物业", "Qinghe Property", main_job.run_first),
    ("jianghai", "江海物业", "Jianghai Property", main_job.run_second),
)


class Command(BaseCommand):
    help = "Provision two demo companies and do the main job in them. Repeatable."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--show", action="store_true", help="make nothing, only say what the companies hold"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        logging.disable(logging.INFO)  # the lines for people are the output here
        if options["show"]:
            self._show()
        else:
            self._make()
        logins = ", ".join(f"{person.username} ({person.name})" for person in people.EVERYBODY)
        self.stdout.write(f"demo logins: {logins}")
        self.stdout.write(f"demo password: {people.PASSWORD}")

    def _make(self) -> None:
        app.loader.import_default_modules()  # registers the handlers of jobs
        for slug, name, name_en, job in COMPANIES:
            company = self._company(slug, name, name_en, timezone.now())
            with tenant_context(company):
                today = timezone.localdate(timezone=company_time_zone())
                job(main_job.Desk(timezone.now, today, self.stdout.write))
            self._tell_address(slug, name)

    def _show(self) -> None:
        for slug, name, _name_en, _job in COMPANIES:
            with public():
                company = Company.objects.filter(slug=slug, status=CompanyStatus.ACTIVE).first()
            if company is None:
                continue
            with tenant_context(company):
                today = timezone.localdate(timezone=company_time_zone())
                main_job.show(main_job.Desk(timezone.now, today, self.stdout.write))
            self._tell_address(slug, name)

    def _tell_address(self, slug: str, name: str) -> None:
        address = f"{settings.PUBLIC_SCHEME}://{slug}.{settings.BASE_DOMAIN}"
        self.stdout.write(f"{name}: {address}:{settings.PUBLIC_PORT}")

    def _company(self, slug: str, name: str, name_en: str, now: datetime) -> Company:
        with public():
            company: Company | None = Company.objects.filter(slug=slug).first()
        if company is None:
            company = operations.create_company(
                by="demo",
                slug=slug,
                name=name,
                name_en=name_en,
                admin_username=people.ADMINISTRATOR.username,
                admin_name=people.ADMINISTRATOR.name,
                admin_email=f"{people.ADMINISTRATOR.username}@{slug}.example",
                now=now,
            )
        if company.status != CompanyStatus.ACTIVE:
            setup.set_up(company_id=company.pk, clock=timezone.now)
            with public():
                company.refresh_from_db()
        return company
