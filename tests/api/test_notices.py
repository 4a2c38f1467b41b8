"""One's own notices and choices for programs."""

import pytest

from kernel.access.models import User
from kernel.notifications.models import Notification
from tenants.companies.models import Company
from tests.api.client import Api, refusal, sign_in
from tests.factories import NOW, add_user


@pytest.fixture
def api(tenant: Company) -> Api:
    return sign_in("wang", ("collector", None))


def tell(user_id: int, subject: str) -> Notification:
    return Notification.objects.create(
        user_id=user_id, kind="test.waiting", subject=subject, created_at=NOW
    )


def test_one_reads_and_marks_only_ones_own_notices(api: Api) -> None:
    wang, li = User.objects.get(username="wang"), add_user("li")
    own, other = tell(wang.pk, "Own"), tell(li.pk, "Other")

    found = api("GET", "notices/?unread=true").json()["results"]
    answer = api("POST", "notices/read/", {"ids": [own.pk, other.pk]})

    assert [each["subject"] for each in found] == ["Own"]
    assert answer.json() == {"read": 1}
    assert api("GET", "notices/?unread=true").json()["results"] == []
    assert len(api("GET", "notices/?unread=false").json()["results"]) == len(found)
    assert api("GET", "notices/?unread=7").status_code == 400
    assert api("POST", "notices/read/", {}).json() == {"read": 0}
    other.refresh_from_db()
    assert other.read_at is None


def test_choices_are_kept_and_checked(api: Api) -> None:
    kept = api(
        "PUT",
        "notices/choices/",
        {"by_mail": [], "quiet_from": "22:00", "quiet_until": "07:00"},
    ).json()
    half = api("PUT", "notices/choices/", {"by_mail": [], "quiet_from": "21:00"})

    assert (kept["quiet_from"], kept["quiet_until"]) == ("22:00", "07:00")
    assert all(kind["by_mail"] == kind["is_security"] for kind in kept["kinds"])
    assert any(kind["is_security"] for kind in kept["kinds"])
    assert refusal(half) == (422, "notifications.quiet-hours-invalid")
    assert api("GET", "notices/choices/").json() == kept
    assert api("PUT", "notices/choices/", {"by_mail": [], "quiet_from": "25:00"}).status_code == 400
