"""Rounds of quotes (询价): what is asked of whom, sealed answers, their opening, the award."""

from services.procurement.rounds.models.asking import (
    Amendment,
    Invitation,
    Question,
    Round,
    RoundLine,
    RoundSource,
    RoundState,
)
from services.procurement.rounds.models.deciding import (
    Award,
    AwardLine,
    AwardState,
    Evaluator,
    Score,
)
from services.procurement.rounds.models.sealing import (
    KeyShare,
    OpenerKey,
    Opening,
    Quote,
    QuoteDraft,
    QuoteDraftFile,
    QuoteLine,
    QuoteRevision,
    Release,
    SealedFile,
)
from services.procurement.rounds.models.telling import LetterKind, RoundLetter

__all__ = [
    "Amendment",
    "Award",
    "AwardLine",
    "AwardState",
    "Evaluator",
    "Invitation",
    "KeyShare",
    "LetterKind",
    "OpenerKey",
    "Opening",
    "Question",
    "Quote",
    "QuoteDraft",
    "QuoteDraftFile",
    "QuoteLine",
    "QuoteRevision",
    "Release",
    "Round",
    "RoundLetter",
    "RoundLine",
    "RoundSource",
    "RoundState",
    "Score",
    "SealedFile",
]
