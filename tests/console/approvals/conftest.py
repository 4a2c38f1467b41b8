"""A kind of paper with a chain in two steps, and the people who sign it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import translation

from kernel.access.models import User
from kernel.approvals.models import Case
from services.properties.models import Project
from tests import factories_approvals as approvals
from tests import factories_properties as registry
from tests.console.visitor import Visitor, sign_in


@dataclass
class Office:
    """One project with an applicant and two signers, each at his browser."""

    project: Project
    applicant: Visitor
    checker: Visitor
    manager: Visitor
    admin: Visitor

    def submit(self, title: str = "Refund for 1602", amount: str = "161.06", **values: Any) -> Case:
        """Submit a paper of the applicant's."""
        applicant = User.objects.get(username=self.applicant.username)
        return approvals.submit(
            approvals.as_actor(applicant),
            project_id=self.project.pk,
            title=title,
            facts={"amount": amount},
            summary={"Room": "3-2-1602"},
            text="He paid twice.",
            **values,
        )


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def office(tenant: object) -> Iterator[Office]:
    project = registry.add_project()
    with approvals.paper_kind():
        approvals.publish(
            approvals.line(approvals.step("charging_director"), approvals.step("property_manager"))
        )
        yield Office(
            project,
            sign_in("zhouting", "collector", project_id=project.pk),
            sign_in("zhaomin", "charging_director"),
            sign_in("fangqiming", "property_manager"),
            sign_in("xujing", "company_admin"),
        )
