"""What other code may ask of rounds of quotes. Each call is one transaction."""

from services.procurement.rounds.operations.again import ask_second
from services.procurement.rounds.operations.asking import amend, answer, remind
from services.procurement.rounds.operations.awarding import (
    QuoteExpired,
    ScoresMissing,
    award_kind,
    propose_award,
)
from services.procurement.rounds.operations.drafted import (
    DraftFile,
    draft_files,
    drop_draft_file,
    keep_draft_files,
)
from services.procurement.rounds.operations.drafting import create_round, criteria, save_draft
from services.procurement.rounds.operations.ending import cancel
from services.procurement.rounds.operations.errors import (
    BuyerOpens,
    DeadlineInvalid,
    DeadlinePassed,
    DraftTooLarge,
    FilesInvalid,
    KeyNotThere,
    KeyThere,
    LinesInvalid,
    NoQuote,
    NotClosedYet,
    NotEntrusted,
    OwnKeyMissing,
    PassphraseWeak,
    PassphraseWrong,
    ProofMissing,
    QuoteLate,
    QuoteThere,
    ReleasedAlready,
    RoundChanged,
    RoundIncomplete,
    RoundStateWrong,
    TextMissing,
    TooFewInvited,
    TooManyTries,
)
from services.procurement.rounds.operations.evaluating import (
    EvaluatorsInvalid,
    NotEvaluator,
    ScoredAlready,
    ScoresInvalid,
    name_evaluators,
    score,
)
from services.procurement.rounds.operations.fewer import ask_for_fewer, fewer_quotes, least
from services.procurement.rounds.operations.keys import (
    change_passphrase,
    make_key,
    replace_key,
)
from services.procurement.rounds.operations.opening import release
from services.procurement.rounds.operations.presenting import (
    export_comparison,
    print_comparison,
)
from services.procurement.rounds.operations.publishing import publish, sides_of
from services.procurement.rounds.operations.quoting import (
    ask,
    decline,
    figures_of,
    note_seen,
    read_draft,
    read_own,
    save_quote_draft,
)
from services.procurement.rounds.operations.reminding import remind_openers
from services.procurement.rounds.operations.sending import submit, withdraw
from services.procurement.rounds.operations.uploads import Upload

__all__ = [
    "BuyerOpens",
    "DeadlineInvalid",
    "DeadlinePassed",
    "DraftFile",
    "DraftTooLarge",
    "EvaluatorsInvalid",
    "FilesInvalid",
    "KeyNotThere",
    "KeyThere",
    "LinesInvalid",
    "NoQuote",
    "NotClosedYet",
    "NotEntrusted",
    "NotEvaluator",
    "OwnKeyMissing",
    "PassphraseWeak",
    "PassphraseWrong",
    "ProofMissing",
    "QuoteExpired",
    "QuoteLate",
    "QuoteThere",
    "ReleasedAlready",
    "RoundChanged",
    "RoundIncomplete",
    "RoundStateWrong",
    "ScoredAlready",
    "ScoresInvalid",
    "ScoresMissing",
    "TextMissing",
    "TooFewInvited",
    "TooManyTries",
    "Upload",
    "amend",
    "answer",
    "ask",
    "ask_for_fewer",
    "ask_second",
    "award_kind",
    "cancel",
    "change_passphrase",
    "create_round",
    "criteria",
    "decline",
    "draft_files",
    "drop_draft_file",
    "export_comparison",
    "fewer_quotes",
    "figures_of",
    "keep_draft_files",
    "least",
    "make_key",
    "name_evaluators",
    "note_seen",
    "print_comparison",
    "propose_award",
    "publish",
    "read_draft",
    "read_own",
    "release",
    "remind",
    "remind_openers",
    "replace_key",
    "save_draft",
    "save_quote_draft",
    "score",
    "sides_of",
    "submit",
    "withdraw",
]
