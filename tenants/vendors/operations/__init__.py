"""The one writer of vendors' sign-ins. All of it runs in the public schema."""

from tenants.vendors.operations.applying import (
    answers_of,
    ask_to_join,
    drop_expired,
    keep_application,
)
from tenants.vendors.operations.common import address_of
from tenants.vendors.operations.errors import (
    CodeWrong,
    LanguageUnknown,
    LinkInvalid,
    NameMissing,
    OtherAddress,
    PasswordWeak,
    PasswordWrong,
    SignInRefused,
)
from tenants.vendors.operations.joining import (
    accept,
    accept_new,
    invite,
    read_invitation,
    withdraw,
)
from tenants.vendors.operations.passwords import (
    ask_for_link,
    change_password,
    read_reset_token,
    reset_password,
    reset_token,
)
from tenants.vendors.operations.preferences import set_language, set_name
from tenants.vendors.operations.signing_in import (
    Known,
    check_password,
    end_session,
    keep_seen,
    read_ticket,
    sign_in,
    sign_out,
    ticket_of,
)
from tenants.vendors.operations.support import reset_app, set_active
from tenants.vendors.operations.tokens import TokenRefused, TooManyTokens, make_token, revoke_token

__all__ = [
    "CodeWrong",
    "Known",
    "LanguageUnknown",
    "LinkInvalid",
    "NameMissing",
    "OtherAddress",
    "PasswordWeak",
    "PasswordWrong",
    "SignInRefused",
    "TokenRefused",
    "TooManyTokens",
    "accept",
    "accept_new",
    "address_of",
    "answers_of",
    "ask_for_link",
    "ask_to_join",
    "change_password",
    "check_password",
    "drop_expired",
    "end_session",
    "invite",
    "keep_application",
    "keep_seen",
    "make_token",
    "read_invitation",
    "read_reset_token",
    "read_ticket",
    "reset_app",
    "reset_password",
    "reset_token",
    "revoke_token",
    "set_active",
    "set_language",
    "set_name",
    "sign_in",
    "sign_out",
    "ticket_of",
    "withdraw",
]
