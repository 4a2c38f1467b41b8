"""One vocabulary of states for the whole console: which colour a state has.

A tone is never the only signal; the chip always carries the word. Codes are the stored values of
the services' ``TextChoices``. A code that is not here is neutral.
"""

from typing import Final, Literal

Tone = Literal["", "ok", "warn", "bad", "info", "vio", "brand"]

_CODES: Final[dict[Tone, str]] = {
    "ok": "PAID SETTLED DONE COMPLETED APPROVED ACTIVE ACCEPTED POSTED COMMITTED CONFIRMED OK"
    " NORMAL OCCUPIED OWNER_OCCUPIED IN_FORCE CURRENT SUCCEEDED READY"
    " SIGNED RECEIVED ACKNOWLEDGED AGREED",
    "warn": "PARTIAL PARTLY_PAID PENDING WAITING PREVIEWED PROMISED SUSPENDED EXCEPTION WARNING"
    " PREVIEW VACANT RENOVATION EXPIRING TO_CONFIRM SUBMITTED REQUESTED"
    " PERMITTED PROPOSED",
    "bad": "OVERDUE LATE REJECTED FAILED VOID VOIDED REVERSED ERROR BLOCKED UNDONE REFUSED",
    "info": "RUNNING IN_PROGRESS PROCESSING REHEARSED CHECKED ASSIGNED PROVISIONING QUEUED OPEN"
    " LEASED COMPUTING POSTING REVIEW SENT DELIVERING",
    "vio": "DISPUTED SCORING COUNTERSIGN CONDITIONAL",
    "": "DRAFT NOT_DUE UNSOLD SOLD CUSTODY"
    " CLOSED CANCELLED ENDED INACTIVE ARCHIVED SUPERSEDED SKIPPED RESOLVED"
    " DISCARDED DROPPED RETURNED",
}
TONES: Final[dict[str, Tone]] = {
    code: tone for tone, codes in _CODES.items() for code in codes.split()
}


def tone_of(code: object) -> Tone:
    """Return the tone of a state's stored code; neutral where it is not known."""
    return TONES.get(str(code).upper().replace("-", "_"), "")
