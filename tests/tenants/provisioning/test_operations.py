"""Entering, suspending and resuming companies, without their set-up."""

from typing import Any

import pytest
from django.test import Client

from kernel.errors import DomainError, NotFound
from tenants.companies.models import Company, CompanyStatus, Domain, SetupStage
from tenants.companies.queries import primary_domain
from tenants.companies.rules import DomainInvalid, SlugReserved
from tenants.operators.models import OperatorAction
from tenants.provisioning import operations
from tests.factories import NOW

FACTS: dict[str, Any] = {
    "by": "ops",
    "slug": "jianghai",
    "name": "江海物业",
    "admin_username": "xujing",
    "admin_name": "许静",
    "admin_email": "xujing@example.com",
    "now": NOW,
}


def test_a_company_is_entered_with_its_host_name_and_waits(db: None) -> None:
    company = operations.create_company(**FACTS)

    assert company.status == CompanyStatus.PROVISIONING
    assert company.stage == SetupStage.WAITING
    assert company.schema_name.startswith("t_")
    assert "jianghai" not in company.schema_name
    assert list(Domain.objects.filter(tenant=company).values_list("domain", "is_primary")) == [
        ("jianghai.test", True)
    ]
    action = OperatorAction.objects.get()
    assert (action.operator, action.event, action.company_id) == (
        "ops",
        "company.created",
        company.pk,
    )


def test_a_ladder_that_is_chosen_waits_with_the_company_and_is_logged(db: None) -> None:
    company = operations.create_company(**FACTS, ladder="D")

    assert Company.objects.get(pk=company.pk).ladder == "D"
    assert OperatorAction.objects.get().data == {"slug": "jianghai", "ladder": "D"}


def test_the_customers_own_host_name_is_the_primary_one(db: None) -> None:
    company = operations.create_company(**FACTS, domain="wy.jianghai.cn")

    assert primary_domain(company_id=company.pk) == "wy.jianghai.cn"
    assert Domain.objects.filter(tenant=company).count() == 2
    assert Domain.objects.filter(tenant=company, is_primary=True).count() == 1


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"slug": "www"}, SlugReserved),
        ({"slug": "alpha"}, operations.SlugTaken),
        ({"domain": "beta.test"}, DomainInvalid),
        ({"domain": "wy.alpha.cn"}, operations.DomainTaken),
        ({"name": "  "}, operations.CompanyIncomplete),
        ({"admin_username": ""}, operations.CompanyIncomplete),
        ({"admin_name": ""}, operations.CompanyIncomplete),
        ({"admin_email": "nobody"}, operations.CompanyIncomplete),
        ({"admin_email": "a@b.cn\nBcc: c@d.cn"}, operations.CompanyIncomplete),
        ({"time_zone": "Asia/Nowhere"}, operations.CompanyIncomplete),
        ({"currency": "元"}, operations.CompanyIncomplete),
        ({"ladder": "F"}, operations.CompanyIncomplete),
    ],
)
def test_a_refused_company_leaves_nothing(
    companies: dict[str, Company], change: dict[str, str], error: type[DomainError]
) -> None:
    Domain(tenant=companies["alpha"], domain="wy.alpha.cn", is_primary=False).save()

    with pytest.raises(error) as refused:
        operations.create_company(**FACTS | change)

    assert refused.value.field in change
    assert Company.objects.count() == 2
    assert Domain.objects.count() == 3
    assert OperatorAction.objects.count() == 0


def test_a_suspended_company_answers_like_an_unknown_host(
    companies: dict[str, Company], client: Client
) -> None:
    unknown = client.get("/", headers={"host": "nobody.test"})
    company = operations.suspend_company(
        by="ops", company_id=companies["alpha"].pk, reason="unpaid", now=NOW
    )

    answer = client.get("/", headers={"host": "alpha.test"})

    assert company.status == CompanyStatus.SUSPENDED
    assert answer.status_code == unknown.status_code == 404
    assert answer.content == unknown.content == b"Not Found"
    ids = {"X-Request-ID"}
    assert {k: v for k, v in answer.headers.items() if k not in ids} == {
        k: v for k, v in unknown.headers.items() if k not in ids
    }

    operations.resume_company(by="ops", company_id=company.pk, now=NOW)

    assert client.get("/", headers={"host": "alpha.test"}).content != b"Not Found"
    assert list(OperatorAction.objects.order_by("pk").values_list("event", flat=True)) == [
        "company.suspended",
        "company.resumed",
    ]


def test_suspending_needs_a_reason_and_an_active_company(companies: dict[str, Company]) -> None:
    pk = companies["alpha"].pk

    with pytest.raises(operations.ReasonMissing):
        operations.suspend_company(by="ops", company_id=pk, reason=" ", now=NOW)
    with pytest.raises(NotFound):
        operations.suspend_company(by="ops", company_id=0, reason="x", now=NOW)
    operations.suspend_company(by="ops", company_id=pk, reason="x", now=NOW)
    with pytest.raises(operations.StatusDiffers):
        operations.suspend_company(by="ops", company_id=pk, reason="y", now=NOW)

    assert Company.objects.get(pk=pk).suspended_reason == "x"
    assert OperatorAction.objects.count() == 1


@pytest.mark.parametrize("status", [CompanyStatus.ACTIVE, CompanyStatus.SUSPENDED])
def test_only_a_failed_set_up_is_retried(
    companies: dict[str, Company], status: CompanyStatus
) -> None:
    Company.objects.filter(slug="alpha").update(status=status)

    with pytest.raises(operations.StatusDiffers):
        operations.retry_setup(by="ops", company_id=companies["alpha"].pk, now=NOW)
    with pytest.raises(operations.StatusDiffers):
        operations.resume_company(by="ops", company_id=companies["beta"].pk, now=NOW)


def test_the_set_up_is_sent_only_when_the_company_is_committed(
    db: None, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    sent: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(
        "celery.current_app.send_task", lambda name, kwargs: sent.append((name, kwargs))
    )

    with django_capture_on_commit_callbacks() as callbacks:
        company = operations.create_company(**FACTS)
        assert sent == []
    for callback in callbacks:
        callback()

    assert sent == [(operations.SETUP_TASK, {"company_id": company.pk, "schema": "public"})]
