"""What keeps a leaver's account open: drafts of requests, quotes that he alone opens or scores."""

from collections.abc import Iterable

import pytest

from kernel.access.models import User
from kernel.approvals import operations as approvals
from kernel.audit.models import AuditEntry
from kernel.identity.leaving import held_by
from kernel.identity.models import Way
from kernel.records import retention
from services.procurement import retained
from services.procurement.requests.leaving import CHECKS
from services.procurement.requests.models import RequestState
from services.procurement.rounds import operations as rounds
from tenants.companies.models import Company
from tests.factories import NOW, TODAY, add_actor
from tests.factories_procurement_requests import draft, open_office, submitted
from tests.services.procurement.rounds.conftest import Asked, ask
from tests.services.procurement.rounds.evaluated import LATER, give_marks, opened

pytestmark = pytest.mark.usefixtures("tenant")


def kept(user_id: int | None, prefix: str = "procurement.") -> dict[str, list[str]]:
    """Return what of procurement a person holds, by check."""
    assert user_id is not None
    groups: Iterable[object] = held_by(user_id=user_id, today=TODAY)
    return {
        group.check.key: [thing.what for thing in group.things]  # type: ignore[attr-defined]
        for group in groups
        if group.check.key.startswith(prefix)  # type: ignore[attr-defined]
    }


@pytest.mark.parametrize("way", [Way.HAND_OVER, Way.END])
def test_a_draft_is_handed_over_or_ended(way: Way) -> None:
    office = open_office()
    request = draft(office)
    submitted(office)  # that is a paper of the approvals
    (check,) = CHECKS
    leaver = office.asker.require_person()
    assert kept(leaver) == {check.key: [f"{request.number} {request.title}"]}
    successor = add_actor("successor", "mo_manager", project_id=office.project.pk)

    label = check.settle[way](
        actor=office.gm,
        leaver_id=leaver,
        ref=str(request.pk),
        to_user_id=successor.user_id,
        counted="",
        note="离职",
        now=NOW,
    )

    request.refresh_from_db()
    assert kept(leaver) == {}
    if way == Way.HAND_OVER:
        assert label == User.objects.get(username="successor").label
        assert (request.state, request.asked_by) == (RequestState.DRAFT, successor.user_id)
        assert list(kept(successor.user_id)) == [check.key]
        event = "procurement.request.handed-over"
    else:
        assert request.state == RequestState.CANCELLED
        event = "procurement.request.cancelled"
    assert AuditEntry.objects.filter(event=event).count() == 1


@pytest.fixture
def asked(tenant: Company) -> Asked:
    return ask()


def test_quotes_that_nobody_else_opens_from_his_side(asked: Asked) -> None:
    finance, gm = asked.openers
    for opener in (finance, gm):
        assert kept(opener.user_id) == {
            "procurement.round-keys": [f"{asked.round.number} {asked.round.title}"]
        }
    assert kept(asked.buyer.user_id) == {}

    opened(asked, ("28.90", "64.50"), ("30.80", "66"), ("31", "67"))

    assert kept(finance.user_id) == {}


def test_scores_that_the_award_waits_for(asked: Asked) -> None:
    approvals.seed_chains(NOW)
    scorer = add_actor("pm", "property_manager")
    opened(asked, ("28.90", "64.50"), ("30.80", "66"), ("31", "67"))
    rounds.name_evaluators(
        actor=asked.buyer,
        round_id=asked.round.pk,
        user_ids=[scorer.require_person()],
        now=LATER,
    )
    assert list(kept(scorer.user_id)) == ["procurement.round-scores"]

    give_marks(asked, scorer)

    assert kept(scorer.user_id) == {}


def test_what_procurement_keeps_is_on_the_list() -> None:
    keys = {record_class.key for record_class in retention.classes()}
    assert {record_class.key for record_class in retained.CLASSES} <= keys
    for_ever = {one.key for one in retained.CLASSES if not one.setting}
    assert for_ever == {"purchases", "stock-books", "contracts"}
    assert all(one.ended and one.dispose for one in retained.CLASSES if one.setting)
