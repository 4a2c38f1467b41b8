"""What a company starts with, by two who seed it at once: both have looked before either writes."""

from threading import Barrier
from typing import Any

import pytest
from django.db.models import QuerySet

from kernel.seeds import Seed
from services.procurement.catalogue.models import Category
from services.procurement.catalogue.seeding import CATEGORIES, seed_categories
from services.procurement.vendors.models import PaperKind
from services.procurement.vendors.seeding import KINDS, seed_paper_kinds
from tenants.companies.models import Company
from tests.factories import NOW
from tests.threads import PATIENCE, at_once


def seed_twice(company: Company, seed: Seed, monkeypatch: pytest.MonkeyPatch) -> None:
    honest, both = QuerySet.bulk_create, Barrier(2)

    def bulk_create(rows: QuerySet[Any], *values: Any, **options: Any) -> list[Any]:
        both.wait(PATIENCE)
        return honest(rows, *values, **options)

    with monkeypatch.context() as patch:
        patch.setattr(QuerySet, "bulk_create", bulk_create)
        answers = at_once(company, [lambda: seed(NOW)] * 2)
    assert answers == [None, None]


def test_categories(committed_tenant: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    seed_twice(committed_tenant, seed_categories, monkeypatch)

    parents = dict(Category.objects.values_list("code", "parent__code"))
    assert parents == {entry.code: entry.parent or None for entry in CATEGORIES}


def test_kinds_of_papers(committed_tenant: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    seed_categories(NOW)

    seed_twice(committed_tenant, seed_paper_kinds, monkeypatch)

    found = {
        kind.key: set(kind.categories.values_list("code", flat=True))
        for kind in PaperKind.objects.all()
    }
    assert found == {entry.key: set(entry.categories) for entry in KINDS}
