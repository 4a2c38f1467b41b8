"""A project with a flat, and people who look at it."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from kernel.access import operations as people
from kernel.access.models import User
from kernel.tenancy import tenant_connection
from services.properties.models import Unit
from tenants.companies.models import Company
from tests import factories
from tests import factories_properties as registry

SignIn = Callable[..., Client]


class Visitor(Client):
    """A client that leaves the company in force, so that a test may look at the database."""

    def request(self, **request: object) -> object:  # type: ignore[override]
        company = tenant_connection.tenant
        try:
            return super().request(**request)
        finally:
            tenant_connection.set_tenant(company)


@pytest.fixture
def flat(tenant: Company) -> Unit:
    """3栋2单元1602 with an owner, a space, a vehicle, a meter, and neighbours."""
    flat = registry.add_home()
    registry.add_home(flat.project, "1601", owner="甲方", phone="13900000001")
    registry.add_home(flat.project, "1603", owner="乙方", phone="13900000002")
    space = registry.add_space(flat.project, household=flat.household)
    registry.add_vehicle(flat.household, space=space)
    registry.add_meter(flat)
    return flat


@pytest.fixture
def sign_in(tenant: Company) -> SignIn:
    """Sign somebody in, in English: the Chinese catalogue may be there or not."""

    def sign_in(post: str, project_id: int | None = None) -> Client:
        username = f"{post}-{project_id}"
        user = User.objects.filter(username=username).first()
        if user is None:
            factories.add_actor(username, post, project_id=project_id)
            user = User.objects.get(username=username)
            people.set_preferences(user_id=user.pk, language="en")
        client = Visitor(headers={"host": "alpha.test"})
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def billed(flat: Unit) -> Unit:
    """The flat with a bill overdue, one half paid and one paid."""
    registry.bill(flat, "331.41")
    registry.bill(flat, "40.60", item="SF", paid="20.00", due_on=date(2099, 1, 1))
    registry.bill(flat, "60.00", item="CWF", paid="60.00")
    return flat
