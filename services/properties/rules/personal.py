"""Phones and identity numbers: their normal form, and what of them may be shown."""

import re

from kernel.errors import Invalid
from kernel.tabular import clean
from kernel.tabular.problems import CellProblem
from kernel.text import _

# GB 32100: registration authority, kind, six digits of the place, nine of the body, check sign.
_CREDIT_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}")
_CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
# Passports, permits of Hong Kong, Macau and Taiwan, permanent residents' cards.
_TRAVEL_DOCUMENT = re.compile(r"[A-Z]{1,3}\d{5,15}|\d{8,10}")


class PhoneInvalid(Invalid):
    code = "properties.phone-invalid"


class IdNumberInvalid(Invalid):
    code = "properties.id-number-invalid"


def phone_number(text: str) -> str:
    """Return a phone in its normal form, ``13812346027`` or ``0571-88001234``; ``""`` for none.

    :raises PhoneInvalid: if it is no phone number of mainland China.
    """
    try:
        return clean.phone(text) or ""
    except CellProblem as problem:
        raise PhoneInvalid(
            _("This is no phone number: a mobile has 11 digits, a landline its area code."),
            field="phone",
        ) from problem


def phone_parts(phone: str) -> tuple[str, str]:
    """Return the first and the last signs of a normal phone that lists may show.

    At most four at each end and at least four hidden between: ``("138", "6027")``.
    """
    area, dash, _rest = phone.partition("-")
    tail = re.sub(r"\D", "", phone)[-4:]
    if dash:
        return area[:4], tail
    return (phone[:3], tail) if len(phone) >= 10 else ("", tail)


def id_number(text: str, *, organisation: bool = False) -> str:
    """Return an identity number in its normal form; ``""`` for none.

    Of people: the resident's number (18 signs with a right check sign, or the old 15), a
    passport or a permit. Of organisations: the unified social credit code, or what else they are
    registered under.

    :raises IdNumberInvalid: if it has none of these shapes or its check sign is wrong.
    """
    value = re.sub(r"[\s\-]", "", clean.text(text, longest=1000) or "").upper()
    if not value:
        return ""
    if organisation:
        if len(value) == 18 and not _is_credit_code(value):
            raise _refused()
        if not re.fullmatch(r"[0-9A-Z]{6,18}", value):
            raise _refused()
        return value
    try:
        identity = clean.identity_number(value) or ""
    except CellProblem as problem:
        if _TRAVEL_DOCUMENT.fullmatch(value):
            return value
        raise _refused() from problem
    if not clean.has_valid_check_digit(identity):
        raise IdNumberInvalid(
            _("The check digit does not fit: one of the digits is wrong."), field="id_number"
        )
    return identity


def id_tail(value: str) -> str:
    """Return the signs of an identity number that desks may show: the last four."""
    return value[-4:] if len(value) > 8 else ""


def _is_credit_code(value: str) -> bool:
    if not _CREDIT_CODE.fullmatch(value):
        return False
    total = sum(
        _CREDIT_SIGNS.index(sign) * weight
        for sign, weight in zip(value, _CREDIT_WEIGHTS, strict=False)
    )
    return _CREDIT_SIGNS[-total % 31] == value[17]


def _refused() -> IdNumberInvalid:
    return IdNumberInvalid(_("This is no identity number of a usual kind."), field="id_number")
