"""What vendors' sign-ins refuse."""

from kernel.errors import Conflict, Denied, Invalid


class SignInRefused(Denied):
    """Unknown, wrong, shut out or too early: which of them is not told."""

    code = "vendors.sign-in-refused"


class CodeWrong(Invalid):
    code = "vendors.code-wrong"


class PasswordWeak(Invalid):
    code = "vendors.password-weak"


class PasswordWrong(Invalid):
    code = "vendors.password-wrong"


class NameMissing(Invalid):
    code = "vendors.name-missing"


class LinkInvalid(Invalid):
    code = "vendors.link-invalid"


class OtherAddress(Conflict):
    """An invitation to one address is opened by whoever is signed in with another."""

    code = "vendors.other-address"
