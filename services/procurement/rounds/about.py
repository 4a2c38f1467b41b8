"""What sealed bytes belong to: taken to another round, side or company they do not open."""

from kernel.tenancy import current_schema


def quote(round_id: int) -> bytes:
    """Return the mark of quotes, sealed to a round."""
    return f"round:{current_schema()}:{round_id}".encode()


def file(round_id: int) -> bytes:
    """Return the mark of the files of quotes, sealed to a round."""
    return f"file:{current_schema()}:{round_id}".encode()


def share(round_id: int, side: int) -> bytes:
    """Return the mark of a half of a round's key, wrapped for one of its openers."""
    return f"share:{current_schema()}:{round_id}:{side}".encode()


def copy(invitation_id: int, contact_id: int) -> bytes:
    """Return the mark of a vendor's own copy of what he sent."""
    return f"copy:{current_schema()}:{invitation_id}:{contact_id}".encode()


def draft(invitation_id: int, contact_id: int) -> bytes:
    """Return the mark of what a vendor's contact has typed so far."""
    return f"draft:{current_schema()}:{invitation_id}:{contact_id}".encode()


def draft_file(invitation_id: int, contact_id: int) -> bytes:
    """Return the mark of a file that waits with a contact's draft."""
    return f"draft-file:{current_schema()}:{invitation_id}:{contact_id}".encode()
