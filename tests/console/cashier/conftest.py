from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kernel.access.models import User
from kernel.access.operations import set_preferences
from kernel.tenancy import company_time_zone
from services.properties.models import Household
from tenants.companies.models import Company
from tests.console.browser import Browser
from tests.console.lists.conftest import signed_in
from tests.factories_cashier import Bill, Counter, add_household, open_counter, post_bills


def present() -> date:
    """Return the day that the pages take for today: they read the clock."""
    return timezone.localdate(timezone=company_time_zone())


@pytest.fixture
def counter(tenant: Company) -> Counter:
    return open_counter()


@pytest.fixture
def household(counter: Counter) -> Household:
    """Owes 331.41 for 40 days, and 331.41 and 60.00 that are due in ten: 722.82."""
    household = add_household(counter.project)
    today = present()
    before = (today - timedelta(days=40)).replace(day=1)
    post_bills(
        household,
        [
            Bill("331.41", period=before, due_on=today - timedelta(days=40)),
            Bill("331.41", period=today.replace(day=1), due_on=today + timedelta(days=10)),
            Bill("60.00", "CWF", period=today.replace(day=1), due_on=today + timedelta(days=10)),
        ],
    )
    return household


@pytest.fixture
def client(counter: Counter) -> Client:
    """The collector's browser, in English."""
    return browser_of("zhouting")


@pytest.fixture
def director(counter: Counter) -> Client:
    return signed_in("zhaomin", "charging_director")


def browser_of(username: str) -> Client:
    user = User.objects.get(username=username)
    set_preferences(user_id=user.pk, language="en")
    client = Browser(headers={"host": "alpha.test"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
