"""Before the opening the staff learns how many have quoted, never who, wherever it looks."""

import pytest

from kernel.access.models import User
from kernel.access.queries import actor_for
from kernel.audit import queries as audit
from kernel.audit.models import AuditEntry
from kernel.errors import NotFound
from services.procurement.rounds import operations
from tests import factories
from tests.factories import NOW, TODAY
from tests.factories_procurement_rounds import CLOSES, open_round, send_quote
from tests.services.procurement.rounds.conftest import Asked

VENDORS_DOINGS = {
    "procurement.quote.sent",
    "procurement.quote.withdrawn",
    "procurement.quote.came-late",
    "procurement.invitation.asked",
    "procurement.invitation.declined",
}


def do_all(asked: Asked) -> None:
    first, second, third = asked.quoters
    send_quote(first, asked.round, "28.90", "645.00")
    operations.withdraw(actor=first.actor, round_id=asked.round.pk, now=NOW)
    operations.ask(actor=second.actor, round_id=asked.round.pk, text="几时要？", now=NOW)
    operations.decline(actor=third.actor, round_id=asked.round.pk, now=NOW)
    with pytest.raises(operations.QuoteLate):
        send_quote(second, asked.round, "28.90", "645.00", now=CLOSES)


def test_nobody_reads_in_the_record_who_has_quoted_before_the_opening(asked: Asked) -> None:
    admin = factories.add_user("admin")
    factories.hold_post(admin, "company_admin")
    reader = actor_for(user=User.objects.get(pk=admin.pk), today=TODAY)
    do_all(asked)
    written = AuditEntry.objects.filter(object_type="procurement.invitation")
    assert set(written.values_list("event", flat=True)) == VENDORS_DOINGS

    shown = set(audit.entries(actor=reader).values_list("event", flat=True))
    assert "procurement.round.published" in shown
    assert not shown & VENDORS_DOINGS
    for entry in written:
        with pytest.raises(NotFound):
            audit.get_entry(actor=reader, entry_id=entry.pk)

    # It was written all the same, and is read once nothing is secret any more.
    open_round(asked.round, asked.openers)
    assert set(audit.entries(actor=reader).values_list("event", flat=True)) >= VENDORS_DOINGS


def test_of_another_round_everything_is_read(asked: Asked) -> None:
    do_all(asked)
    operations.cancel(actor=asked.buyer, round_id=asked.round.pk, reason="x", now=NOW)
    finance = asked.openers[0]

    assert set(audit.entries(actor=finance).values_list("event", flat=True)) >= VENDORS_DOINGS
