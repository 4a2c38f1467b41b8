"""Why something cannot be done with a round."""

from kernel.errors import Conflict, Denied, Invalid, NotFound


class RoundStateWrong(Conflict):
    code = "procurement.round-state"


class RoundIncomplete(Invalid):
    """``field`` names what is missing before vendors can be asked."""

    code = "procurement.round-incomplete"


class RoundChanged(Conflict):
    """Somebody else has saved the draft meanwhile."""

    code = "procurement.round-changed"


class LinesInvalid(Invalid):
    code = "procurement.round-lines-invalid"


class TooFewInvited(Conflict):
    """``details``: ``{"count": 2, "least": 3}``."""

    code = "procurement.too-few-invited"


class ProofMissing(Invalid):
    code = "procurement.fewer-proof-missing"


class DeadlineInvalid(Invalid):
    code = "procurement.deadline-invalid"


class DeadlinePassed(Conflict):
    """``details["closes_at"]``: when it was."""

    code = "procurement.deadline-passed"


class TextMissing(Invalid):
    code = "procurement.text-missing"


class PassphraseWeak(Invalid):
    code = "procurement.passphrase-weak"


class PassphraseWrong(Invalid):
    code = "procurement.passphrase-wrong"


class TooManyTries(Conflict):
    code = "procurement.passphrase-tries"


class KeyThere(Conflict):
    """There is a key already: it is changed with its passphrase, or replaced."""

    code = "procurement.opener-key-there"


class KeyNotThere(NotFound):
    code = "procurement.opener-key-none"


class NotEntrusted(Denied):
    """He opens quotes, but no share of this round's key was wrapped for him."""

    code = "procurement.not-entrusted"


class BuyerOpens(Denied):
    code = "procurement.buyer-opens"


class NotClosedYet(Conflict):
    """``details["closes_at"]``: when it may be opened."""

    code = "procurement.round-not-closed"


class ReleasedAlready(Conflict):
    code = "procurement.released-already"


class QuoteLate(Conflict):
    """``details["closes_at"]``: when the deadline was."""

    code = "procurement.quote-late"


class QuoteThere(Conflict):
    """He has quoted: the quote is taken back first."""

    code = "procurement.quote-there"


class NoQuote(Conflict):
    code = "procurement.no-quote"


class OwnKeyMissing(Conflict):
    """The contact has no key of his own yet, or another one than what he wants to read."""

    code = "procurement.own-key-missing"


class FilesInvalid(Invalid):
    code = "procurement.quote-files-invalid"


class DraftTooLarge(Invalid):
    code = "procurement.quote-draft-too-large"
