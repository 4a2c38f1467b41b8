"""Writes of departments: the tree, who leads one where, who belongs to it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from kernel import access
from kernel.access.actions import Action
from kernel.access.models import Department, DepartmentHead, User
from kernel.access.posts import DepartmentUnknown
from kernel.access.queries import lock_user
from kernel.audit import operations as audit
from kernel.db import refusing
from kernel.errors import Conflict, Invalid, NotFound
from kernel.text import _

LONGEST_NAME, LONGEST_KEY = 60, 20


class DepartmentNameMissing(Invalid):
    code = "access.department-name-missing"


class DepartmentCodeTaken(Conflict):
    code = "access.department-code-taken"


class DepartmentIsCircle(Invalid):
    code = "access.department-is-circle"


class DepartmentInUse(Conflict):
    """People, posts or departments belong to it; ``details`` has how many of each."""

    code = "access.department-in-use"


class HeadIsOut(Invalid):
    """Somebody who may not sign in leads nothing."""

    code = "access.head-is-out"


@transaction.atomic
def add_department(
    *,
    actor: access.Actor,
    key: str,
    name: str,
    name_en: str = "",
    parent_id: int | None = None,
    now: datetime,
) -> Department:
    """Add a department. Its code never changes.

    :raises access.ActionDenied: without ``user.manage``.
    :raises DepartmentNameMissing: without a code or a name.
    :raises DepartmentCodeTaken: if there is one of this code.
    :raises DepartmentUnknown: if the one above is not there or retired.
    """
    access.require_everywhere(actor, Action.USER_MANAGE)
    rows = _lock_departments()
    key = key.strip().upper()
    if not key or len(key) > LONGEST_KEY or not key.isalnum():
        raise DepartmentNameMissing(_("Enter up to 20 letters and digits."), field="key")
    department = Department(key=key)
    _fill(department, name, name_en, parent_id, rows)
    with refusing(
        access_department_key_key=DepartmentCodeTaken(
            _("There is a department of this code."), field="key"
        )
    ):
        department.save(force_insert=True)
    audit.record(
        actor=actor,
        event="access.department.added",
        subject=department,
        now=now,
        after={"key": key} | _words(department),
    )
    return department


@transaction.atomic
def change_department(
    *,
    actor: access.Actor,
    department_id: int,
    name: str,
    name_en: str = "",
    parent_id: int | None = None,
    now: datetime,
) -> Department:
    """Change a department's names or the department above it.

    :raises access.ActionDenied: without ``user.manage``.
    :raises NotFound: if there is no such department.
    :raises DepartmentNameMissing: without a name.
    :raises DepartmentUnknown: if the one above is not there or retired.
    :raises DepartmentIsCircle: if it would stand above itself.
    """
    access.require_everywhere(actor, Action.USER_MANAGE)
    rows = _lock_departments()
    department = _of(rows, department_id)
    before = _words(department)
    _fill(department, name, name_en, parent_id, rows)
    with refusing(access_department_no_circle=_circle()):
        department.save(update_fields=["name", "name_en", "parent"])
    after = _words(department)
    if before != after:
        audit.record(
            actor=actor,
            event="access.department.changed",
            subject=department,
            now=now,
            before=before,
            after=after,
        )
    return department


@transaction.atomic
def set_department_active(
    *, actor: access.Actor, department_id: int, is_active: bool, now: datetime
) -> Department:
    """Take a department out of use or bring it back.

    :raises access.ActionDenied: without ``user.manage``.
    :raises NotFound: if there is no such department.
    :raises DepartmentInUse: if people, posts or departments in use still belong to it.
    :raises DepartmentUnknown: if one is brought back below a retired one.
    """
    access.require_everywhere(actor, Action.USER_MANAGE)
    rows = _lock_departments()
    department = _of(rows, department_id)
    if is_active:
        _require_above(department.parent_id, rows)
    else:
        _require_unused(department, rows)
    if department.is_active != is_active:
        department.is_active = is_active
        department.save(update_fields=["is_active"])
        audit.record(
            actor=actor,
            event=f"access.department.{'restored' if is_active else 'retired'}",
            subject=department,
            now=now,
        )
    return department


@transaction.atomic
def name_head(
    *,
    actor: access.Actor,
    department_id: int,
    project_id: int | None,
    user_id: int | None,
    now: datetime,
) -> DepartmentHead | None:
    """Let a person lead a department in a project, or in the company; ``None`` for nobody.

    :raises access.ActionDenied: without ``user.manage``.
    :raises NotFound: if there is no such department, project or person.
    :raises HeadIsOut: if the person may not sign in.
    """
    access.require_everywhere(actor, Action.USER_MANAGE)
    department = _of(_lock_departments(), department_id)
    heads = DepartmentHead.objects.filter(department=department, project_id=project_id)
    before = heads.values_list("user_id", flat=True).first()
    head = None
    if user_id is None:
        heads.delete()
    else:
        user = lock_user(user_id)
        if not user.is_active:
            raise HeadIsOut(_("This person may not sign in."), field="user")
        with refusing(access_departmenthead_project_fk=NotFound()):
            head, _made = DepartmentHead.objects.update_or_create(
                department=department, project_id=project_id, defaults={"user": user}
            )
    if before != user_id:
        audit.record(
            actor=actor,
            event="access.department.head-named",
            subject=department,
            project_id=project_id,
            now=now,
            before={"user_id": before},
            after={"user_id": user_id},
        )
    return head


@transaction.atomic
def move_person(
    *, actor: access.Actor, user_id: int, department_id: int | None, now: datetime
) -> User:
    """Let a person belong to a department, or to none.

    :raises access.ActionDenied: without ``user.manage``.
    :raises NotFound: if there is no such person.
    :raises DepartmentUnknown: if the department is not there or retired.
    """
    access.require_everywhere(actor, Action.USER_MANAGE)
    _require_above(department_id, _lock_departments(), field="department")
    user = lock_user(user_id)
    before = user.department_id
    if before != department_id:
        user.department_id = department_id
        user.save(update_fields=["department"])
        audit.record(
            actor=actor,
            event="access.user.moved",
            subject=user,
            now=now,
            before={"department_id": before},
            after={"department_id": department_id},
        )
    return user


def _lock_departments() -> dict[int, Department]:
    """Return all departments by id, locked: the tree is looked at as a whole."""
    rows = Department.objects.select_for_update(no_key=True).order_by("pk")
    return {row.pk: row for row in rows}


def _of(rows: Mapping[int, Department], department_id: int) -> Department:
    department = rows.get(department_id)
    if department is None:
        raise NotFound
    return department


def _fill(
    department: Department,
    name: str,
    name_en: str,
    parent_id: int | None,
    rows: Mapping[int, Department],
) -> None:
    name, name_en = name.strip(), name_en.strip()
    for field, value in (("name", name), ("name_en", name_en)):
        if len(value) > LONGEST_NAME or not value.isprintable() or (field == "name" and not value):
            raise DepartmentNameMissing(_("Enter up to 60 characters."), field=field)
    _require_above(parent_id, rows)
    above = parent_id
    while above is not None:
        if above == department.pk:
            raise _circle()
        above = rows[above].parent_id
    department.name, department.name_en, department.parent_id = name, name_en, parent_id


def _circle() -> DepartmentIsCircle:
    return DepartmentIsCircle(_("The department would stand above itself."), field="parent")


def _require_above(
    department_id: int | None, rows: Mapping[int, Department], field: str = "parent"
) -> None:
    if department_id is not None and (
        department_id not in rows or not rows[department_id].is_active
    ):
        raise DepartmentUnknown(_("There is no such department."), field=field)


def _require_unused(department: Department, rows: Mapping[int, Department]) -> None:
    counts = {
        "people": department.people.filter(is_active=True).count(),
        "posts": department.posts.filter(is_active=True).count(),
        "departments": sum(
            row.is_active and row.parent_id == department.pk for row in rows.values()
        ),
    }
    if any(counts.values()):
        raise DepartmentInUse(
            _(
                "To the department belong %(people)s people, %(posts)s posts and "
                "%(departments)s departments. Move these first."
            )
            % counts,
            details=counts,
        )


def _words(department: Department) -> dict[str, Any]:
    return {
        "name": department.name,
        "name_en": department.name_en,
        "parent_id": department.parent_id,
    }
