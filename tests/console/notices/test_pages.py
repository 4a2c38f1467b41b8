"""One's notices, what of them comes by mail, and the company's own words for them."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kernel.access import operations as people
from kernel.access.models import User
from kernel.notifications import operations, registry
from kernel.notifications.models import Notification, Preference, QuietHours, Wording
from kernel.tenancy import tenant_connection
from kernel.text import _
from tenants.companies.models import Company
from tests.factories import NOW, add_actor

NOTICE = registry.Notice(
    key="test.waiting",
    name=_("Waiting"),
    subject="%(title)s waits",  # type: ignore[arg-type]
    text="From %(by)s.",  # type: ignore[arg-type]
    fields={"title": _("Title"), "by": _("By")},
)


@pytest.fixture
def client(tenant: Company) -> Any:
    """Signed in as the administrator, in English."""
    registry.register(NOTICE)
    actor = add_actor("xujing", "company_admin")
    people.set_preferences(user_id=actor.user_id or 0, language="en")
    client = Client(headers={"host": "alpha.test"})
    client.force_login(User.objects.get())
    yield client
    del registry._NOTICES[NOTICE.key]


def tell(title: str, url: str = "/c/account/") -> Notification:
    (told,) = operations.notify(
        kind=NOTICE.key,
        to=[User.objects.get(username="xujing").pk],
        url=url,
        context={"title": title, "by": "Li"},
        now=NOW,
    )
    return told


def test_a_notice_is_unread_until_it_is_opened(client: Client, tenant: Company) -> None:
    told = tell("Waiver")
    page = client.get(reverse("notices")).content.decode()
    opened = client.post(reverse("notices-open", args=[told.pk]))
    after = client.get(reverse("notices")).content.decode()

    assert "Waiver waits" in page
    assert "Notices, 1 unread" in page
    assert opened.headers["Location"] == "/c/account/"
    assert "Notices, 1 unread" not in after


def test_a_notice_never_leads_to_another_site(client: Client) -> None:
    told = tell("Waiver", url="//evil.example/x")

    assert client.post(reverse("notices-open", args=[told.pk])).headers["Location"] == "/c/notices/"


def test_anothers_notice_is_not_found(client: Client, tenant: Company) -> None:
    told = tell("Waiver")
    other = add_actor("li", "collector")
    client.force_login(User.objects.get(pk=other.require_person()))

    assert client.post(reverse("notices-open", args=[told.pk])).status_code == 404
    tenant_connection.set_tenant(tenant)
    assert Notification.objects.get().read_at is None


def test_older_notices_are_a_page_further(client: Client) -> None:
    for number in range(51):
        tell(f"N{number:02}")

    first = client.get(reverse("notices"))
    second = client.get(reverse("notices"), {"before": first.context["older"]})

    assert len(first.context["notices"]) == 50
    assert [each.subject for each in second.context["notices"]] == ["N00 waits"]


def test_the_list_takes_the_same_queries_however_many_notices(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        tell(f"N{number}")

    with django_assert_max_num_queries(12):
        client.get(reverse("notices"))


def test_choices_and_quiet_hours_are_kept(client: Client, tenant: Company) -> None:
    form = {"mail": [], "starts_at": "22:00", "ends_at": "07:00"}
    answer = client.post(reverse("notices-choices"), form)
    half = client.post(reverse("notices-choices"), {"starts_at": "22:00", "ends_at": ""})

    assert answer.status_code == 302
    assert half.status_code == 422
    tenant_connection.set_tenant(tenant)
    assert Preference.objects.get(kind=NOTICE.key).by_mail is False
    assert f"{QuietHours.objects.get().starts_at:%H:%M}" == "22:00"


def test_a_notice_of_ones_own_sign_in_has_no_box(client: Client) -> None:
    page = client.get(reverse("notices-choices")).content.decode()

    assert f'name="mail" value="{NOTICE.key}"' in page
    assert 'value="access.password-reset"' not in page
    assert "Always" in page


def test_the_company_changes_and_restores_its_words(client: Client, tenant: Company) -> None:
    address = reverse("notice-words-edit", args=["zh-hans", NOTICE.key])
    refused = client.post(address, {"subject": "%(nothing)s", "text": ""})
    saved = client.post(address, {"subject": "待办:%(title)s", "text": ""})
    page = client.get(reverse("notice-words"), {"language": "zh-hans"}).content.decode()
    sheet = client.get(address).content.decode()
    restored = client.post(reverse("notice-words-restore", args=["zh-hans", NOTICE.key]))

    assert refused.status_code == 422
    assert saved.status_code == restored.status_code == 302
    assert "待办:" in page
    assert "%(title)s" in sheet
    tenant_connection.set_tenant(tenant)
    assert Wording.objects.count() == 0


@pytest.mark.parametrize("address", ["/c/notice-words/fr/test.waiting/", "/c/notice-words/en/no/"])
def test_words_that_there_are_none_of_are_not_found(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_the_log_shows_every_mail(client: Client, tenant: Company) -> None:
    user = User.objects.get()
    user.email = "xujing@example.com"
    user.save()
    tell("Waiver")

    page = client.get(reverse("notice-log")).content.decode()

    assert "Waiver waits" in page
    assert "Waiting" in page
