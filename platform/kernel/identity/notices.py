"""What this part tells people."""

from kernel.identity.operations.factors import RESET_NOTICE
from kernel.identity.operations.reminders import TOKEN_NOTICE
from kernel.notifications.registry import Notice
from kernel.text import _

NOTICES = (
    Notice(
        key=RESET_NOTICE,
        name=_("Second factor reset"),
        subject=_("Your second factor was reset"),
        text=_(
            "%(by)s has taken away your authenticator app, passkeys and recovery codes. "
            "If you did not ask for it, tell an administrator at once."
        ),
        fields={"by": _("Xu Jing (xujing)")},
        is_urgent=True,
    ),
    Notice(
        key=TOKEN_NOTICE,
        name=_("API token ends soon"),
        subject=_("The API token %(name)s ends on %(day)s"),
        text=_("Programs that use the token %(name)s stop after %(day)s. Make a new one in time."),
        fields={"name": _("Meter readings"), "day": _("30 November")},
    ),
)
