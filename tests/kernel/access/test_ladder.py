"""Who holds a post for a project, who leads whom, who heads a department."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from kernel import access
from kernel.access import departments, operations, queries
from kernel.access.models import Department, Post, User
from kernel.access.posts import DepartmentUnknown
from kernel.errors import NotFound
from services.properties.operations import create_project
from tenants.companies.models import Company
from tests.factories import NOW, TODAY, add_actor, add_user, hold_post


@pytest.fixture
def admin(tenant: Company) -> access.Actor:
    return add_actor("xujing", "company_admin")


@pytest.fixture
def projects(admin: access.Actor) -> tuple[int, int]:
    one, two = (
        create_project(actor=access.SYSTEM, code=code, name=code, now=NOW) for code in ("PA", "PB")
    )
    return one.pk, two.pk


def person(name: str, *posts: tuple[str, int | None]) -> User:
    user = add_user(name)
    for post, project_id in posts:
        hold_post(user, post, project_id)
    return user


def names(users: list[User]) -> list[str]:
    return [user.username for user in users]


def test_a_post_of_the_company_counts_in_every_project(projects: tuple[int, int]) -> None:
    one, two = projects
    person("here", ("collector", one))
    person("there", ("collector", two))
    person("all", ("collector", None))
    person("both", ("collector", one), ("collector", None))
    person("out", ("collector", one))
    User.objects.filter(username="out").update(is_active=False)

    def holders(project_id: int | None) -> list[str]:
        return names(queries.people_of_post(post="collector", project_id=project_id, today=TODAY))

    assert holders(one) == ["here", "all", "both"]
    assert holders(two) == ["there", "all", "both"]
    assert holders(None) == ["all", "both"]
    assert queries.people_of_post(post="steward", project_id=one, today=TODAY) == []
    assert queries.people_of_post(post="no such", project_id=one, today=TODAY) == []
    person("two posts", ("collector", one), ("steward", one))
    posts = ["steward", "collector", "no such"]
    found = names(queries.people_of_posts(posts=posts, project_id=one, today=TODAY))
    assert found == ["here", "all", "both", "two posts"]
    Post.objects.filter(key="collector").update(is_active=False)
    assert holders(one) == []


def test_posts_of_a_person_are_those_that_count_there(projects: tuple[int, int]) -> None:
    one, two = projects
    user = person("wang", ("collector", one), ("steward", two), ("chairman", None))

    def posts(project_id: int | None, today: date = TODAY) -> set[str]:
        return set(queries.posts_of(user_id=user.pk, project_id=project_id, today=today))

    assert posts(one) == {"collector", "chairman"}
    assert posts(two) == {"steward", "chairman"}
    assert posts(None) == {"chairman"}
    assert posts(one, date(2024, 12, 31)) == set()
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert posts(one) == set()


def test_leaders_are_counted_up_the_ladder(projects: tuple[int, int]) -> None:
    one, two = projects
    steward = person("steward", ("steward", one))
    person("supervisor", ("cs_supervisor", one))
    person("elsewhere", ("cs_supervisor", two))
    person("manager", ("mo_manager", one))
    person("boss", ("company_gm", None))
    # steward → cs_supervisor → mo_manager → property_dept_manager (nobody) → deputy_gm (nobody)
    # → company_gm → chairman (nobody)
    expected = [["supervisor"], ["manager"], [], [], ["boss"], [], []]

    for level, leaders in enumerate(expected, start=1):
        found = queries.leader_of(user_id=steward.pk, project_id=one, level=level, today=TODAY)
        assert names(found) == leaders, level
    for level in (0, -1, 99):
        assert not queries.leader_of(user_id=steward.pk, project_id=one, level=level, today=TODAY)
    # In the other project he is nobody, and the company's ladder knows him not.
    for project_id in (two, None):
        assert not queries.leader_of(
            user_id=steward.pk, project_id=project_id, level=1, today=TODAY
        )


def test_the_ladder_starts_at_the_highest_post_and_nobody_leads_himself(
    projects: tuple[int, int],
) -> None:
    one, _two = projects
    both = person("both", ("steward", one), ("cs_supervisor", one))
    manager = person("manager", ("mo_manager", one))
    person("second", ("mo_manager", one))

    def first(user: User) -> list[str]:
        return names(queries.leader_of(user_id=user.pk, project_id=one, level=1, today=TODAY))

    assert first(both) == ["manager", "second"]
    hold_post(manager, "property_dept_manager")
    assert first(manager) == []  # the deputy general manager is nobody yet
    hold_post(both, "mo_manager", one)
    assert first(both) == ["manager"]


def test_a_leader_leads_on_the_days_of_his_post(projects: tuple[int, int]) -> None:
    one, _two = projects
    steward = person("steward", ("steward", one))
    operations.give_post(
        actor=access.SYSTEM,
        user_id=add_user("supervisor").pk,
        post="cs_supervisor",
        project_id=one,
        valid_from=TODAY,
        last_day=TODAY + timedelta(days=1),
        now=NOW,
    )

    led = [
        bool(
            queries.leader_of(
                user_id=steward.pk,
                project_id=one,
                level=1,
                today=TODAY + timedelta(days=offset),
            )
        )
        for offset in range(-1, 3)
    ]
    assert led == [False, True, True, False]


def test_the_head_of_the_project_comes_before_the_companys(
    admin: access.Actor, projects: tuple[int, int]
) -> None:
    one, two = projects
    cs = Department.objects.get(key="CS")
    desk = departments.add_department(
        actor=admin, key="desk", name="前台组", parent_id=cs.pk, now=NOW
    )
    wang, chief, general = person("wang"), person("chief"), person("general")

    def head(user: User, project_id: int | None) -> list[str]:
        return names(
            queries.head_of_department_of(user_id=user.pk, project_id=project_id, today=TODAY)
        )

    assert head(wang, one) == []
    departments.move_person(actor=admin, user_id=wang.pk, department_id=desk.pk, now=NOW)
    assert head(wang, one) == []
    for project_id, user in ((one, chief), (None, general)):
        departments.name_head(
            actor=admin, department_id=cs.pk, project_id=project_id, user_id=user.pk, now=NOW
        )
    assert (head(wang, one), head(wang, two), head(wang, None)) == (
        ["chief"],
        ["general"],
        ["general"],
    )
    # The head of the project is led by the company's, who is led by nobody.
    for user in (chief, general):
        departments.move_person(actor=admin, user_id=user.pk, department_id=cs.pk, now=NOW)
    assert (head(chief, one), head(general, None)) == (["general"], [])
    User.objects.filter(pk=chief.pk).update(is_active=False)
    assert head(wang, one) == ["general"]


def test_a_post_is_named_in_the_language_in_force(tenant: Company) -> None:
    with translation.override("zh-hans"):
        assert queries.post_label("steward") == "楼管员"
    with translation.override("en"):
        assert queries.post_label("steward") == "Steward"
        Post.objects.filter(key="steward").update(name_en="")
        assert queries.post_label("steward") == "楼管员"
    assert queries.post_label("gone") == "gone"


class TestDepartments:
    def test_the_handbooks_departments_are_there(self, tenant: Company) -> None:
        keys = list(Department.objects.order_by("pk").values_list("key", flat=True))
        assert keys == ["CS", "ENG", "SEC", "ENV", "CHG", "FIN", "OFF"]

    def test_a_department_never_stands_above_itself(self, admin: access.Actor) -> None:
        upper = departments.add_department(actor=admin, key="UP", name="上", now=NOW)
        lower = departments.add_department(
            actor=admin, key="LOW", name="下", parent_id=upper.pk, now=NOW
        )

        for above in (upper, lower):
            with pytest.raises(departments.DepartmentIsCircle):
                departments.change_department(
                    actor=admin,
                    department_id=upper.pk,
                    name="上",
                    parent_id=above.pk,
                    now=NOW,
                )
        assert Department.objects.get(pk=upper.pk).parent_id is None

    @pytest.mark.parametrize("key", ["", "A" * 21, "C S", "CS"])
    def test_a_code_that_is_none_or_taken_is_refused(self, admin: access.Actor, key: str) -> None:
        before = Department.objects.count()
        error = (
            departments.DepartmentCodeTaken if key == "CS" else departments.DepartmentNameMissing
        )

        with pytest.raises(error) as refused:
            departments.add_department(actor=admin, key=key, name="新部门", now=NOW)

        assert refused.value.field == "key"
        assert Department.objects.count() == before

    def test_one_in_use_is_not_retired(self, admin: access.Actor) -> None:
        cs = Department.objects.get(key="CS")
        empty = departments.add_department(actor=admin, key="NEW", name="新", now=NOW)

        with pytest.raises(departments.DepartmentInUse) as refused:
            departments.set_department_active(
                actor=admin, department_id=cs.pk, is_active=False, now=NOW
            )
        departments.set_department_active(
            actor=admin, department_id=empty.pk, is_active=False, now=NOW
        )

        assert refused.value.details["posts"] == 6
        assert Department.objects.get(pk=cs.pk).is_active
        with pytest.raises(DepartmentUnknown):
            departments.move_person(
                actor=admin, user_id=add_user("wang").pk, department_id=empty.pk, now=NOW
            )
        assert User.objects.get(username="wang").department_id is None

    def test_a_head_must_be_somebody_and_somewhere(self, admin: access.Actor) -> None:
        cs, out = Department.objects.get(key="CS"), add_user("out")
        User.objects.filter(pk=out.pk).update(is_active=False)

        def name(user_id: int | None, project_id: int | None) -> None:
            departments.name_head(
                actor=admin,
                department_id=cs.pk,
                project_id=project_id,
                user_id=user_id,
                now=NOW,
            )

        with pytest.raises(departments.HeadIsOut):
            name(out.pk, None)
        with pytest.raises(NotFound):
            name(add_user("wang").pk, 99999)
        with pytest.raises(NotFound):
            name(99999, None)
        assert not cs.heads.exists()
        name(User.objects.get(username="wang").pk, None)
        name(None, None)
        assert not cs.heads.exists()

    @pytest.mark.parametrize("post", ["property_manager", "mo_manager"])
    def test_only_an_administrator_changes_them(self, admin: access.Actor, post: str) -> None:
        actor, cs = add_actor("other", post), Department.objects.get(key="CS")
        before = list(Department.objects.order_by("pk").values())

        for attempt in (
            lambda: departments.add_department(actor=actor, key="N", name="新", now=NOW),
            lambda: departments.change_department(
                actor=actor, department_id=cs.pk, name="新", now=NOW
            ),
            lambda: departments.set_department_active(
                actor=actor, department_id=cs.pk, is_active=False, now=NOW
            ),
            lambda: departments.name_head(
                actor=actor,
                department_id=cs.pk,
                project_id=None,
                user_id=actor.user_id,
                now=NOW,
            ),
            lambda: departments.move_person(
                actor=actor, user_id=actor.user_id or 0, department_id=cs.pk, now=NOW
            ),
        ):
            with pytest.raises(access.ActionDenied):
                attempt()

        assert list(Department.objects.order_by("pk").values()) == before
        assert not cs.heads.exists()
