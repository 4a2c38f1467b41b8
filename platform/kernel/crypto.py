"""Encryption of personal fields (ID numbers, phones) with a key per company.

Ciphertext of one company does not open in another. The blind index lets equal values be found
without opening them; it is keyed too, so a dictionary of phone numbers does not reveal it.
"""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from kernel.tenancy import current_schema


class NotReadable(RuntimeError):
    """The ciphertext was made with another key or in another company."""


def encrypt(text: str) -> str:
    """Return ``text`` encrypted for the company in force; ``""`` stays ``""``."""
    return Fernet(_key("field")).encrypt(text.encode()).decode() if text else ""


def decrypt(token: str) -> str:
    """Return the text of a value made by :func:`encrypt` in this company.

    :raises NotReadable: if the key or the company is another one.
    """
    if not token:
        return ""
    try:
        return Fernet(_key("field")).decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise NotReadable("encrypted with another key or in another company") from error


def blind_index(text: str) -> str:
    """Return 32 hex digits equal for equal texts of this company; ``""`` for ``""``."""
    if not text:
        return ""
    return hmac.new(_key("index"), text.encode(), hashlib.sha256).hexdigest()[:32]


def _key(purpose: str) -> bytes:
    secret = settings.FIELD_ENCRYPTION_KEY.encode()
    info = f"guanjia:{purpose}:{current_schema()}".encode()
    return base64.urlsafe_b64encode(hmac.new(secret, info, hashlib.sha256).digest())
