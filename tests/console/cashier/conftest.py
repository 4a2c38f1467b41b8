from datetime import timedelta

import pytest
from django.test import Client

from kernel.access.models import User
from kernel.access.operations import set_preferences
from services.properties.models import Household
from tenants.companies.models import Company
from tests.console.browser import Browser
from tests.console.lists.conftest import signed_in
from tests.factories import NOW, TODAY
from tests.factories_cashier import Bill, Counter, add_household, open_counter, post_bills


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages read the clock: it is 10:00 on 9 November in Shanghai."""
    monkeypatch.setattr("console.views.timezone.now", lambda: NOW)


@pytest.fixture
def counter(tenant: Company) -> Counter:
    return open_counter()


@pytest.fixture
def household(counter: Counter) -> Household:
    """Owes 331.41 for 40 days, and 331.41 and 60.00 that are due in ten: 722.82."""
    household = add_household(counter.project)
    before, due = (TODAY - timedelta(days=40)).replace(day=1), TODAY + timedelta(days=10)
    post_bills(
        household,
        [
            Bill("331.41", period=before, due_on=TODAY - timedelta(days=40)),
            Bill("331.41", period=TODAY.replace(day=1), due_on=due),
            Bill("60.00", "CWF", period=TODAY.replace(day=1), due_on=due),
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
