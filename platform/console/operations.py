"""Writes of saved views and list preferences.

They are a person's own arrangement, so only what others see as well, a shared view, is audited
and needs a permission.
"""

from datetime import datetime

from django.db import IntegrityError, transaction

from console.models import ListPreference, SavedView
from kernel import access
from kernel.access.models import User
from kernel.audit import operations as audit
from kernel.db import violated_constraint
from kernel.errors import Conflict, Invalid, NotFound
from kernel.text import _

# More tabs than anybody reads; a list page counts each of them.
MOST_VIEWS = 12


class ViewNameTaken(Conflict):
    code = "console.view-name-taken"


class TooManyViews(Conflict):
    code = "console.too-many-views"


class ViewInvalid(Invalid):
    code = "console.view-invalid"


@transaction.atomic
def save_view(
    *,
    actor: access.Actor,
    page: str,
    name: str,
    query: str,
    shared_with_all: bool = False,
    now: datetime,
) -> SavedView:
    """Keep a search of a list page under a name.

    :raises access.ActionDenied: if it is to be shared, without ``company.configure``.
    :raises ViewInvalid: if the name is empty or too long, or the search too long to keep.
    :raises ViewNameTaken: if the actor has a view of this name on the page.
    :raises TooManyViews: if he has twelve there already.
    """
    if shared_with_all:
        access.require(actor, access.Action.COMPANY_CONFIGURE)
    name = _checked_name(name)
    if len(query) > 2000:
        raise ViewInvalid(_("These filters are too long to be kept."))
    if SavedView.objects.filter(owner_id=_person(actor), page=page).count() >= MOST_VIEWS:
        raise TooManyViews(_("You have twelve views here. Delete one first."))
    view = SavedView(
        owner_id=_person(actor),
        page=page,
        name=name,
        query=query,
        shared_with_all=shared_with_all,
        created_at=now,
    )
    _save(view)
    if shared_with_all:
        audit.record(
            actor=actor,
            event="console.view.shared",
            subject=view,
            now=now,
            data={"page": page, "name": name},
        )
    return view


@transaction.atomic
def change_view(
    *,
    actor: access.Actor,
    view_id: int,
    now: datetime,
    name: str | None = None,
    query: str | None = None,
) -> SavedView:
    """Rename a view or replace its search.

    :raises NotFound: if the actor does not see it.
    :raises access.ActionDenied: if it is somebody else's, without ``company.configure``.
    :raises ViewInvalid: if the name or the search cannot be kept.
    :raises ViewNameTaken: if the owner has a view of this name on the page.
    """
    view = _lock_view(actor, view_id)
    if name is not None:
        view.name = _checked_name(name)
    if query is not None:
        if len(query) > 2000:
            raise ViewInvalid(_("These filters are too long to be kept."))
        view.query = query
    _save(view)
    if view.shared_with_all:
        audit.record(
            actor=actor,
            event="console.view.changed",
            subject=view,
            now=now,
            data={"page": view.page, "name": view.name},
        )
    return view


@transaction.atomic
def delete_view(*, actor: access.Actor, view_id: int, now: datetime) -> None:
    """Remove a view.

    :raises NotFound: if the actor does not see it.
    :raises access.ActionDenied: if it is somebody else's, without ``company.configure``.
    """
    view = _lock_view(actor, view_id)
    if view.shared_with_all:
        audit.record(
            actor=actor,
            event="console.view.deleted",
            subject=view,
            now=now,
            data={"page": view.page, "name": view.name},
        )
    view.delete()


@transaction.atomic
def note_export(
    *,
    actor: access.Actor,
    page: str,
    filters: list[str],
    row_count: int,
    project_id: int | None,
    now: datetime,
) -> None:
    """Write into the record that the actor took a sheet out of a list.

    :param filters: keys of the filters that were set; never what was searched for, which may be
        a name or a phone number.
    """
    audit.record(
        actor=actor,
        event="console.list.exported",
        subject=User(pk=_person(actor)),
        project_id=project_id,
        now=now,
        data={"page": page, "filters": filters, "row_count": row_count},
    )


@transaction.atomic
def choose_columns(*, actor: access.Actor, page: str, columns: list[str]) -> None:
    """Keep which columns the actor sees on a page; an empty list means the page's own choice."""
    if columns:
        ListPreference.objects.update_or_create(
            user_id=_person(actor), page=page, defaults={"columns": columns}
        )
    else:
        ListPreference.objects.filter(user_id=_person(actor), page=page).delete()


def _person(actor: access.Actor) -> int:
    """Return whose arrangement it is. The system has none."""
    if actor.user_id is None:
        raise NotFound
    return actor.user_id


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > 40:
        raise ViewInvalid(_("Give the view a name of up to 40 characters."), field="name")
    return name


def _save(view: SavedView) -> None:
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        if violated_constraint(error) != "savedview_name_once":
            raise
        raise ViewNameTaken(_("You have a view of this name already."), field="name") from error


def _lock_view(actor: access.Actor, view_id: int) -> SavedView:
    view = SavedView.objects.select_for_update().filter(pk=view_id).first()
    if view is None or (view.owner_id != actor.user_id and not view.shared_with_all):
        raise NotFound
    if view.owner_id != actor.user_id:
        access.require(actor, access.Action.COMPANY_CONFIGURE)
    return view
