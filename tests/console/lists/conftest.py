from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from services.properties.models import Building, Household, Project, Unit
from tenants.companies.models import Company
from tests import factories
from tests.console.browser import browser_of

# code, kind, state, area, handed over, note, active
ROWS = [
    ("1-101", "RESIDENCE", "OWNER_OCCUPIED", "90.50", date(2021, 6, 18), "", True),
    ("1-102", "RESIDENCE", "VACANT", "120.00", date(2021, 7, 1), "corner flat", True),
    ("1-103", "SHOP", "LEASED", "45.25", None, "=1+1", True),
    ("2-101", "RESIDENCE", "VACANT", None, date(2022, 1, 1), "＝1+1", False),
    ("2-102", "PARKING", "UNSOLD", "12.00", None, "-2+3", True),
]


@pytest.fixture
def project(tenant: Company) -> Project:
    project = Project.objects.create(code="YL", name="Yunlu Garden", created_at=factories.NOW)
    buildings = {
        code: Building.objects.create(
            project=project, code=code, name=f"Building {code}", sort_key=f"{code:0>5}"
        )
        for code in ("1", "2")
    }
    for code, kind, state, area, day, note, active in ROWS:
        household = Household.objects.create(project=project, code=code, label=code, sort_key=code)
        Unit.objects.create(
            project=project,
            building=buildings[code[0]],
            household=household,
            kind=kind,
            state=state,
            number=code[2:],
            code=code,
            label=code,
            sort_key=code,
            built_area=Decimal(area) if area else None,
            handed_over_on=day,
            note=note,
            is_active=active,
        )
    return project


@pytest.fixture
def url(project: Project) -> str:
    return f"/p/{project.pk}/units/"


def signed_in(username: str, post: str, project_id: int | None = None) -> Client:
    """Return a browser in which a new person with this post has signed in, in English."""
    factories.add_actor(username, post, project_id=project_id)
    return browser_of(username)


@pytest.fixture
def director(project: Project) -> Client:
    return signed_in("zhaomin", "charging_director")


@pytest.fixture
def admin(project: Project) -> Client:
    return signed_in("xujing", "company_admin")
