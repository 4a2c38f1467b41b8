"""Whose a record is, and what it takes: a project's, or the company's own."""

from collections.abc import Callable

import pytest

from kernel.access import Action, ActionDenied, Actor, Grant
from kernel.errors import NotFound
from services.procurement.scope import projects_with, require_for, require_of
from services.properties.models import Project
from tests.factories_properties import add_project

Require = Callable[[Actor, Action, int | None], None]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]


@pytest.fixture
def project() -> Project:
    return add_project()


def holder(action: Action, project_id: int | None) -> Actor:
    return Actor(label="test", user_id=1, grants=frozenset({Grant(action, project_id)}))


@pytest.mark.parametrize("require", [require_of, require_for])
class TestScope:
    def test_who_holds_it_everywhere_may_it_for_the_company(self, require: Require) -> None:
        require(holder(Action.PURCHASE_VIEW, None), Action.PURCHASE_VIEW, None)

    def test_who_holds_it_in_a_project_may_it_there_and_not_for_the_company(
        self,
        require: Require,
        project: Project,
    ) -> None:
        one = holder(Action.PURCHASE_VIEW, project.pk)

        require(one, Action.PURCHASE_VIEW, project.pk)
        with pytest.raises(ActionDenied):
            require(one, Action.PURCHASE_VIEW, None)

    def test_another_project_is_not_there_for_him(self, require: Require, project: Project) -> None:
        other = add_project("B", "乙苑")

        with pytest.raises(NotFound):
            require(holder(Action.PURCHASE_VIEW, project.pk), Action.PURCHASE_VIEW, other.pk)

    def test_in_sight_without_the_action_he_is_told(
        self, require: Require, project: Project
    ) -> None:
        with pytest.raises(ActionDenied):
            require(holder(Action.BILL_VIEW, project.pk), Action.PURCHASE_VIEW, project.pk)


def test_a_new_record_is_made_in_no_project_that_is_not_there() -> None:
    with pytest.raises(NotFound):
        require_for(holder(Action.PURCHASE_VIEW, None), Action.PURCHASE_VIEW, 999_999)


def test_whoever_buys_sees_the_projects_he_buys_for(project: Project) -> None:
    other = add_project("B", "乙苑")

    def seen(project_id: int | None) -> list[int]:
        found = projects_with(holder(Action.PURCHASE_BUY, project_id), Action.PURCHASE_BUY)
        return [one.pk for one in found]

    assert sorted(seen(None)) == sorted([project.pk, other.pk])
    assert seen(project.pk) == [project.pk]
    assert not projects_with(holder(Action.BILL_VIEW, None), Action.PURCHASE_BUY).exists()
