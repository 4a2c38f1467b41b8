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
    QuoteLine,
    QuoteRevision,
    Release,
    SealedFile,
)

__all__ = [
    "Amendment",
    "Award",
    "AwardLine",
    "AwardState",
    "Evaluator",
    "Invitation",
    "KeyShare",
    "OpenerKey",
    "Opening",
    "Question",
    "Quote",
    "QuoteLine",
    "QuoteRevision",
    "Release",
    "Round",
    "RoundLine",
    "RoundSource",
    "RoundState",
    "Score",
    "SealedFile",
]
