"""How entries are chained: the digest of an entry and the hash of a link, here and in SQL.

Both are SHA-256. The database makes them at commit (migration ``0004_chain``); a verification makes
them again here, so that it does not have to believe the database's own functions.

An entry's digest is of its fields in a fixed order, each as ``<bytes>:<text>`` and ``-`` for NULL:
no two entries spell alike. A link's hash is of ``<previous hash>:<seq>:<entry id>:<digest>`` in
hex.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Final

GENESIS: Final = bytes(32)  # what the first link follows

# Each field as text that depends on no setting of the session. {row} is the entry.
FIELDS: Final = (
    "{row}.id::text",
    "(extract(epoch FROM {row}.at) * 1000000)::bigint::text",
    "{row}.actor_id::text",
    "{row}.actor::text",
    "{row}.post::text",
    "{row}.on_behalf_of_id::text",
    "{row}.on_behalf_of::text",
    "{row}.event::text",
    "{row}.object_type::text",
    "{row}.object_id::text",
    "{row}.project_id::text",
    "{row}.request_id::text",
    "{row}.data::text",
)


def fields_sql(row: str) -> str:
    """Return the fields of the entry ``row`` as SQL expressions, for a SELECT or an ARRAY."""
    return ", ".join(field.format(row=row) for field in FIELDS)


def digest_sql(row: str) -> str:
    """Return the SQL expression for the digest of the entry ``row``."""
    return (
        "(SELECT sha256(convert_to(string_agg("  # noqa: S608 - no value of anybody's in it
        "coalesce(octet_length(field) || ':' || field, '-'), '' ORDER BY place), 'UTF8'))"
        f" FROM unnest(ARRAY[{fields_sql(row)}]) WITH ORDINALITY AS fields (field, place))"
    )


def digest_of(fields: Iterable[str | None]) -> bytes:
    """Return the digest of an entry, given its fields as ``fields_sql`` reads them."""
    text = "".join("-" if field is None else f"{len(field.encode())}:{field}" for field in fields)
    return sha256(text.encode()).digest()


def hash_of(previous: bytes, seq: int, entry_id: int, digest: bytes) -> bytes:
    """Return the hash of a link."""
    return sha256(f"{previous.hex()}:{seq}:{entry_id}:{digest.hex()}".encode()).digest()
