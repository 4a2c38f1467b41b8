"""What never leaves by a log line or an error report, and how it is taken out of texts."""

import re
from typing import Any

REMOVED = "[removed]"

# Names of keys whose values are never written, whatever their case or surroundings.
SECRET_WORDS = (
    "password",
    "passphrase",
    "token",
    "secret",
    "authorization",
    "cookie",
    "id_number",
    "phone",
    "forwarded",  # addresses of clients
    "real-ip",
    "remote_addr",
)
# Random numbers of ours, in which any run of digits may look like a phone.
IDENTIFIERS = frozenset({"request_id", "task_id", "event_id", "trace_id", "span_id", "release"})

# Mainland ID numbers (15 or 18 characters), mobile and landline numbers, addresses.
PERSONAL = re.compile(
    r"(?<!\d)(?:\d{17}[\dXx]|\d{15}|(?:86)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}|0\d{2,3}-\d{7,8})(?!\d)"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
)
# Whoever has one of these may do something: links to set a password, what we sign, API tokens.
CREDENTIAL = re.compile(
    r"(?<=/password/)[^/\s\"'?#]+"
    r"|(?:\.|\b)[\w-]{8,}:[A-Za-z0-9]{6}:[\w-]{27,}"
    r"|\bgj_[\w-]{20,}"
)
# What was searched for is often a name.
QUERY = re.compile(r"(?<=[\w/])\?[^\s\"'<>=]+=[^\s\"'<>]*")
# The database tells the whole row that it refuses, and the statement with its values.
ROWS = re.compile(
    r"^(?:DETAIL|CONTEXT|QUERY|LINE \d+):.*?"
    r"(?=\n(?:HINT|\n|Traceback|The above exception|During handling)|\n\n|\Z)",
    re.DOTALL | re.MULTILINE,
)


def scrub_text(text: str) -> str:
    """Return ``text`` without personal numbers, credentials, query strings and rows."""
    text = ROWS.sub(REMOVED, text)
    text = CREDENTIAL.sub(REMOVED, text)
    text = QUERY.sub(f"?{REMOVED}", text)
    return PERSONAL.sub(REMOVED, text)


def is_secret(key: object) -> bool:
    """Tell whether a key names something that is never written."""
    return isinstance(key, str) and any(word in key.lower() for word in SECRET_WORDS)


def scrub(value: Any) -> Any:
    """Return ``value`` with texts scrubbed and secret keys' values replaced, at any depth."""
    if isinstance(value, dict):
        return {
            key: REMOVED if is_secret(key) else item if key in IDENTIFIERS else scrub(item)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [scrub(item) for item in value]
    if isinstance(value, str):
        return scrub_text(value)
    return value
