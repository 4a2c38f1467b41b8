"""What rounds bring to the parts that know none of them."""

from kernel.approvals import registry as approvals
from kernel.audit import registry as audit
from kernel.documents import carriers, numbers, printing
from kernel.identity import leaving as departures
from kernel.notifications import registry as notices
from kernel.outbox import registry as events
from kernel.text import _
from services.procurement.rounds import files, leaving, papers, queries, telling
from services.procurement.rounds.operations import awarding, drafting, fewer


def register() -> None:
    numbers.register(
        numbers.Series(
            key=drafting.SERIES,
            name=_("Rounds of quotes"),
            pattern="XJ-{YYYY}-{NNNN}",
            is_gapless=False,
        )
    )
    for check in leaving.CHECKS:
        departures.register(check)
    approvals.register(fewer.fewer_quotes())
    approvals.register(awarding.award_kind())
    notices.register(*telling.NOTICES)
    events.register("procurement.round.published", _("A round of quotes was published"))
    events.register("procurement.round.opened", _("The quotes of a round were opened"))
    events.register("procurement.round.awarded", _("A round of quotes was awarded"))
    audit.withhold("procurement.rounds", queries.withheld_entries)
    printing.register(papers.COMPARISON)
    carriers.register(files.ROUNDS)
    carriers.register(files.QUOTES)
