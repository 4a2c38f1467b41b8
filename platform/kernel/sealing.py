"""Content that nobody can read until several people release it, not even with the whole database.

A box (a round of quotes, say) has a key pair of its own. What is put in is encrypted to its public
key; its private key is cut into two shares, of which each alone says nothing, and forgotten. Each
share is wrapped for the people of one side. A person's own private key is locked by a secret that
is kept nowhere, so that neither database nor settings nor both together open anything.

Everything here is bytes in, bytes out: no database, no clock, no company.
"""

import hashlib
import os
import struct
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_SALT_BYTES: Final = 16
_LENGTH = struct.Struct(">Q")
# The first byte of everything sealed says how, for the day the way changes.
_VERSION: Final = b"\x01"
_SCRYPT_BLOCK: Final = 8
_SMALLEST: Final = 4096


class NotOpened(ValueError):
    """The secret or the key is another one, or the content was altered: which is not told."""


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A key pair; the public half may be known to everybody."""

    private: bytes = field(repr=False)
    public: bytes


def new_key_pair() -> KeyPair:
    """Return a fresh X25519 key pair."""
    private = X25519PrivateKey.generate()
    return KeyPair(private.private_bytes_raw(), private.public_key().public_bytes_raw())


def seal(content: bytes, *, to: bytes, about: bytes) -> bytes:
    """Return ``content`` encrypted to a public key, padded so that its size tells little.

    :param about: what it belongs to; opened as anything else it does not open.
    """
    once = X25519PrivateKey.generate()
    sender = once.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    secret = once.exchange(X25519PublicKey.from_public_bytes(to))
    key = _derive(secret, sender + to, b"seal")
    return _VERSION + sender + _encrypt(key, _pad(content), about)


def unseal(sealed: bytes, *, key: KeyPair, about: bytes) -> bytes:
    """Return what :func:`seal` was given.

    :raises NotOpened: with another key, about something else, or altered.
    """
    if sealed[:1] != _VERSION or len(sealed) < 1 + KEY_BYTES:
        raise NotOpened("not sealed here")
    sender, body = sealed[1 : 1 + KEY_BYTES], sealed[1 + KEY_BYTES :]
    try:
        secret = X25519PrivateKey.from_private_bytes(key.private).exchange(
            X25519PublicKey.from_public_bytes(sender)
        )
    except ValueError as error:  # a point of small order
        raise NotOpened("not sealed here") from error
    return _unpad(_decrypt(_derive(secret, sender + key.public, b"seal"), body, about))


def lock(private: bytes, *, secret: str) -> bytes:
    """Return a private key locked by a secret text that is kept nowhere."""
    salt = os.urandom(_SALT_BYTES)
    cost = settings.SEALING_COST  # stored with the lock, so that it may grow
    head = _VERSION + bytes([cost]) + salt
    return head + _encrypt(_stretch(secret, salt, cost), private, head)


def unlock(locked: bytes, *, secret: str) -> bytes:
    """Return the private key. :raises NotOpened: with another secret, or altered."""
    head, body = locked[: 2 + _SALT_BYTES], locked[2 + _SALT_BYTES :]
    if head[:1] != _VERSION or len(head) < 2 + _SALT_BYTES or not 10 <= head[1] <= 20:
        raise NotOpened("not locked here")
    return _decrypt(_stretch(secret, head[2:], head[1]), body, head)


def wrap(private: bytes, *, token: str) -> bytes:
    """Return a private key encrypted with a random token, e.g. of a session's cookie.

    Only for tokens that cannot be guessed: nothing is stretched.
    """
    return _VERSION + _encrypt(_derive(token.encode(), b"", b"wrap"), private, _VERSION)


def unwrap(wrapped: bytes, *, token: str) -> bytes:
    """Return the private key. :raises NotOpened: with another token, or altered."""
    return _decrypt(_derive(token.encode(), b"", b"wrap"), wrapped[1:], wrapped[:1])


def cut(private: bytes) -> tuple[bytes, bytes]:
    """Return two shares of a key: both together are the key, one alone is noise."""
    first = os.urandom(len(private))
    return first, join(private, first)


def join(first: bytes, second: bytes) -> bytes:
    """Return the key that two shares make."""
    return bytes(a ^ b for a, b in zip(first, second, strict=True))


def public_of(private: bytes) -> bytes:
    """Return the public half of a private key."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def receipt_hash(sealed: bytes) -> str:
    """Return what a sender keeps to prove later what he sent: SHA-256, 64 hex digits."""
    return hashlib.sha256(sealed).hexdigest()


def padded_size(length: int) -> int:
    """Return how many bytes ``length`` bytes are padded to: 4 KiB, and then in steps of an eighth.

    So a size tells whether it is one page or a hundred, and not how long the price is.
    """
    needed = length + _LENGTH.size
    if needed <= _SMALLEST:
        return _SMALLEST
    step = max(_SMALLEST, 1 << (needed.bit_length() - 4))
    return -(-needed // step) * step


def _pad(content: bytes) -> bytes:
    body = _LENGTH.pack(len(content)) + content
    return body.ljust(padded_size(len(content)), b"\0")


def _unpad(padded: bytes) -> bytes:
    (length,) = _LENGTH.unpack_from(padded)
    return padded[_LENGTH.size : _LENGTH.size + length]


def _derive(secret: bytes, salt: bytes, info: bytes) -> bytes:
    kdf = HKDF(hashes.SHA256(), KEY_BYTES, salt=salt, info=b"guanjia:" + info)
    return kdf.derive(secret)


def _stretch(secret: str, salt: bytes, cost: int) -> bytes:
    kdf = Scrypt(salt=salt, length=KEY_BYTES, n=1 << cost, r=_SCRYPT_BLOCK, p=1)
    return kdf.derive(secret.encode())


def _encrypt(key: bytes, content: bytes, about: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, about)


def _decrypt(key: bytes, body: bytes, about: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], about)
    except (InvalidTag, ValueError) as error:
        raise NotOpened("another key, or altered") from error
