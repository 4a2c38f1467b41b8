"""What vendors' sign-ins refuse."""

from kernel.errors import Conflict, Invalid
from tenants import attempts


class SignInRefused(attempts.SignInRefused):
    code = "vendors.sign-in-refused"


class CodeWrong(attempts.CodeWrong):
    code = "vendors.code-wrong"


class PasswordWeak(Invalid):
    code = "vendors.password-weak"


class PasswordWrong(Invalid):
    code = "vendors.password-wrong"


class NameMissing(Invalid):
    code = "vendors.name-missing"


class LanguageUnknown(Invalid):
    code = "vendors.language-unknown"


class LinkInvalid(Invalid):
    code = "vendors.link-invalid"


class OtherAddress(Conflict):
    """An invitation to one address is opened by whoever is signed in with another."""

    code = "vendors.other-address"
