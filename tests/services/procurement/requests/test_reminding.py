"""PR-81: who asks for purchases is reminded before the cut-off of class A, once a month."""

from datetime import UTC, datetime

import pytest

from kernel.access import SYSTEM
from kernel.notifications.models import Notification
from kernel.policies.operations import set_value
from services.procurement.requests import operations
from tests.factories import NOW, TODAY, add_actor
from tests.factories_procurement_requests import Office, open_office

pytestmark = pytest.mark.usefixtures("tenant")


@pytest.fixture
def office() -> Office:
    return open_office()


def remind(day: int, month: int = 11) -> int:
    return operations.remind_of_plans(now=datetime(2026, month, day, 2, 0, tzinfo=UTC))


def told() -> set[int]:
    return set(
        Notification.objects.filter(kind="procurement.plans-due").values_list("user_id", flat=True)
    )


def test_five_days_before_the_cut_off_and_once(office: Office) -> None:
    assert [remind(day) for day in (1, 19)] == [0, 0]

    assert remind(20) == 2  # who asks in the project, and the property manager

    assert told() == {office.asker.user_id, office.manager.user_id}
    notice = Notification.objects.filter(kind="procurement.plans-due").earliest("pk")
    assert "2026-11-25" in notice.subject
    assert [remind(day) for day in (20, 21, 25)] == [0, 0, 0]
    assert remind(20, month=12) == 2


def test_also_where_the_day_was_missed_but_not_after_it(office: Office) -> None:
    assert remind(25) == 2
    assert remind(26, month=12) == 0
    assert told() == {office.asker.user_id, office.manager.user_id}


def test_the_cut_off_is_the_companys(office: Office) -> None:
    set_value(actor=SYSTEM, key="purchase.a_cutoff_day", text="10", now=NOW, today=TODAY)

    assert [remind(day, month=12) for day in (4, 5, 20)] == [0, 2, 0]


def test_only_who_asks_is_told(office: Office) -> None:
    keeper = add_actor("cangguan", "materials_keeper", project_id=office.project.pk)

    remind(20)

    assert keeper.user_id not in told()
    assert office.buyer.user_id not in told()
