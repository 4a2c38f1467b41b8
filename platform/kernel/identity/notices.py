"""What this part tells people."""

from kernel.access.telling import security_notice
from kernel.identity.operations import factors, passkeys
from kernel.identity.operations.reminders import TOKEN_NOTICE
from kernel.notifications.registry import Notice
from kernel.text import _

_PASSKEY = _("Wang's telephone")

NOTICES = (
    security_notice(
        factors.RESET_NOTICE,
        name=_("Second factor reset"),
        subject=_("Your second factor was reset"),
        text=_("Your authenticator app, passkeys and recovery codes were taken away."),
    ),
    security_notice(
        factors.APP_ENROLLED,
        name=_("An authenticator app is set up for my account"),
        subject=_("An authenticator app was set up"),
        text=_("Its codes are a second factor of your account from now on."),
    ),
    security_notice(
        factors.APP_REMOVED,
        name=_("The authenticator app of my account is removed"),
        subject=_("Your authenticator app was removed"),
        text=_("Its codes open nothing any more."),
    ),
    security_notice(
        factors.CODES_RENEWED,
        name=_("My recovery codes are made anew"),
        subject=_("Your recovery codes were made anew"),
        text=_("The codes up to now open nothing any more."),
    ),
    security_notice(
        factors.CODE_USED,
        name=_("One of my recovery codes is used"),
        subject=_("One of your recovery codes was used"),
        text=_("It stood in for your second factor. Codes that are left: %(left)s."),
        left="7",
    ),
    security_notice(
        passkeys.PASSKEY_ADDED,
        name=_("A passkey is added to my account"),
        subject=_("A passkey was added: %(passkey)s"),
        text=_("The passkey %(passkey)s opens your account from now on."),
        passkey=_PASSKEY,
    ),
    security_notice(
        passkeys.PASSKEY_REMOVED,
        name=_("A passkey of my account is removed"),
        subject=_("A passkey was removed: %(passkey)s"),
        text=_("The passkey %(passkey)s opens nothing any more."),
        passkey=_PASSKEY,
    ),
    Notice(
        key=TOKEN_NOTICE,
        name=_("API token ends soon"),
        subject=_("The API token %(name)s ends on %(day)s"),
        text=_("Programs that use the token %(name)s stop after %(day)s. Make a new one in time."),
        fields={"name": _("Meter readings"), "day": _("30 November")},
    ),
)
