"""Keys, tokens and ciphertext carry the company."""

import pytest
from django.core.cache import cache
from django_tenants.utils import schema_context, tenant_context

from kernel import crypto, tenancy
from tenants.companies.models import Company


def test_a_signed_token_is_void_in_another_company(
    tenant: Company, companies: dict[str, Company]
) -> None:
    token = tenancy.sign({"user": 7}, purpose="invite")

    assert tenancy.unsign(token, purpose="invite", max_age_seconds=60) == {"user": 7}
    with tenant_context(companies["beta"]), pytest.raises(tenancy.SignatureInvalid):
        tenancy.unsign(token, purpose="invite", max_age_seconds=60)
    with pytest.raises(tenancy.SignatureInvalid):
        tenancy.unsign(token, purpose="reset", max_age_seconds=60)


def test_a_cached_value_is_not_seen_by_another_company(
    tenant: Company, companies: dict[str, Company]
) -> None:
    cache.set("greeting", "alpha's")

    with tenant_context(companies["beta"]):
        assert cache.get("greeting") is None
    assert cache.get("greeting") == "alpha's"


def test_ciphertext_opens_in_its_company_only(
    tenant: Company, companies: dict[str, Company]
) -> None:
    token = crypto.encrypt("13812346027")

    assert crypto.decrypt(token) == "13812346027"
    assert "13812346027" not in token
    assert crypto.encrypt("13812346027") != token
    with tenant_context(companies["beta"]), pytest.raises(crypto.NotReadable):
        crypto.decrypt(token)


def test_the_blind_index_finds_equals_in_one_company_and_links_nobody_across(
    tenant: Company, companies: dict[str, Company]
) -> None:
    index = crypto.blind_index("13812346027")

    assert crypto.blind_index("13812346027") == index
    with tenant_context(companies["beta"]):
        assert crypto.blind_index("13812346027") != index
    assert crypto.blind_index("") == crypto.encrypt("") == crypto.decrypt("") == ""


def test_the_company_is_found_when_only_its_schema_was_set(companies: dict[str, Company]) -> None:
    with schema_context(companies["beta"].schema_name):
        assert tenancy.current_company().slug == "beta"
        assert str(tenancy.company_time_zone()) == "Asia/Shanghai"


def test_there_is_no_company_in_public(db: None) -> None:
    with pytest.raises(tenancy.NoCompany):
        tenancy.current_company()
