"""Visitors of the pages of fee standards."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from services.billing.standards.models import (
    FeeStandard,
    FeeVersion,
)
from services.properties.models import Project
from tests import factories_billing as factories
from tests.console.visitor import Visitor, sign_in

FIGURES = {
    "method": "PER_AREA",
    "area_basis": "BUILT",
    "price": "3.10",
    "valid_from": "2027-02",
    "basis_note": "业主大会决议",
}


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def project(tenant: object) -> Project:
    factories.seeded()
    return factories.add_project()


@pytest.fixture
def admin(project: Project) -> Visitor:
    return sign_in("xujing", "company_admin")


@pytest.fixture
def manager(project: Project) -> Visitor:
    return sign_in("fangqiming", "property_manager")


def page_of(standard: FeeStandard) -> str:
    return reverse("fee-standards-standard", args=[standard.project_id, standard.pk])


def drafted_by(visitor: Visitor, standard: FeeStandard, **figures: Any) -> FeeVersion:
    visitor.post(page_of(standard), {**FIGURES, "version": "", "do": "save", **figures})
    return standard.versions.get(number=standard.versions.count())
