import pytest

from tenants.companies.rules import (
    RESERVED_SLUGS,
    DomainInvalid,
    SlugInvalid,
    SlugReserved,
    check_domain,
    check_slug,
)


@pytest.mark.parametrize("slug", ["qinghe", "jiang-hai", "abc", "wuye2026", "a" * 40])
def test_a_host_label_is_a_short_name(slug: str) -> None:
    check_slug(slug)


@pytest.mark.parametrize(
    "slug",
    [
        "",
        "ab",
        "a" * 41,
        "Qinghe",
        "qing_he",
        "qing.he",
        "qing--he",  # the third and fourth character of punycode names
        "xn--fiq228c",
        "-qinghe",
        "qinghe-",
        "1qinghe",
        "青禾",
        "ｑｉｎｇｈｅ",
        "qinghe\n",
        "../etc",
        "a b c",
    ],
)
def test_anything_else_is_refused(slug: str) -> None:
    with pytest.raises(SlugInvalid) as refused:
        check_slug(slug)
    assert refused.value.field == "slug"


@pytest.mark.parametrize("slug", ["www", "api", "admin", "operators", "mail", "autodiscover"])
def test_names_of_the_platform_are_reserved(slug: str) -> None:
    with pytest.raises(SlugReserved):
        check_slug(slug)


def test_the_list_of_reserved_names_is_long_and_well_formed() -> None:
    assert len(RESERVED_SLUGS) >= 200
    assert all(name == name.lower().strip() for name in RESERVED_SLUGS)


@pytest.mark.parametrize("domain", ["service.example.com", "wy.qinghe.cn", "a-b.example.com"])
def test_a_customers_host_name_is_accepted(domain: str) -> None:
    check_domain(domain, "guanjia.example")


@pytest.mark.parametrize(
    "domain",
    [
        "",
        "localhost",
        "Example.com",
        "example..com",
        "-a.example.com",
        "example.com:8000",
        "example.com.",
        "guanjia.example",
        "jianghai.guanjia.example",
        "http://example.com",
        f"{'a' * 64}.com",
    ],
)
def test_no_host_name_or_one_of_ours_is_refused(domain: str) -> None:
    with pytest.raises(DomainInvalid):
        check_domain(domain, "guanjia.example")
