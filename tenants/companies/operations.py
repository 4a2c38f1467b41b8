"""What a company changes about itself. The row lies in the public schema."""

import zoneinfo
from datetime import datetime

from django.db import transaction

from kernel import access
from kernel.audit import operations as audit
from kernel.errors import Invalid
from kernel.tenancy import current_company, public
from kernel.text import _
from tenants.companies.models import Company


class FactInvalid(Invalid):
    code = "companies.fact-invalid"


@transaction.atomic
def change_facts(
    *, actor: access.Actor, name: str, name_en: str, time_zone: str, now: datetime
) -> Company:
    """Change the names and the time zone of the company in force.

    Its currency stays: amounts of the past are in it.

    :raises access.ActionDenied: without ``company.configure``.
    :raises FactInvalid: if the name is missing or there is no such time zone.
    """
    access.require_everywhere(actor, access.Action.COMPANY_CONFIGURE)
    name, name_en = name.strip(), name_en.strip()
    if not name:
        raise FactInvalid(_("This is needed."), field="name")
    if time_zone not in zoneinfo.available_timezones():
        raise FactInvalid(_("There is no such time zone."), field="time_zone")
    wanted = {"name": name, "name_en": name_en, "time_zone": time_zone}
    own = current_company().pk
    with public():
        company: Company = Company.objects.select_for_update().get(pk=own)
        before = {field: getattr(company, field) for field in wanted}
        for field, value in wanted.items():
            setattr(company, field, value)
        company.save(update_fields=list(wanted))
    audit.record(
        actor=actor,
        event="companies.company.changed",
        subject=company,
        now=now,
        data={"before": before, "after": wanted},
    )
    return company
