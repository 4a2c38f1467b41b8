"""Reads of controlled manuals. Everybody of the staff sees what is in force (SH-42)."""

from dataclasses import dataclass
from datetime import date

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Concat

from kernel import access
from kernel.access import Action
from kernel.access.models import PostHolding, User
from kernel.documents.models import (
    Manual,
    ManualCopy,
    ManualPage,
    ManualRelease,
    ManualRevision,
    ReleaseState,
    RevisionState,
)
from kernel.errors import NotFound

_READ_BY_ALL = (RevisionState.IN_FORCE, RevisionState.SUPERSEDED)


def manuals(*, actor: access.Actor) -> QuerySet[Manual]:
    """Return the manuals that the actor may know of, by number.

    The company's are for everybody who holds ``manual.view`` anywhere, a project's for those who
    hold it there. With each comes ``mark_in_force``, ``in_force_on``, ``mark_to_come``,
    ``state_to_come``, ``held_count`` and ``pending_count``: pages that holders have not put in.
    """
    in_force = ManualRevision.objects.filter(manual=OuterRef("pk"), state=RevisionState.IN_FORCE)
    to_come = ManualRevision.objects.filter(manual=OuterRef("pk"), state__in=TO_COME)
    mark = Concat("edition", "revision", output_field=ManualRevision._meta.get_field("edition"))
    return (
        _seen(Manual.objects.all(), actor)
        .annotate(
            mark_in_force=Subquery(in_force.annotate(spelled=mark).values("spelled")),
            in_force_on=Subquery(in_force.values("in_force_on")),
            mark_to_come=Subquery(to_come.annotate(spelled=mark).values("spelled")),
            state_to_come=Subquery(to_come.values("state")),
            held_count=Count("copies", filter=Q(copies__returned_at__isnull=True), distinct=True),
            pending_count=Count(
                "copies__pages",
                filter=Q(
                    copies__returned_at__isnull=True,
                    copies__pages__acknowledged_at__isnull=True,
                    copies__pages__revision__state=RevisionState.IN_FORCE,
                ),
                distinct=True,
            ),
            is_mine=Exists(
                ManualCopy.objects.filter(
                    manual=OuterRef("pk"), holder_id=actor.user_id or 0, returned_at__isnull=True
                )
            ),
        )
        .order_by("number")
    )


TO_COME = (RevisionState.DRAFT, RevisionState.SUBMITTED, RevisionState.APPROVED)


def get_manual(*, actor: access.Actor, manual_id: int) -> Manual:
    """Return one manual. :raises NotFound: if the actor may not know of it."""
    manual = manuals(actor=actor).filter(pk=manual_id).first()
    if manual is None:
        raise NotFound
    return manual


def revisions(*, actor: access.Actor, manual: Manual) -> QuerySet[ManualRevision]:
    """Return a manual's revisions, the latest first.

    What is not in force yet is seen by those who prepare and keep manuals.
    """
    found = ManualRevision.objects.filter(manual=manual).order_by("-edition", "-revision", "-pk")
    if may_see_all(actor, manual.project_id):
        return found
    return found.filter(state__in=_READ_BY_ALL)


def get_revision(*, actor: access.Actor, revision_id: int) -> ManualRevision:
    """Return one revision with its manual. :raises NotFound: if the actor may not know of it."""
    revision = ManualRevision.objects.select_related("manual").filter(pk=revision_id).first()
    if revision is None or not _seen(Manual.objects.filter(pk=revision.manual_id), actor).exists():
        raise NotFound
    if revision.state not in _READ_BY_ALL and not may_see_all(actor, revision.manual.project_id):
        raise NotFound
    return revision


def revision_page(revision: ManualRevision) -> list[ManualRevision]:
    """Return what the revision page lists (SH-41): every change up to ``revision``, oldest first.

    Revisions that never came into force are no change.
    """
    earlier = ManualRevision.objects.filter(manual=revision.manual_id).filter(
        Q(state__in=_READ_BY_ALL) | Q(pk=revision.pk)
    )
    return list(
        earlier.filter(
            Q(edition__lt=revision.edition)
            | Q(edition=revision.edition, revision__lte=revision.revision)
        ).order_by("edition", "revision")
    )


def copies(*, actor: access.Actor, manual: Manual) -> QuerySet[ManualCopy]:
    """Return the holders' register of a manual: copies held by number, then those returned.

    ``is_current`` tells whether the holder has put the pages in force in.

    :raises access.ActionDenied: without ``manual.keep``.
    """
    require_keep(actor, manual.project_id)
    current = ManualPage.objects.filter(
        copy=OuterRef("pk"),
        revision__state=RevisionState.IN_FORCE,
        acknowledged_at__isnull=False,
    )
    return (
        ManualCopy.objects.filter(manual=manual)
        .annotate(
            is_current=Exists(current),
            is_returned=Case(
                When(returned_at__isnull=False, then=Value(value=True)),
                default=Value(value=False),
                output_field=BooleanField(),
            ),
        )
        .order_by("is_returned", "number", "-pk")
    )


def get_copy(*, actor: access.Actor, copy_id: int) -> ManualCopy:
    """Return a copy with its manual, for who keeps the register.

    :raises NotFound: if the actor may not know of the manual.
    :raises access.ActionDenied: without ``manual.keep``.
    """
    copy = ManualCopy.objects.select_related("manual").filter(pk=copy_id).first()
    if copy is None:
        raise NotFound
    get_manual(actor=actor, manual_id=copy.manual_id)
    require_keep(actor, copy.manual.project_id)
    return copy


def possible_holders(*, actor: access.Actor, manual: Manual, today: date) -> QuerySet[User]:
    """Return the active people who may hold a copy and hold none yet, by name.

    A company's document is for everybody, a project's for whoever holds a post there.

    :raises access.ActionDenied: without ``manual.keep``.
    """
    require_keep(actor, manual.project_id)
    found = User.objects.filter(is_active=True)
    if manual.project_id is not None:
        there = PostHolding.objects.filter(
            Q(project_id__isnull=True) | Q(project_id=manual.project_id),
            Q(valid_to__isnull=True) | Q(valid_to__gt=today),
            valid_from__lte=today,
        )
        found = found.filter(pk__in=there.values("user_id"))
    holders = ManualCopy.objects.filter(manual=manual, returned_at__isnull=True)
    return found.exclude(pk__in=holders.values("holder_id")).order_by("name", "pk")


def require_keep(actor: access.Actor, project_id: int | None) -> None:
    """Return if the actor keeps the register of a project, or of the company's documents.

    :raises access.ActionDenied: otherwise.
    """
    if project_id is None:
        access.require_everywhere(actor, Action.MANUAL_KEEP)
    else:
        access.require(actor, Action.MANUAL_KEEP, project_id)


def copies_held_by(user_id: int) -> QuerySet[ManualCopy]:
    """Return the copies that a person holds, with their manuals, by number of the manual."""
    return (
        ManualCopy.objects.filter(holder_id=user_id, returned_at__isnull=True)
        .select_related("manual")
        .order_by("manual__number")
    )


@dataclass(frozen=True, slots=True)
class Held:
    """A copy in one's own hands, and the pages that wait to be put in."""

    copy: ManualCopy
    in_force: ManualRevision | None
    waiting: ManualPage | None


def my_copies(*, actor: access.Actor) -> list[Held]:
    """Return the copies that the actor holds. Two queries."""
    found = copies_held_by(actor.user_id or 0).prefetch_related(
        Prefetch(
            "manual__revisions",
            ManualRevision.objects.filter(state=RevisionState.IN_FORCE),
            to_attr="in_force_now",
        ),
        Prefetch(
            "pages", ManualPage.objects.filter(revision__state=RevisionState.IN_FORCE), "pages_now"
        ),
    )
    held = []
    for copy in found:
        in_force: list[ManualRevision] = copy.manual.in_force_now  # type: ignore[attr-defined]
        pages: list[ManualPage] = copy.pages_now  # type: ignore[assignment]
        waiting = [page for page in pages if page.acknowledged_at is None]
        held.append(Held(copy, next(iter(in_force), None), next(iter(waiting), None)))
    return held


def pages_waiting_for(*, actor: access.Actor) -> QuerySet[ManualPage]:
    """Return the pages in force that the actor has not put into his copies yet."""
    return (
        ManualPage.objects.filter(
            copy__holder_id=actor.user_id or 0,
            copy__returned_at__isnull=True,
            revision__state=RevisionState.IN_FORCE,
            acknowledged_at__isnull=True,
        )
        .select_related("copy__manual", "revision")
        .order_by("pk")
    )


def revisions_to_put_in_force(
    *, actor: access.Actor, project_id: int | None = None
) -> QuerySet[ManualRevision]:
    """Return the approved revisions that the actor may put in force.

    :param project_id: with ``None``, wherever he keeps the register.
    """
    found = ManualRevision.objects.filter(state=RevisionState.APPROVED)
    if project_id is not None:
        found = found.filter(manual__project_id=project_id)
    kept = access.scoped(found, actor, Action.MANUAL_KEEP, field="manual__project_id")
    return kept.select_related("manual").order_by("pk")


def releases_to_send(
    *, actor: access.Actor, project_id: int | None = None
) -> QuerySet[ManualRelease]:
    """Return what is approved to be given outside and was not sent yet.

    :param project_id: with ``None``, wherever the actor keeps the register.
    """
    found = ManualRelease.objects.filter(state=ReleaseState.APPROVED, sent_at__isnull=True)
    if project_id is not None:
        found = found.filter(revision__manual__project_id=project_id)
    kept = access.scoped(found, actor, Action.MANUAL_KEEP, field="revision__manual__project_id")
    return kept.select_related("revision__manual").order_by("pk")


def copy_of(*, actor: access.Actor, manual: Manual) -> ManualCopy | None:
    """Return the copy that the actor holds of a manual, if any."""
    return copies_held_by(actor.user_id or 0).filter(manual=manual).first()


def releases(*, actor: access.Actor, manual: Manual) -> QuerySet[ManualRelease]:
    """Return the requests to give a manual outside, the latest first.

    :raises access.ActionDenied: without ``manual.keep``.
    """
    require_keep(actor, manual.project_id)
    return (
        ManualRelease.objects.filter(revision__manual=manual)
        .select_related("revision")
        .order_by("-pk")
    )


def get_release(*, actor: access.Actor, release_id: int) -> ManualRelease:
    """Return a request to give a manual outside.

    :raises NotFound: if the actor may not know of the manual.
    :raises access.ActionDenied: without ``manual.keep``.
    """
    release = ManualRelease.objects.select_related("revision__manual").filter(pk=release_id).first()
    if release is None:
        raise NotFound
    get_revision(actor=actor, revision_id=release.revision_id)
    require_keep(actor, release.revision.manual.project_id)
    return release


def may_see_all(actor: access.Actor, project_id: int | None) -> bool:
    """Tell whether the actor sees drafts: who prepares or keeps manuals."""
    actions = (Action.MANUAL_PREPARE, Action.MANUAL_KEEP)
    return any(may(actor, action, project_id) for action in actions)


def may(actor: access.Actor, action: Action, project_id: int | None) -> bool:
    """Tell whether the actor holds ``action`` for a project's documents, or for the company's."""
    if project_id is None:
        return actor.may_everywhere(action)
    return actor.may(action, project_id)


def _seen(found: QuerySet[Manual], actor: access.Actor) -> QuerySet[Manual]:
    own = access.scoped(found, actor, Action.MANUAL_VIEW)
    if not actor.may(Action.MANUAL_VIEW):
        return own
    return own | found.filter(project_id__isnull=True)
