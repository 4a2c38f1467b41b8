"""Writes of people and posts."""

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from kernel import access
from kernel.access import passwords, telling
from kernel.access.catalogue import ADMINISTRATOR, BUSINESS, SETTING_UP
from kernel.access.models import Post, PostAction, PostHolding, User
from kernel.access.queries import lock_user
from kernel.access.tokens import revoke_all_of
from kernel.audit import operations as audit
from kernel.db import violated_constraint
from kernel.duties import KeptApart
from kernel.duties import operations as duties
from kernel.errors import Conflict, Invalid, NotFound
from kernel.tenancy import company_day
from kernel.text import _

LONGEST_NAME = 60


class UsernameTaken(Conflict):
    code = "access.username-taken"


class PersonIncomplete(Invalid):
    code = "access.person-incomplete"


class LastAdministrator(Conflict):
    code = "access.last-administrator"


class PostUnknown(Invalid):
    code = "access.post-unknown"


class PostIsCompanyWide(Invalid):
    code = "access.post-is-company-wide"


class PostIsOutside(Invalid):
    code = "access.post-is-outside"


class PostHeldAlready(Conflict):
    code = "access.post-held-already"


class SettingUpApart(KeptApart, Conflict):
    """An account would both set up the company and take part in its business."""

    code = "access.setting-up-apart"


class LastDayInvalid(Invalid):
    code = "access.last-day-invalid"


class PreferenceInvalid(Invalid):
    code = "access.preference-invalid"


@transaction.atomic
def add_user(
    *,
    actor: access.Actor,
    username: str,
    name: str,
    email: str = "",
    password: str | None = None,
    now: datetime,
) -> User:
    """Add a person. Without a password he signs in by the reset link sent to his e-mail.

    :raises access.ActionDenied: without ``user.manage``.
    :raises PersonIncomplete: if a name is missing or the address is none.
    :raises passwords.PasswordWeak: if the password is refused by the validators.
    :raises UsernameTaken: if the name is in use, whatever its case.
    """
    access.require_everywhere(actor, access.Action.USER_MANAGE)
    username, name = username.strip(), name.strip()
    _check_person(username=username, name=name, email=email)
    user = User(username=username, name=name, email=email, created_at=now)
    if password is None:
        user.set_unusable_password()
    else:
        passwords.set_on(user, password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        if violated_constraint(error) != "user_username_once":
            raise
        raise UsernameTaken(_("This user name is taken."), field="username") from error
    audit.record(
        actor=actor, event="access.user.added", subject=user, now=now, data={"username": username}
    )
    return user


@transaction.atomic
def invite_user(
    *, actor: access.Actor, username: str, name: str, email: str, now: datetime
) -> User:
    """Add a person and send him the link to choose his first password.

    :raises access.ActionDenied: without ``user.manage``.
    :raises PersonIncomplete: if a name is missing or the address is none.
    :raises passwords.EmailMissing: without an address.
    :raises UsernameTaken: if the name is in use, whatever its case.
    """
    user = add_user(actor=actor, username=username, name=name, email=email, now=now)
    passwords.send_link(actor=actor, user_id=user.pk, now=now)
    return user


@transaction.atomic
def change_user(*, actor: access.Actor, user_id: int, name: str, email: str, now: datetime) -> User:
    """Correct a person's name or address. A password link sent before becomes void.

    A new address is told to him at both.

    :raises access.ActionDenied: without ``user.manage``.
    :raises NotFound: if there is no such person.
    :raises PersonIncomplete: if the name is missing or the address is none.
    """
    access.require_everywhere(actor, access.Action.USER_MANAGE)
    name = name.strip()
    user = lock_user(user_id)
    _check_person(username=user.username, name=name, email=email)
    changed = [
        field
        for field, value in (("name", name), ("email", email))
        if value != getattr(user, field)
    ]
    former = user.email
    user.name, user.email = name, email
    user.save(update_fields=["name", "email"])
    audit.record(
        actor=actor, event="access.user.changed", subject=user, now=now, data={"fields": changed}
    )
    if "email" in changed:
        telling.warn(telling.EMAIL_CHANGED, user, actor=actor, now=now, also_at=former)
    return user


@transaction.atomic
def give_post(
    *,
    actor: access.Actor,
    user_id: int,
    post: str,
    project_id: int | None,
    valid_from: date,
    last_day: date | None = None,
    now: datetime,
) -> PostHolding:
    """Give a post, company-wide (``project_id=None``) or in one project, until ``last_day``.

    :raises access.ActionDenied: without ``user.manage``.
    :raises NotFound: if there is no such person or project.
    :raises PostUnknown: if the company has no such post, or has retired it.
    :raises PostIsOutside: if the post is for customers or vendors.
    :raises PostIsCompanyWide: if an administrator is to be one of a project only.
    :raises PostHeldAlready: if he holds it there already on one of the days.
    :raises LastDayInvalid: if it lies before the first.
    :raises SettingUpApart: if an administrator would take part in approvals or collect money.
    :raises duties.DutiesMeet: if he holds a post there that the handbook keeps apart from it.
    """
    access.require_everywhere(actor, access.Action.USER_MANAGE)
    # Locked, so that nobody retires it meanwhile.
    row = Post.objects.select_for_update(no_key=True).filter(key=post, is_active=True).first()
    if row is None:
        raise PostUnknown(_("There is no such post."), field="post")
    if row.place == Post.Place.OUTSIDE:
        raise PostIsOutside(_("This post is for people outside the company."), field="post")
    if post == ADMINISTRATOR and project_id is not None:
        raise PostIsCompanyWide(_("This post is held in the whole company."), field="place")
    valid_to = _day_after(last_day) if last_day is not None else None
    if valid_to is not None and valid_to <= valid_from:
        raise LastDayInvalid(_("The last day lies before the first."), field="last_day")
    user = lock_user(user_id)
    there = user.holdings.filter(_meets(valid_from, valid_to))
    if there.filter(post=row, project_id=project_id).exists():
        raise PostHeldAlready(_("This person holds this post already."))
    _keep_setting_up_apart(post, there)
    duties.require_posts_apart(
        actor=actor,
        user_id=user.pk,
        post=post,
        project_id=project_id,
        valid_from=valid_from,
        valid_to=valid_to,
        now=now,
    )
    try:
        with transaction.atomic():
            holding = PostHolding.objects.create(
                user=user,
                post=row,
                project_id=project_id,
                valid_from=valid_from,
                valid_to=valid_to,
            )
    except IntegrityError as error:
        match violated_constraint(error):
            case "postholding_open_once":
                raise PostHeldAlready(_("This person holds this post already.")) from error
            case "access_postholding_project_fk":
                raise NotFound from error
            case _:
                raise
    audit.record(
        actor=actor,
        event="access.post.given",
        subject=user,
        project_id=project_id,
        now=now,
        data={
            "post": post,
            "valid_from": valid_from.isoformat(),
            **({"last_day": last_day.isoformat()} if last_day is not None else {}),
        },
    )
    return holding


@transaction.atomic
def end_post(*, actor: access.Actor, holding_id: int, last_day: date, now: datetime) -> PostHolding:
    """End a post after ``last_day`` (inclusive).

    :raises access.ActionDenied: without ``user.manage``.
    :raises NotFound: if there is no such holding.
    :raises LastDayInvalid: if no calendar has the day after it, or the post ends before it, or
        it was in force and would not have been.
    :raises LastAdministrator: if nobody would be left to manage people.
    """
    access.require_everywhere(actor, access.Action.USER_MANAGE)
    valid_to = _day_after(last_day)
    lock_administrators()
    holding = PostHolding.objects.select_for_update().filter(pk=holding_id).first()
    if holding is None:
        raise NotFound
    if holding.valid_to is not None and valid_to > holding.valid_to:
        # Longer is a post given anew: with what is looked at then.
        raise LastDayInvalid(_("The post ends before this day."), field="last_day")
    if holding.post_id == ADMINISTRATOR:
        _require_another_administrator(
            PostHolding.objects.exclude(pk=holding_id), max(valid_to, company_day(now))
        )
    if last_day < holding.valid_from < company_day(now):
        raise LastDayInvalid(
            _("The post was in force before today: it cannot end before it began."),
            field="last_day",
        )
    if last_day < holding.valid_from:
        holding.delete()  # given by mistake and never in force
    else:
        holding.valid_to = valid_to
        holding.save(update_fields=["valid_to"])
    if last_day <= company_day(now):
        end_sessions(user_id=holding.user_id)
    audit.record(
        actor=actor,
        event="access.post.ended",
        subject=holding.user,
        project_id=holding.project_id,
        now=now,
        data={"post": holding.post_id, "last_day": last_day.isoformat()},
    )
    return holding


@transaction.atomic
def set_active(*, actor: access.Actor, user_id: int, is_active: bool, now: datetime) -> User:
    """Let a person in or out. Put out, his sessions and tokens are void for good.

    :raises access.ActionDenied: without ``user.manage``.
    :raises NotFound: if there is no such person.
    :raises LastAdministrator: if nobody would be left to manage people.
    """
    access.require_everywhere(actor, access.Action.USER_MANAGE)
    lock_administrators()
    user = lock_user(user_id)
    if not is_active and user.holdings.filter(post__key=ADMINISTRATOR, valid_to=None).exists():
        _require_another_administrator(
            PostHolding.objects.exclude(user_id=user_id), company_day(now)
        )
    user.is_active = is_active
    user.session_epoch += 1  # let in again, he signs in again
    user.save(update_fields=["is_active", "session_epoch"])
    if not is_active:
        revoke_all_of(user_id=user_id, now=now)
    audit.record(
        actor=actor,
        event="access.user.activated" if is_active else "access.user.deactivated",
        subject=user,
        now=now,
    )
    return user


@transaction.atomic
def set_preferences(*, user_id: int, **values: str) -> User:
    """Set one's own ``language``, ``theme`` or ``density``.

    :raises NotFound: if there is no such person.
    :raises PreferenceInvalid: if a name or a value is not one of the choices.
    """
    allowed = {"language": User.Language, "theme": User.Theme, "density": User.Density}
    for name, value in values.items():
        if name not in allowed or value not in allowed[name].values:
            raise PreferenceInvalid(_("This preference does not exist."), field=name)
    user = lock_user(user_id)
    for name, value in values.items():
        setattr(user, name, value)
    user.save(update_fields=list(values))
    return user


@transaction.atomic
def end_sessions(*, user_id: int) -> User:
    """End all sessions of a person, whatever browser holds them. They never come back.

    :raises NotFound: if there is no such person.
    """
    user = lock_user(user_id)
    user.session_epoch += 1
    user.save(update_fields=["session_epoch"])
    return user


def _check_person(*, username: str, name: str, email: str) -> None:
    for field, value in (("username", username), ("name", name)):
        if not value or len(value) > LONGEST_NAME or not value.isprintable():
            raise PersonIncomplete(_("Enter up to 60 characters."), field=field)
    if not email:
        return
    try:
        validate_email(email)
    except ValidationError as error:
        raise PersonIncomplete(_("This is no e-mail address."), field="email") from error


def lock_administrators() -> None:
    """Let one at a time take an administrator away: two could otherwise take each other.

    Before any person is locked.
    """
    list(
        PostHolding.objects.select_for_update()
        .filter(post__key=ADMINISTRATOR, valid_to=None)
        .order_by("pk")
    )


def _day_after(last_day: date) -> date:
    """Return the exclusive end of what is in force through ``last_day``."""
    if last_day == date.max:
        raise LastDayInvalid(_("A post ends on a day of this century."), field="last_day")
    return last_day + timedelta(days=1)


def _meets(valid_from: date, valid_to: date | None) -> Q:
    """Return the condition for a holding that shares a day with the given ones."""
    not_over = Q(valid_to__isnull=True) | Q(valid_to__gt=valid_from)
    return not_over if valid_to is None else not_over & Q(valid_from__lt=valid_to)


def _keep_setting_up_apart(post: str, there: QuerySet[PostHolding]) -> None:
    """Return if nobody would set up the company and do its business with one account (2.2)."""
    carried = frozenset(
        PostAction.objects.filter(
            post__key__in=[post, *there.values_list("post__key", flat=True)], is_given=True
        ).values_list("action", flat=True)
    )
    if carried & SETTING_UP and carried & BUSINESS:
        raise SettingUpApart(
            _(
                "Whoever sets up the company takes no part in approvals and collects no money with "
                "the same account. Give the post to another account."
            ),
            field="post",
        )


def _require_another_administrator(others: QuerySet[PostHolding], day: date) -> None:
    """Return if somebody else manages people on ``day`` and after it."""
    left = others.filter(
        post__key=ADMINISTRATOR, valid_from__lte=day, valid_to=None, user__is_active=True
    )
    if not left.exists():
        raise LastAdministrator(
            _("This is the last company administrator. Give somebody else the post first.")
        )
