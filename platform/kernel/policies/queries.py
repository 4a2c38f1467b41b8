"""Reads of the settings, for people and programs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from kernel import access
from kernel.access.actions import Action
from kernel.access.actors import Actor
from kernel.access.models import PostAction
from kernel.audit.models import AuditEntry
from kernel.errors import NotFound
from kernel.policies.catalogue import AWAITED, GROUPS, REGISTRY
from kernel.policies.models import PolicyValue
from kernel.policies.reading import Found, Origin, Said, snapshot
from kernel.policies.settings import Group, Setting
from kernel.text import _p


@dataclass(frozen=True, slots=True)
class Line:
    """A setting as it counts in one place, and what it would be without being said there."""

    group: Group
    setting: Setting
    project_id: int | None
    found: Found
    inherited: Found
    planned: tuple[Said, ...]

    @property
    def is_own(self) -> bool:
        """Whether just this place says it, rather than what it inherits from."""
        own = Origin.COMPANY if self.project_id is None else Origin.PROJECT
        return self.found.origin == own

    @property
    def is_awaited(self) -> bool:
        """Whether it is only kept: nothing works by it yet."""
        return self.setting.key in AWAITED

    @property
    def differs(self) -> bool:
        """Whether it is said here, and is another value than the inherited one."""
        return self.is_own and self.found.value != self.inherited.value


def settings(*, actor: Actor, project_id: int | None = None, today: date) -> list[Line]:
    """Return every setting as it counts today in the company, or in one of its projects."""
    _require_view(actor, project_id)
    return list(_lines(project_id, today))


def get_line(*, actor: Actor, key: str, project_id: int | None = None, today: date) -> Line:
    """Return one setting as it counts today.

    :raises NotFound: if there is none of this key.
    """
    _require_view(actor, project_id)
    for line in _lines(project_id, today):
        if line.setting.key == key:
            return line
    raise NotFound


def differing(*, actor: Actor, today: date) -> QuerySet[PolicyValue]:
    """Return the rows in force today that say another value than what they inherit.

    A project's differs from its company's value, the company's from the default. Projects that
    the actor does not see are left out.
    """
    access.require(actor, Action.POLICY_VIEW)
    values = snapshot()
    rows = PolicyValue.objects.filter(Q(valid_from=None) | Q(valid_from__lte=today))
    found = []
    for row in rows.order_by("valid_from"):
        setting = REGISTRY.get(row.key)
        if setting is None or row.text is None:
            continue
        said = values.said(setting, row.project_id, today)
        if said is None or said.since != row.valid_from:
            continue
        inherited = (
            setting.default if row.project_id is None else values.find(setting, None, today).value
        )
        if setting.kind.parse(row.text) != inherited:
            found.append(row.pk)
    rows = PolicyValue.objects.filter(pk__in=found)
    seen = access.scoped(rows.exclude(project_id=None), actor, Action.POLICY_VIEW)
    return rows.filter(Q(project_id=None) | Q(pk__in=seen.values("pk")))


def changers() -> dict[str, str]:
    """Return the posts of the company that carry each action a setting may take, in words."""
    actions = {setting.action.value for setting in REGISTRY.values()}
    carried = PostAction.objects.filter(
        action__in=actions, is_given=True, post__is_active=True
    ).select_related("post")
    found: dict[str, list[str]] = {action: [] for action in actions}
    for row in carried.order_by("post_id"):
        found[row.action].append(row.post.label)
    comma = str(_p("between items of a list", ", "))
    return {action: comma.join(labels) for action, labels in found.items()}


def values_of(*, actor: Actor, key: str, project_id: int | None = None) -> QuerySet[PolicyValue]:
    """Return the rows of one setting in one place, the latest first.

    :raises NotFound: if there is no such setting.
    """
    _require_view(actor, project_id)
    if key not in REGISTRY:
        raise NotFound
    return PolicyValue.objects.filter(key=key, project_id=project_id).order_by("-valid_from")


def history(*, actor: Actor, key: str, project_id: int | None = None) -> QuerySet[AuditEntry]:
    """Return who changed the setting in one place, from what to what, the latest first.

    :raises NotFound: if there is no such setting.
    """
    _require_view(actor, project_id)
    if key not in REGISTRY:
        raise NotFound
    about = Q(data__key=key, event__startswith="policies.value.", project_id=project_id)
    model = PolicyValue._meta.label_lower
    return AuditEntry.objects.filter(about, object_type=model).order_by("-pk")


def inherited_by(row: PolicyValue, *, today: date) -> Any:
    """Return the value that counts where ``row`` says nothing."""
    setting = REGISTRY[row.key]
    if row.project_id is None:
        return setting.default
    return snapshot().find(setting, None, today).value


def _require_view(actor: Actor, project_id: int | None) -> None:
    if project_id is None:
        access.require(actor, Action.POLICY_VIEW)
    else:
        access.require_in_project(actor, Action.POLICY_VIEW, project_id)


def _lines(project_id: int | None, today: date) -> Iterator[Line]:
    values = snapshot()
    for group in GROUPS:
        for setting in group.settings:
            company = values.find(setting, None, today)
            default = setting.default
            origin = Origin.UNSET if default is None else Origin.DEFAULT
            yield Line(
                group=group,
                setting=setting,
                project_id=project_id,
                found=values.find(setting, project_id, today),
                inherited=company if project_id else Found(default, origin, None),
                planned=tuple(values.planned(setting, project_id, today)),
            )
