from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from kernel import access, sealing
from kernel.access.models import User
from kernel.audit.models import AuditEntry
from kernel.notifications.models import Notification
from kernel.outbox.models import Event
from services.procurement.rounds import about, operations, queries
from services.procurement.rounds.models import (
    KeyShare,
    OpenerKey,
    Round,
    RoundLetter,
    RoundState,
)
from services.procurement.rounds.operations.keys import pair_of, unlock
from services.procurement.rounds.rules import awards, sides
from services.procurement.vendors.operations import VendorNotFit
from tenants.companies.models import Company
from tests.factories import NOW, TODAY, add_actor, hold_post
from tests.factories_procurement_rounds import (
    CLOSES,
    PASSPHRASE,
    Quoter,
    add_buyer,
    add_opener,
    add_openers,
    add_quoter,
    add_round,
    publish_round,
)
from tests.factories_procurement_vendors import add_hold
from tests.factories_properties import add_project
from tests.services.procurement.rounds.conftest import Asked


@pytest.fixture
def quoters(tenant: Company) -> list[Quoter]:
    return [add_quoter("V1"), add_quoter("V2"), add_quoter("V3")]


def refused(error: type[Exception], quoters: list[Quoter], **values: Any) -> Any:
    buyer = add_buyer()
    made = add_round(buyer, quoters, **values)
    with pytest.raises(error) as caught:
        operations.publish(actor=buyer, round_id=made.pk, now=NOW, today=TODAY)
    made.refresh_from_db()
    assert (made.state, made.public_key) == (RoundState.DRAFT, None)
    assert not KeyShare.objects.exists()
    assert not RoundLetter.objects.exists()
    return caught.value


def test_a_published_round_has_a_key_that_only_both_sides_together_make(
    quoters: list[Quoter],
) -> None:
    first, second = add_openers()

    published = publish_round(add_buyer(), quoters)

    assert (published.state, published.published_at) == (RoundState.OPEN, NOW)
    shares = KeyShare.objects.order_by("side")
    halves = []
    for share in shares:
        key = share.opener_key
        halves.append(
            sealing.unseal(
                bytes(share.wrapped),
                key=pair_of(key, unlock(key, PASSPHRASE)),
                about=about.share(published.pk, share.side),
            )
        )
    assert sealing.public_of(sealing.join(*halves)) == bytes(published.public_key or b"")
    assert all(sealing.public_of(half) != bytes(published.public_key or b"") for half in halves)
    assert {(share.side, share.post) for share in shares} == {
        (1, "company_gm"),
        (2, "finance_head"),
    }
    assert set(Notification.objects.values_list("user_id", flat=True)) == {
        first.user_id,
        second.user_id,
    }
    assert sorted(RoundLetter.objects.values_list("contact_id", "kind")) == sorted(
        (quoter.contact.pk, "PUBLISHED") for quoter in quoters
    )
    assert Event.objects.get().data == {"number": published.number, "title": published.title}
    entry = AuditEntry.objects.get(event="procurement.round.published")
    assert entry.data["sides"] == [[second.user_id], [first.user_id]]


def test_a_round_without_somebody_on_each_side_is_not_published(quoters: list[Quoter]) -> None:
    add_opener("finance", "finance_head")
    add_opener("finance2", "finance_head")
    add_actor("gm", "company_gm")  # has made no key

    refused(sides.SideEmpty, quoters)


def test_a_buyer_is_entrusted_with_nothing(quoters: list[Quoter]) -> None:
    """Also if he holds, or is given, a post that opens: whoever buys does not open."""
    first, second = add_openers()
    both = add_opener("deputy", "deputy_gm")
    hold_post(User.objects.get(pk=both.require_person()), "buyer")

    published = publish_round(add_buyer(), quoters)

    assert set(KeyShare.objects.values_list("opener_key__user_id", flat=True)) == {
        first.user_id,
        second.user_id,
    }
    assert published.state == RoundState.OPEN


def test_openers_are_chosen_by_hand_within_what_may_be(quoters: list[Quoter]) -> None:
    buyer, (first, second) = add_buyer(), add_openers()
    third = add_opener("office", "general_office")
    made = add_round(buyer, quoters)
    one, two, three = (actor.user_id or 0 for actor in (first, second, third))

    for wrong in ([[one], [one]], [[one], [buyer.user_id or 0]], [[one], [10**6]]):
        with pytest.raises(sides.SidesMeet):
            operations.publish(
                actor=buyer, round_id=made.pk, opener_ids=wrong, now=NOW, today=TODAY
            )
    operations.publish(
        actor=buyer, round_id=made.pk, opener_ids=[[one], [two, three]], now=NOW, today=TODAY
    )

    assert sorted(KeyShare.objects.values_list("side", "opener_key__user_id")) == [
        (1, one),
        (2, two),
        (2, three),
    ]
    assert sides.thin(operations.sides_of(made, actor=buyer, today=TODAY)) == (2,)


def test_openers_of_another_project_are_not_asked(quoters: list[Quoter]) -> None:
    here, there = add_project("A", name="甲"), add_project("B", name="乙")
    add_opener("here", "mo_manager", project_id=here.pk)
    add_opener("there", "mo_manager", project_id=there.pk)
    add_opener("gm", "company_gm")

    publish_round(add_buyer(), quoters, project_id=here.pk)

    users = set(KeyShare.objects.values_list("opener_key__user_id", flat=True))
    keys = {key.user_id for key in OpenerKey.objects.all()}
    assert len(users) == 2
    assert len(keys - users) == 1


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"lines": []}, operations.RoundIncomplete),
        ({"closes_at": None}, operations.DeadlineInvalid),
        ({"closes_at": NOW}, operations.DeadlineInvalid),
        ({"weights": {"price": 100}}, awards.WeightsInvalid),
        ({"weights": {}}, awards.WeightsInvalid),
    ],
)
def test_what_is_missing_is_asked_for(
    quoters: list[Quoter], values: dict[str, Any], error: type[Exception]
) -> None:
    add_openers()

    refused(error, quoters, **values)


def test_three_vendors_are_asked_at_least(quoters: list[Quoter]) -> None:
    add_openers()

    error = refused(operations.TooFewInvited, quoters[:2])

    assert error.details == {"count": 2, "least": 3}


def test_a_vendor_on_hold_is_not_asked(quoters: list[Quoter]) -> None:
    add_openers()
    add_hold(quoters[1].vendor)

    refused(VendorNotFit, quoters)


def test_the_database_lets_nothing_of_a_published_round_be_changed(quoters: list[Quoter]) -> None:
    add_openers()
    published = publish_round(add_buyer(), quoters)

    for change in (
        {"public_key": b"x" * 32},
        {"weights": {"price": 1}},
        {"closes_at": CLOSES - timedelta(minutes=1)},
        {"state": RoundState.DRAFT},
        {"state": RoundState.OPENED},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Round.objects.filter(pk=published.pk).update(**change)
    for call in (published.lines.all().delete, lambda: published.lines.update(quantity=1)):
        with pytest.raises(IntegrityError), transaction.atomic():
            call()
    with pytest.raises(operations.RoundStateWrong):
        operations.publish(actor=access.SYSTEM, round_id=published.pk, now=NOW, today=TODAY)
    assert queries.answer_count(published.pk) == 0


def test_a_round_that_nobody_has_answered_counts_none(asked: Asked) -> None:
    (found,) = queries.rounds(actor=asked.buyer)

    assert (found.invited_count, found.answered_count) == (3, 0)  # type: ignore[attr-defined]
