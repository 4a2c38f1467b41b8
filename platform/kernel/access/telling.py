"""What a person is told of changes to how he signs in. No preference keeps it from him."""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import format_lazy

from kernel.access.actors import Actor
from kernel.access.models import User
from kernel.notifications import operations as notifications
from kernel.notifications.registry import Notice
from kernel.tenancy import company_time_zone
from kernel.text import _

PASSWORD_CHANGED: Final = "access.password-changed"  # noqa: S105 - the name of a notice
PASSWORD_RESET: Final = "access.password-reset"  # noqa: S105 - as above
FIRST_PASSWORD: Final = "access.first-password-made"  # noqa: S105 - as above
EMAIL_CHANGED: Final = "access.email-changed"

_WHO_AND_WHEN: Final = _(
    "Account: %(account)s. Done by %(by)s on %(at)s, from the address %(address)s."
)
_ADVICE: Final = _(
    "If you neither did this nor asked for it: tell a company administrator at once. If you can "
    "still sign in, change your password and, under My account, remove what is not yours and end "
    "your other sessions."
)
_FACTS: Final[dict[str, Promise | str]] = {
    "account": _("Wang Qiang (wangqiang)"),
    "by": _("Xu Jing (xujing)"),
    "at": "2026-11-09 10:00",
    "address": "203.0.113.7",
}


def security_notice(
    key: str, *, name: Promise, subject: Promise, text: Promise, **fields: Promise | str
) -> Notice:
    """Return a kind whose text also says who did it, when, from where, and what to do."""
    return Notice(
        key=key,
        name=name,
        subject=subject,
        text=format_lazy("{}\n\n{}\n\n{}", text, _WHO_AND_WHEN, _ADVICE),
        fields=_FACTS | fields,
        is_urgent=True,
        is_security=True,
    )


NOTICES: Final = (
    security_notice(
        PASSWORD_CHANGED,
        name=_("My password is changed"),
        subject=_("Your password was changed"),
        text=_("Somebody who knew the password up to now has set a new one. All sessions ended."),
    ),
    security_notice(
        PASSWORD_RESET,
        name=_("My password is set by a link"),
        subject=_("Your password was set by a link"),
        text=_(
            "Somebody has opened the link that was sent by e-mail and set a new password. All "
            "sessions ended, and access tokens are void."
        ),
    ),
    security_notice(
        FIRST_PASSWORD,
        name=_("A first password is made for me"),
        subject=_("A new first password was made for you"),
        text=_(
            "Your password up to now is void, all sessions ended, and access tokens are void. The "
            "new password opens once, for three days, and you replace it when you sign in."
        ),
    ),
    security_notice(
        EMAIL_CHANGED,
        name=_("My e-mail address is changed"),
        subject=_("The e-mail address of your account was changed"),
        text=_(
            "Notices and links to set a password go to the new address from now on. This is "
            "written to the address up to now as well."
        ),
    ),
)


def warn(
    kind: str,
    user: User,
    *,
    actor: Actor,
    now: datetime,
    also_at: str = "",
    **places: str,
) -> None:
    """Tell ``user`` in the caller's transaction what ``actor`` changed.

    :param also_at: the address that his mails went to before.
    :param places: what the kind's words name beside who, when and where.
    """
    at = now.astimezone(company_time_zone())
    notifications.warn(
        kind=kind,
        user=user,
        # By name among the company's pages: the request may be one of the platform's site.
        url=reverse("account", urlconf=settings.ROOT_URLCONF),
        context={
            "account": user.label,
            "by": _("the operator of the platform") if actor.is_system else actor.label,
            "at": f"{at:%Y-%m-%d %H:%M}",
            "address": actor.address or _("not known"),
            **places,
        },
        also_at=also_at,
        now=now,
    )
