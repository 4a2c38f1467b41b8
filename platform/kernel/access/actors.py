"""The actor: a person, a token or the system, with what it may do and where."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple, TypeVar

from django.apps import apps
from django.db.models import Model, QuerySet
from django.utils.functional import lazy
from django.utils.translation import gettext

from kernel.access.actions import Action
from kernel.errors import Denied, NotFound
from kernel.tenancy import is_public
from kernel.text import _, _p

ALL_PROJECTS: Final = "all"
ProjectScope = Literal["all"] | frozenset[int]

_M = TypeVar("_M", bound=Model)
_IS_PROJECT: list[Callable[[int], bool]] = []


class Grant(NamedTuple):
    """An action in one project, or in every project when ``project_id`` is ``None``."""

    action: Action
    project_id: int | None


@dataclass(slots=True)
class _Passed:
    """By which post the last demand was met."""

    post: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. ``user_id`` is ``None`` for the system, for a vendor, and for nobody else.

    A vendor's contact (``vendor_id`` and ``contact_id``) is nobody of the staff: he holds no
    grants, so that every operation of the staff refuses him, and those of vendors ask for his
    vendor.
    ``posts`` tells from which post a grant comes; of several that give it, the one held longest.
    ``address`` is that of the browser or program, as far as it is known.
    """

    label: str
    user_id: int | None = None
    grants: frozenset[Grant] = frozenset()
    request_id: str = ""
    address: str = field(default="", compare=False)
    vendor_id: int | None = None
    contact_id: int | None = None
    is_system: bool = field(default=False)
    posts: Mapping[Grant, str] = field(default_factory=dict, compare=False, repr=False)
    _passed: _Passed = field(default_factory=_Passed, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.vendor_id is None and self.contact_id is None:
            return
        if self.vendor_id is None or self.contact_id is None:
            raise ValueError("a vendor acts through one of his contacts")
        if self.user_id is not None or self.grants or self.is_system:
            raise ValueError("a vendor is nobody of the staff and holds no grants")

    @property
    def post_used(self) -> str:
        """The post by which the last ``require`` passed, ``""`` for the system and one's own."""
        return self._passed.post

    def use_post(self, action: Action, project_id: int | None = None) -> None:
        """Note by which post the actor does ``action``; called where he was found to hold it."""
        there, everywhere = Grant(action, project_id), Grant(action, None)
        anywhere = (post for grant, post in self.posts.items() if grant.action == action)
        self._passed.post = (
            self.posts.get(there)
            or self.posts.get(everywhere)
            or (next(anywhere, "") if project_id is None else "")
        )

    def may(self, action: Action, project_id: int | None = None) -> bool:
        """Tell whether the actor holds ``action`` in the project.

        With ``project_id=None`` the question is whether he holds it anywhere: enough for a menu,
        never enough to touch a record that lies in a project.
        """
        if self.is_system:
            return True
        if project_id is None:
            return any(grant.action == action for grant in self.grants)
        return Grant(action, None) in self.grants or Grant(action, project_id) in self.grants

    def may_everywhere(self, action: Action) -> bool:
        """Tell whether the actor holds ``action`` company-wide."""
        return self.is_system or Grant(action, None) in self.grants

    def require_person(self) -> int:
        """Return the id of the person who acts, for what is his own.

        :raises ActionDenied: for the system and for programs, which are nobody.
        """
        if self.user_id is None:
            raise ActionDenied(_("This belongs to a person, and nobody is signed in."))
        return self.user_id

    def sees(self, project_id: int) -> bool:
        """Tell whether the actor holds anything at all in the project."""
        return self.is_system or any(
            grant.project_id in {None, project_id} for grant in self.grants
        )

    def projects(self, action: Action) -> ProjectScope:
        """Return the projects in which the actor holds ``action``: ids, or ``"all"``."""
        if self.may_everywhere(action):
            return ALL_PROJECTS
        return frozenset(
            grant.project_id
            for grant in self.grants
            if grant.action == action and grant.project_id is not None
        )


SYSTEM: Final = Actor(label="system", is_system=True)


class ActionDenied(Denied):
    code = "access.action-denied"


def require(actor: Actor, action: Action, project_id: int | None = None) -> None:
    """Return if ``actor`` holds ``action`` in the project (``None``: anywhere).

    :raises ActionDenied: otherwise.
    """
    if not actor.may(action, project_id):
        raise _denied(action)
    actor.use_post(action, project_id)


def require_in_sight(actor: Actor, action: Action, project_id: int) -> None:
    """Return if ``actor`` holds ``action`` in the project of a record he named.

    :raises NotFound: if he holds nothing there: for him the record does not exist.
    :raises ActionDenied: if he sees the project and lacks the action.
    """
    if not actor.sees(project_id):
        raise NotFound
    require(actor, action, project_id)


def require_in_project(actor: Actor, action: Action, project_id: int) -> None:
    """Return if ``actor`` holds ``action`` in a project whose number he named himself.

    Whoever holds anything in every project sees any number as one: only for him it is looked up.
    The project of a record needs no looking up: ``require_in_sight``.

    :raises NotFound: if he holds nothing there, or there is no such project.
    :raises ActionDenied: if he sees the project and lacks the action.
    """
    is_his_own = any(grant.project_id == project_id for grant in actor.grants)
    if not is_his_own and not (actor.sees(project_id) and _IS_PROJECT[0](project_id)):
        raise NotFound
    require(actor, action, project_id)


def know_projects(is_project: Callable[[int], bool]) -> None:
    """Say how one finds out whether there is a project: the kernel knows none."""
    _IS_PROJECT[:] = [is_project]


def require_everywhere(actor: Actor, action: Action) -> None:
    """Return if ``actor`` holds ``action`` company-wide; for what spans all projects.

    :raises ActionDenied: otherwise.
    """
    if not actor.may_everywhere(action):
        raise _denied(action)
    actor.use_post(action)


def scoped(
    queryset: QuerySet[_M], actor: Actor, action: Action, field: str = "project_id"
) -> QuerySet[_M]:
    """Narrow ``queryset`` to the projects in which ``actor`` holds ``action``.

    Without the action the result is empty: deny by default. ``field`` is the path to the
    project's id.
    """
    projects = actor.projects(action)
    if projects == ALL_PROJECTS:
        return queryset
    lookup: dict[str, Any] = {f"{field}__in": sorted(projects)}
    return queryset.filter(**lookup) if projects else queryset.none()


def _denied(action: Action) -> ActionDenied:
    # Lazy: most refusals are counted, written down or tried for, and never read.
    return ActionDenied(lazy(_refusal, str)(action.value), details={"action": action.value})


def _refusal(action: str) -> str:
    """Return what to tell: which posts of the company carry the action."""
    if is_public():
        return gettext("You may not do this.")
    post_action = apps.get_model("access", "PostAction")
    carried = post_action.objects.filter(action=action, is_given=True, post__is_active=True)
    posts = [row.post.label for row in carried.select_related("post").order_by("post_id")]
    if not posts:
        return gettext("You may not do this. No post of the company carries it.")
    return gettext(
        "You may not do this. It takes one of these posts: %(posts)s. A company administrator "
        "can give it to you."
    ) % {"posts": str(_p("between items of a list", ", ")).join(posts)}
