"""The signature of a webhook."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit


def body_of(facts: Mapping[str, Any]) -> bytes:
    """Return the JSON text that is sent and signed: UTF-8, keys in order, no white space."""
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def told_url(url: str) -> str:
    """Return scheme and host of an address, and of what follows a mark that changes with it."""
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    mark = hashlib.sha256(url.encode()).hexdigest()[:8]
    return origin if url.removesuffix("/") == origin else f"{origin}/… ({mark})"


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """Return the header's value ``t=<unix seconds>,v1=<hex>``.

    ``v1`` is HMAC-SHA256 over the seconds, a dot and the body. The receiver compares it with his
    own and refuses old seconds: a message that was overheard cannot be sent again later.
    """
    digest = hmac.digest(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256)
    return f"t={timestamp},v1={digest.hex()}"
