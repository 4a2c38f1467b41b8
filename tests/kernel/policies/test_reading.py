"""What counts: project before company before default, from a day on."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation
from django_tenants.utils import tenant_context

from kernel import access, policies
from kernel.access.seeding import seed_posts
from kernel.policies import PolicyUnset, operations
from kernel.policies.models import PolicyValue
from kernel.tenancy import NoCompany, public
from services.properties.operations import create_project
from tenants.companies.models import Company
from tests.factories import NOW, TODAY


def put(key: str, text: str, *, project_id: int | None = None, **values: Any) -> PolicyValue:
    return operations.set_value(
        actor=access.SYSTEM, key=key, text=text, project_id=project_id, now=NOW, today=TODAY,
        **values,
    )  # fmt: skip


@pytest.fixture
def project_id(tenant: Company) -> int:
    return create_project(actor=access.SYSTEM, code="YL", name="云麓", now=NOW).pk


def test_the_default_counts_where_nothing_is_said(tenant: Company) -> None:
    assert policies.get("meter.window_from", int) == 25
    assert policies.get("kpi.collection_rate", Decimal) == Decimal("0.95")
    assert policies.get("dunning.posting", bool) is False


def test_a_project_comes_before_the_company_before_the_default(project_id: int) -> None:
    put("billing.open_day", "12")
    assert policies.get("billing.open_day", int, project_id=project_id) == 12
    put("billing.open_day", "15", project_id=project_id)

    assert policies.get("billing.open_day", int, project_id=project_id) == 15
    assert policies.get("billing.open_day", int) == 12
    other = create_project(actor=access.SYSTEM, code="QH", name="清河", now=NOW)
    assert policies.get("billing.open_day", int, project_id=other.pk) == 12


def test_a_dated_value_counts_from_its_day_and_never_before(project_id: int) -> None:
    put("custody.fee_rate", "60%", valid_from=TODAY + timedelta(days=10))
    put("custody.fee_rate", "50%", valid_from=TODAY + timedelta(days=20))

    def rate(days: int) -> Decimal:
        day = TODAY + timedelta(days=days)
        return policies.get("custody.fee_rate", Decimal, project_id=project_id, on=day)

    assert [rate(days) for days in (-400, 0, 9, 10, 19, 20, 400)] == [
        Decimal(text) for text in ("0.7", "0.7", "0.7", "0.6", "0.6", "0.5", "0.5")
    ]


def test_a_project_gives_way_again_from_a_day_on(project_id: int) -> None:
    put("fee.due_day", "15", project_id=project_id)
    operations.clear_value(
        actor=access.SYSTEM, key="fee.due_day", project_id=project_id,
        valid_from=TODAY + timedelta(days=30), now=NOW, today=TODAY,
    )  # fmt: skip

    def due(day: date) -> int:
        return policies.get("fee.due_day", int, project_id=project_id, on=day)

    assert due(TODAY) == due(TODAY + timedelta(days=29)) == 15
    assert due(TODAY + timedelta(days=30)) == 10


def test_a_dated_setting_is_asked_for_a_day(tenant: Company) -> None:
    with pytest.raises(TypeError, match="dated"):
        policies.get("custody.fee_rate", Decimal)


@pytest.mark.parametrize("kind", [str, Decimal, bool])
def test_another_type_is_a_mistake_of_the_code(tenant: Company, kind: type[Any]) -> None:
    with pytest.raises(TypeError, match=r"meter\.window_from is no"):
        policies.get("meter.window_from", kind)


def test_an_unknown_key_is_a_mistake_of_the_code(tenant: Company) -> None:
    with pytest.raises(KeyError):
        policies.get("meter.windw_from", int)


def test_unset_refuses_and_says_who_can_set_it(tenant: Company) -> None:
    seed_posts(NOW)
    with pytest.raises(PolicyUnset) as refusal, translation.override("en"):
        policies.get("card.fee_amount", Decimal, on=TODAY)

    with translation.override("en"):
        assert str(refusal.value) == (
            "“Card fee” (card.fee_amount) is not set. It is set under Settings by:"
            " Property manager."
        )
    assert refusal.value.code == "policies.unset"
    assert refusal.value.details == {"setting": "card.fee_amount"}
    assert policies.find("card.fee_amount", Decimal, on=TODAY) is None


def test_set_it_is_there_from_its_day(tenant: Company) -> None:
    put("card.fee_amount", "20", valid_from=date(2026, 1, 1))  # nothing was computed before

    assert policies.get("card.fee_amount", Decimal, on=TODAY) == Decimal("20.00")
    with pytest.raises(PolicyUnset):
        policies.get("card.fee_amount", Decimal, on=date(2025, 12, 31))


def test_a_request_reads_once_whatever_it_asks(
    project_id: int, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1), policies.reading_once():
        for _ in range(1000):
            policies.get("fee.due_day", int, project_id=project_id, on=TODAY)
            policies.get("meter.window_to", int, project_id=project_id)


def test_what_is_written_is_read_anew_at_once(tenant: Company) -> None:
    with policies.reading_once():
        assert policies.get("billing.open_day", int) == 10
        put("billing.open_day", "12")
        assert policies.get("billing.open_day", int) == 12


def test_what_is_kept_is_each_companys_own(tenant: Company, companies: dict[str, Company]) -> None:
    with policies.reading_once():
        put("billing.open_day", "12")
        assert policies.get("billing.open_day", int) == 12
        with tenant_context(companies["beta"]):
            assert policies.get("billing.open_day", int) == 10
        assert policies.get("billing.open_day", int) == 12


def test_outside_of_a_company_there_are_no_settings(tenant: Company) -> None:
    with public(), pytest.raises(NoCompany):
        policies.get("billing.open_day", int)
