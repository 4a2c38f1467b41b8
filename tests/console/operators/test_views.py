"""The operators' pages on the public host."""

from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from console.operators import views
from kernel.access.models import User
from kernel.audit.models import AuditEntry
from kernel.jobs.models import Job
from kernel.limits import Limit
from kernel.tenancy import public, tenant_connection
from tenants.companies.models import Company, CompanyStatus, SetupStage
from tenants.operators import operations
from tenants.operators.models import OperatorAction, OperatorSession
from tests.factories import NOW, PASSWORD, add_user
from tests.factories_operators import knock

URLCONF = "config.urls_public"
FORM = {
    "name": "江海物业",
    "slug": "jianghai",
    "time_zone": "Asia/Shanghai",
    "currency": "CNY",
    "admin_name": "许静",
    "admin_username": "xujing",
    "admin_email": "xujing@example.com",
}


def url(name: str, *args: int) -> str:
    return reverse(name, args=args, urlconf=URLCONF)


@pytest.fixture
def stranger(companies: dict[str, Company]) -> Client:
    return Client(headers={"host": "test"})


@pytest.fixture
def client(stranger: Client) -> Client:
    operations.add_operator(by="test", username="ops", name="Olga", password=PASSWORD, now=NOW)
    assert knock(stranger).status_code == 302
    return stranger


def test_the_cookie_is_strict_and_not_for_scripts(client: Client) -> None:
    cookie = client.cookies["operator"]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert cookie["domain"] == ""
    assert "session" not in client.cookies


def operator_routes() -> list[str]:
    resolver = get_resolver(URLCONF)
    patterns = next(p for p in resolver.url_patterns if str(p.pattern) == "operators/")
    names = [p.name for p in patterns.url_patterns if isinstance(p, URLPattern)]  # type: ignore[union-attr]
    return [name for name in names if name and name != "operators-sign-in"]


@pytest.mark.parametrize("route", operator_routes())
@pytest.mark.parametrize("method", ["get", "post"])
def test_strangers_are_sent_to_the_door(
    stranger: Client, companies: dict[str, Company], route: str, method: str
) -> None:
    takes_id = route not in {"operators", "operators-log", "operators-new", "operators-sign-out"}
    address = url(route, *([companies["alpha"].pk] if takes_id else []))

    response = getattr(stranger, method)(address)

    assert response.status_code in {302, 405}
    if response.status_code == 302:
        assert response.headers["Location"] == "/operators/sign-in/"
    assert Company.objects.get(slug="alpha").status == CompanyStatus.ACTIVE


def test_a_companys_session_is_nothing_here_and_no_error(
    stranger: Client, companies: dict[str, Company]
) -> None:
    tenant_connection.set_tenant(companies["alpha"])
    user = add_user("wang")
    at_alpha = Client(headers={"host": "alpha.test"})
    at_alpha.force_login(user)
    stranger.cookies["session"] = at_alpha.cookies["session"].value
    stranger.cookies["operator"] = at_alpha.cookies["session"].value

    assert stranger.get("/").status_code == 200
    assert stranger.get(url("operators")).status_code == 302


def test_operators_pages_are_not_on_a_companys_host(client: Client) -> None:
    assert client.get("/operators/", headers={"host": "alpha.test"}).status_code == 404


def test_a_form_without_its_token_is_refused(companies: dict[str, Company]) -> None:
    strict = Client(headers={"host": "test"}, enforce_csrf_checks=True)
    operations.add_operator(by="test", username="ops", name="Olga", password=PASSWORD, now=NOW)

    response = strict.post(url("operators-sign-in"), {"username": "ops", "password": PASSWORD})

    assert response.status_code == 403
    assert OperatorSession.objects.count() == 0


def test_one_address_cannot_try_for_ever(stranger: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    operations.add_operator(by="test", username="ops", name="Olga", password=PASSWORD, now=NOW)
    monkeypatch.setattr(views, "FAILURES_OF_ADDRESS", Limit("test", 2, 60))
    wrong = {"username": "nobody", "password": "wrong"}
    for _ in range(2):
        stranger.post(url("operators-sign-in"), wrong)

    response = stranger.post(url("operators-sign-in"), {"username": "ops", "password": PASSWORD})

    assert response.status_code == 422
    assert "operator" not in stranger.cookies


@pytest.mark.parametrize(
    ("networks", "address", "status"),
    [
        ([], "203.0.113.9", 200),
        (["10.8.0.0/16"], "10.8.3.4", 200),
        (["10.8.0.0/16"], "203.0.113.9", 404),
        (["10.8.0.0/16"], "", 404),
    ],
)
def test_the_door_is_shown_to_the_networks_of_operators_only(
    stranger: Client, settings: Any, networks: list[str], address: str, status: int
) -> None:
    settings.OPERATOR_NETWORKS = networks

    response = stranger.get(url("operators-sign-in"), REMOTE_ADDR=address)

    assert response.status_code == status


def test_a_company_is_created_and_its_page_asks_until_it_is_done(client: Client) -> None:
    response = client.post(url("operators-new"), FORM)

    company = Company.objects.get(slug="jianghai")
    assert response.headers["Location"] == url("operators-company", company.pk)
    page = client.get(url("operators-company", company.pk)).content.decode()
    assert 'data-poll="1000"' in page
    assert "Waiting for a worker" in page
    assert OperatorAction.objects.latest("pk").operator == "ops"

    Company.objects.filter(pk=company.pk).update(stage=SetupStage.CONTENT)
    assert 'class="done"' in client.get(url("operators-progress", company.pk)).content.decode()

    Company.objects.filter(pk=company.pk).update(status=CompanyStatus.ACTIVE)
    assert "data-poll" not in client.get(url("operators-progress", company.pk)).content.decode()


def test_the_company_starts_from_the_ladder_that_the_operator_chooses(client: Client) -> None:
    page = client.get(url("operators-new")).content.decode()
    client.post(url("operators-new"), FORM | {"ladder": "C"})

    assert [key for key in "ABCDE" if f'<option value="{key}">{key} · ' in page] == list("ABCDE")
    assert '<option value="" selected>' in page
    company = Company.objects.get(slug="jianghai")
    assert company.ladder == "C"
    assert OperatorAction.objects.latest("pk").data == {"slug": "jianghai", "ladder": "C"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"slug": "alpha"}, "slug"),
        ({"slug": "www"}, "slug"),
        ({"admin_email": "x"}, "admin_email"),
        ({"domain": "beta.test"}, "domain"),
        ({"name": ""}, "name"),
        ({"ladder": "F"}, "ladder"),
    ],
)
def test_a_refused_company_is_told_where(
    client: Client, change: dict[str, str], field: str
) -> None:
    response = client.post(url("operators-new"), FORM | change)

    assert response.status_code == 422
    assert f'id="id_{field}_error"' in response.content.decode()
    assert Company.objects.count() == 2


def test_a_failed_set_up_shows_its_reason_and_is_retried(
    client: Client, companies: dict[str, Company]
) -> None:
    pk = companies["alpha"].pk
    Company.objects.filter(pk=pk).update(
        status=CompanyStatus.FAILED, stage=SetupStage.SCHEMA, error="no <space> left"
    )

    page = client.get(url("operators-company", pk)).content.decode()
    assert "no &lt;space&gt; left" in page
    client.post(url("operators-retry", pk))

    assert Company.objects.get(pk=pk).status == CompanyStatus.PROVISIONING


def test_suspending_takes_effect_at_the_next_request(
    client: Client, companies: dict[str, Company]
) -> None:
    pk = companies["alpha"].pk
    visitor = Client(headers={"host": "alpha.test"})
    assert visitor.get("/sign-in/").status_code == 200

    assert client.post(url("operators-suspend", pk), {"reason": ""}).status_code == 422
    assert visitor.get("/sign-in/").status_code == 200
    client.post(url("operators-suspend", pk), {"reason": "unpaid"})

    assert visitor.get("/sign-in/").status_code == 404
    assert client.post(url("operators-suspend", pk), {"reason": "x"}).status_code == 409
    assert "unpaid" in client.get(url("operators-company", pk)).content.decode()
    client.post(url("operators-resume", pk))
    assert visitor.get("/sign-in/").status_code == 200


def test_the_first_administrator_is_invited_again_until_he_has_a_password(
    client: Client, companies: dict[str, Company]
) -> None:
    alpha = companies["alpha"]
    Company.objects.filter(pk=alpha.pk).update(admin_username="xujing")
    tenant_connection.set_tenant(alpha)
    user = add_user("xujing", email="wrong@example.com")
    user.set_unusable_password()
    user.save()

    response = client.post(url("operators-invite", alpha.pk), {"email": "right@example.com"})

    assert response.headers["Location"].endswith("?done=invited")
    tenant_connection.set_tenant(alpha)
    user = User.objects.get()
    assert user.email == "right@example.com"
    assert Job.objects.count() == 1
    # Whoever gets the link is the company's master: both sides know that the address changed.
    assert AuditEntry.objects.get(event="access.user.changed").data == {"fields": ["email"]}
    with public():
        action = OperatorAction.objects.get(event="company.administrator-invited")
    assert action.data == {"to_another_address": True}
    user.set_password(PASSWORD)
    user.save()
    refused = client.post(url("operators-invite", alpha.pk), {"email": "thief@example.com"})
    assert refused.status_code == 422
    tenant_connection.set_tenant(alpha)
    assert User.objects.get().email == "right@example.com"


def test_lists_are_searched_and_paged(client: Client, django_assert_max_num_queries: Any) -> None:
    Company.objects.bulk_create(
        Company(schema_name=f"t_{n:010d}", slug=f"firm{n}", name=f"Firm {n}", created_at=NOW)
        for n in range(60)
    )

    with django_assert_max_num_queries(6):
        page = client.get(url("operators")).content.decode()
    assert page.count("/operators/companies/") == 51
    assert "firm7<" in client.get(url("operators"), {"q": "firm7"}).content.decode()
    assert "alpha" not in client.get(url("operators"), {"status": "FAILED"}).content.decode()
    assert client.get(url("operators"), {"q": "\x00", "page": "x"}).status_code == 200


def test_the_log_names_who_did_what(client: Client, companies: dict[str, Company]) -> None:
    client.post(url("operators-suspend", companies["alpha"].pk), {"reason": "unpaid"})

    page = client.get(url("operators-log")).content.decode()

    assert "Company suspended" in page
    assert "unpaid" in page
    assert "Alpha" in page
