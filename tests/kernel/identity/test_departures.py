"""S-44: a leaver's things are listed, settled one by one, and only then the account closes."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import OperationalError, connection

from kernel import access
from kernel.access import operations as people
from kernel.access import tokens
from kernel.access.models import ApiToken, Integration, PostHolding, User
from kernel.access.queries import actor_for
from kernel.approvals.operations import DelegationInvalid, delegate, end_delegation
from kernel.audit.models import AuditEntry
from kernel.errors import DomainError, NotFound
from kernel.identity import queries
from kernel.identity.leaving import Group, held_by
from kernel.identity.models import (
    Departure,
    DepartureStep,
    HeldItem,
    HeldItemEvent,
    ItemKind,
    Method,
    SignIn,
    Way,
)
from kernel.identity.operations import departures, holdings, sessions
from tenants.companies.models import Company
from tests.factories import NOW, TODAY, add_actor, add_user, hold_post
from tests.threads import at_once


@pytest.fixture
def admin(tenant: Company) -> access.Actor:
    return add_actor("xujing", "company_admin")


@pytest.fixture
def steward(admin: access.Actor) -> User:
    user = add_user("lin", name="Lin")
    hold_post(user, "steward")
    return user


def issue(
    admin: access.Actor, holder: User, kind: str, number: str, amount: str | None = None
) -> HeldItem:
    return holdings.issue(
        actor=admin,
        kind=kind,
        number=number,
        holder_id=holder.pk,
        amount=Decimal(amount) if amount else None,
        now=NOW,
    )


def begin(admin: access.Actor, user: User) -> Departure:
    return departures.begin(
        actor=admin, user_id=user.pk, last_day=TODAY + timedelta(days=3), now=NOW
    )


def settle(
    admin: access.Actor, departure: Departure, thing: HeldItem | Integration, way: Way, **given: Any
) -> DepartureStep:
    check = "identity.items" if isinstance(thing, HeldItem) else "identity.integrations"
    return departures.settle(
        actor=admin,
        departure_id=departure.pk,
        check=check,
        ref=str(thing.pk),
        way=way,
        now=NOW,
        **given,
    )


def test_s44_a_steward_leaves(admin: access.Actor, steward: User) -> None:
    """Manual, keys, cards, loans returned, registered; a remaining receipt book blocks."""
    successor = add_user("zhou", name="Zhou")
    manual = issue(admin, steward, ItemKind.MANUAL, "JYHT-KF-03/7")
    key = issue(admin, steward, ItemKind.KEY, "3-2-1602/2")
    card = issue(admin, steward, ItemKind.CARD, "AC-0417")
    loan = issue(admin, steward, ItemKind.LOAN, "L-2026-11", "500.00")
    book = issue(admin, steward, ItemKind.RECEIPT_BOOK, "0012")
    _token, text = tokens.create_token(
        actor=access.SYSTEM, user_id=steward.pk, name="phone", now=NOW
    )
    sessions.begin(
        user_id=steward.pk,
        session_key="k" * 32,
        method=Method.PASSWORD,
        device="Chrome, Windows",
        address="192.0.2.7",
        now=NOW,
    )
    departure = begin(admin, steward)

    settle(admin, departure, manual, Way.TAKE_BACK, note="complete")
    settle(admin, departure, key, Way.HAND_OVER, to_user_id=successor.pk)
    settle(admin, departure, card, Way.TAKE_BACK)
    settle(admin, departure, loan, Way.TAKE_BACK, counted="500.00")
    with pytest.raises(departures.StillHeld) as refused:
        departures.close(actor=admin, departure_id=departure.pk, now=NOW)

    assert [line["what"] for line in refused.value.details["held"]] == ["Receipt book 0012"]
    assert refused.value.details["held"][0]["reason"]
    assert User.objects.get(pk=steward.pk).is_active
    assert tokens.valid_token(text=text, now=NOW) is not None
    assert Departure.objects.get().is_open

    settle(admin, departure, book, Way.TAKE_BACK)
    departures.close(actor=admin, departure_id=departure.pk, now=NOW)

    gone = User.objects.get(pk=steward.pk)
    assert not gone.is_active
    assert actor_for(user=gone, today=TODAY).grants == frozenset()
    assert PostHolding.objects.get(user=gone).last_day == TODAY
    assert tokens.valid_token(text=text, now=NOW) is None
    assert not queries.sessions_of(user_id=gone.pk, now=NOW).exists()
    assert SignIn.objects.get().ended_at == NOW
    assert HeldItem.objects.get(pk=key.pk).holder == successor
    assert not HeldItem.objects.filter(holder=gone).exists()
    entry = AuditEntry.objects.get(event="identity.departure.closed")
    assert [line["what"] for line in entry.data["sheet"]][:5] == [
        "Controlled manual JYHT-KF-03/7",
        "Key 3-2-1602/2",
        "Card AC-0417",
        "Loan of money L-2026-11 (500.00)",
        "Receipt book 0012",
    ]
    assert Departure.objects.get().sheet == entry.data["sheet"]


def test_nobody_comes_back_by_being_let_in_again(admin: access.Actor, steward: User) -> None:
    _token, text = tokens.create_token(
        actor=access.SYSTEM, user_id=steward.pk, name="phone", now=NOW
    )
    digest = User.objects.get(pk=steward.pk).get_session_auth_hash()
    departure = begin(admin, steward)
    departures.close(actor=admin, departure_id=departure.pk, now=NOW)

    people.set_active(actor=admin, user_id=steward.pk, is_active=True, now=NOW)

    back = User.objects.get(pk=steward.pk)
    assert back.get_session_auth_hash() != digest
    assert tokens.valid_token(text=text, now=NOW) is None
    assert actor_for(user=back, today=TODAY + timedelta(days=1)).grants == frozenset()


@pytest.mark.parametrize(
    ("way", "given", "error"),
    [
        (Way.HAND_OVER, {}, departures.WayClosed),
        (Way.END, {}, departures.WayClosed),
        (Way.TAKE_BACK, {"counted": "12.00"}, holdings.CountWrong),
    ],
)
def test_a_receipt_book_only_goes_back(
    admin: access.Actor, steward: User, way: Way, given: dict[str, Any], error: type[DomainError]
) -> None:
    book = issue(admin, steward, ItemKind.RECEIPT_BOOK, "0012")
    departure = begin(admin, steward)
    events = HeldItemEvent.objects.count()

    with pytest.raises(error):
        settle(admin, departure, book, way, **given)

    assert HeldItem.objects.get().holder == steward
    assert (HeldItemEvent.objects.count(), DepartureStep.objects.count()) == (events, 0)


@pytest.mark.parametrize("counted", ["", "199.99", "200.01", "NaN", "x", "-200"])
def test_a_cash_float_goes_back_counted(admin: access.Actor, steward: User, counted: str) -> None:
    cash = issue(admin, steward, ItemKind.CASH_FLOAT, "F-1", "200.00")
    departure = begin(admin, steward)

    with pytest.raises(holdings.CountWrong):
        settle(admin, departure, cash, Way.TAKE_BACK, counted=counted)

    assert HeldItem.objects.get().holder == steward
    assert DepartureStep.objects.count() == 0


def test_things_go_to_somebody_who_stays(admin: access.Actor, steward: User) -> None:
    key = issue(admin, steward, ItemKind.KEY, "1")
    departure = begin(admin, steward)
    out, leaving = add_user("out"), add_user("leaving")
    people.set_active(actor=admin, user_id=out.pk, is_active=False, now=NOW)
    begin(admin, leaving)

    for to_user_id in (None, steward.pk, out.pk, 10**9):
        with pytest.raises(departures.SuccessorMissing):
            settle(admin, departure, key, Way.HAND_OVER, to_user_id=to_user_id)
    with pytest.raises(holdings.HolderIsLeaving):
        settle(admin, departure, key, Way.HAND_OVER, to_user_id=leaving.pk)

    assert HeldItem.objects.get().holder == steward
    assert DepartureStep.objects.count() == 0


def test_a_leaver_is_issued_nothing_more(admin: access.Actor, steward: User) -> None:
    begin(admin, steward)

    with pytest.raises(holdings.HolderIsLeaving):
        issue(admin, steward, ItemKind.KEY, "1")

    assert HeldItem.objects.count() == HeldItemEvent.objects.count() == 0


def test_a_program_gets_another_keeper_or_ends(admin: access.Actor, steward: User) -> None:
    def program(name: str) -> Integration:
        return tokens.create_integration(
            actor=admin,
            name=name,
            purpose="gate",
            actions=["registry.view"],
            keeper_id=steward.pk,
            now=NOW,
        )

    gate, meters = program("gate"), program("meters")
    tokens.create_integration_token(actor=admin, integration_id=meters.pk, name="t", now=NOW)
    departure = begin(admin, steward)
    with pytest.raises(departures.StillHeld):
        departures.close(actor=admin, departure_id=departure.pk, now=NOW)

    settle(admin, departure, gate, Way.HAND_OVER, to_user_id=add_user("zhou").pk)
    settle(admin, departure, meters, Way.END)
    departures.close(actor=admin, departure_id=departure.pk, now=NOW)

    assert Integration.objects.get(pk=gate.pk).keeper.username == "zhou"
    assert Integration.objects.get(pk=meters.pk).ended_at == NOW
    assert ApiToken.objects.get().revoked_at == NOW


def test_what_is_settled_is_not_settled_again(admin: access.Actor, steward: User) -> None:
    key = issue(admin, steward, ItemKind.KEY, "1")
    departure = begin(admin, steward)
    settle(admin, departure, key, Way.TAKE_BACK)

    with pytest.raises(departures.NothingThere):
        settle(admin, departure, key, Way.TAKE_BACK)
    with pytest.raises(departures.NothingThere):
        departures.settle(
            actor=admin, departure_id=departure.pk, check="nope", ref="1", way="END", now=NOW
        )

    assert DepartureStep.objects.count() == 1


def test_only_administrators_and_never_oneself(admin: access.Actor, steward: User) -> None:
    zhou = add_actor("zhou", "collector")
    departure = begin(admin, steward)
    me = User.objects.get(username="xujing")
    other = add_actor("second", "company_admin")
    own = begin(other, me)

    calls: list[Callable[[], object]] = [
        lambda: begin(zhou, me),
        lambda: departures.close(actor=zhou, departure_id=departure.pk, now=NOW),
        lambda: departures.take_back(actor=zhou, departure_id=departure.pk, now=NOW),
    ]
    for call in calls:
        with pytest.raises(access.ActionDenied):
            call()
    for call in (
        lambda: begin(admin, me),
        lambda: departures.close(actor=admin, departure_id=own.pk, now=NOW),
    ):
        with pytest.raises(departures.OwnDeparture):
            call()

    assert Departure.objects.filter(closed_at=None).count() == 2
    assert User.objects.filter(is_active=True).count() == 4


def test_a_leaving_begins_once_and_can_be_taken_back(admin: access.Actor, steward: User) -> None:
    departure = begin(admin, steward)
    with pytest.raises(departures.DepartureOpen):
        begin(admin, steward)

    departures.take_back(actor=admin, departure_id=departure.pk, now=NOW)

    with pytest.raises(departures.DepartureOver):
        departures.close(actor=admin, departure_id=departure.pk, now=NOW)
    assert User.objects.get(pk=steward.pk).is_active
    assert begin(admin, steward).pk != departure.pk
    with pytest.raises(NotFound):
        departures.close(actor=admin, departure_id=10**9, now=NOW)


def test_the_last_administrator_does_not_leave(tenant: Company) -> None:
    admin = add_actor("xujing", "company_admin")
    second = add_actor("second", "company_admin")
    departure = begin(second, User.objects.get(username="xujing"))
    people.end_post(
        actor=access.SYSTEM,
        holding_id=PostHolding.objects.get(user_id=second.require_person()).pk,
        last_day=TODAY,
        now=NOW,
    )

    with pytest.raises(people.LastAdministrator):
        departures.close(actor=second, departure_id=departure.pk, now=NOW)

    assert actor_for(user=User.objects.get(pk=admin.require_person()), today=TODAY).grants
    assert Departure.objects.get().is_open


def test_two_administrators_close_at_the_same_moment(committed_tenant: Company) -> None:
    first, second = add_actor("xujing", "company_admin"), add_actor("other", "company_admin")
    steward = add_user("lin")
    departure = begin(first, steward)

    came = at_once(
        committed_tenant,
        [
            partial(departures.close, actor=actor, departure_id=departure.pk, now=NOW)
            for actor in (first, second)
        ],
    )

    assert sorted(type(result).__name__ for result in came) == ["Departure", "DepartureOver"]
    assert AuditEntry.objects.filter(event="identity.departure.closed").count() == 1
    assert AuditEntry.objects.filter(event="access.user.deactivated").count() == 1


def test_nothing_is_given_to_him_between_the_list_and_the_end(
    committed_tenant: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = add_actor("xujing", "company_admin")
    keeper, leaver = add_user("zhou"), add_user("lin")
    program = tokens.create_integration(
        actor=admin,
        name="ERP",
        purpose="Books",
        actions=[access.Action.BILL_VIEW],
        keeper_id=keeper.pk,
        now=NOW,
    )
    departure = begin(admin, leaver)
    listed = departures.left_of

    def hand_over() -> Integration:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '300ms'")
        return tokens.hand_over_integration(
            actor=admin, integration_id=program.pk, keeper_id=leaver.pk, now=NOW
        )

    def list_then_hand_over(found: Departure, *, today: date) -> list[Group]:
        groups = listed(found, today=today)
        came.extend(at_once(committed_tenant, [hand_over]))
        return groups

    came: list[Integration | Exception] = []
    monkeypatch.setattr(departures, "left_of", list_then_hand_over)

    departures.close(actor=admin, departure_id=departure.pk, now=NOW)

    assert [type(result) for result in came] == [OperationalError]  # it waited
    assert Integration.objects.get().keeper_id == keeper.pk


def test_a_delegation_that_has_not_begun_is_ended_for_good(
    admin: access.Actor, steward: User
) -> None:
    deputy = add_user("zhou")
    hold_post(deputy, "steward")
    given = delegate(
        actor=actor_for(user=steward, today=TODAY),
        deputy_id=deputy.pk,
        valid_from=TODAY + timedelta(days=5),
        valid_to=TODAY + timedelta(days=9),
        reason="Away",
        now=NOW,
    )
    departure = begin(admin, steward)

    departures.settle(
        actor=admin,
        departure_id=departure.pk,
        check="approvals.delegations",
        ref=str(given.pk),
        way=Way.END,
        now=NOW,
    )

    with pytest.raises(DelegationInvalid):
        end_delegation(actor=admin, delegation_id=given.pk, now=NOW)
    assert departures.close(actor=admin, departure_id=departure.pk, now=NOW).closed_at == NOW


def test_an_item_goes_through_hands_and_every_change_is_kept(admin: access.Actor) -> None:
    wang, li = add_user("wang"), add_user("li")
    key = issue(admin, wang, ItemKind.KEY, "1")
    holdings.hand_over(actor=admin, item_id=key.pk, to_user_id=li.pk, now=NOW)
    holdings.take_back(actor=admin, item_id=key.pk, now=NOW)
    issue(admin, wang, ItemKind.KEY, "1")
    holdings.report_lost(actor=admin, item_id=key.pk, note="fell into the pond", now=NOW)

    events = HeldItemEvent.objects.order_by("pk")
    assert list(events.values_list("kind", "from_user__username", "to_user__username")) == [
        ("ISSUED", None, "wang"),
        ("HANDED_OVER", "wang", "li"),
        ("RETURNED", "li", "xujing"),
        ("ISSUED", None, "wang"),
        ("LOST", "wang", None),
    ]
    assert HeldItem.objects.get().holder is None


def test_who_has_it_does_not_take_it_back_nor_write_it_off(admin: access.Actor) -> None:
    key = issue(admin, User.objects.get(username="xujing"), ItemKind.KEY, "1")

    with pytest.raises(holdings.SamePerson):
        holdings.take_back(actor=admin, item_id=key.pk, now=NOW)
    with pytest.raises(holdings.SamePerson):
        holdings.report_lost(actor=admin, item_id=key.pk, note="x", now=NOW)

    assert HeldItemEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "number", "amount", "error"),
    [
        ("CROWN", "1", None, holdings.ItemInvalid),
        ("KEY", " ", None, holdings.ItemInvalid),
        ("KEY", "x" * 61, None, holdings.ItemInvalid),
        ("KEY", "1", "5.00", holdings.ItemInvalid),
        ("LOAN", "1", None, holdings.ItemInvalid),
        ("LOAN", "1", "0", holdings.ItemInvalid),
        ("LOAN", "1", "NaN", holdings.ItemInvalid),
        ("CASH_FLOAT", "1", "1000000.01", holdings.ItemInvalid),
    ],
)
def test_what_is_issued_is_checked(
    admin: access.Actor, kind: str, number: str, amount: str | None, error: type[DomainError]
) -> None:
    wang = add_user("wang")

    with pytest.raises(error):
        issue(admin, wang, kind, number, amount)

    assert HeldItem.objects.count() == HeldItemEvent.objects.count() == 0


def test_one_thing_is_in_one_hand(admin: access.Actor) -> None:
    wang, li = add_user("wang"), add_user("li")
    issue(admin, wang, ItemKind.KEY, "1")

    with pytest.raises(holdings.ItemWithSomebody):
        issue(admin, li, ItemKind.KEY, "1")

    assert HeldItem.objects.get().holder == wang


def test_what_he_holds_is_told_by_kind(admin: access.Actor, steward: User) -> None:
    issue(admin, steward, ItemKind.KEY, "1")

    groups = {group.check.key: group for group in held_by(user_id=steward.pk, today=TODAY)}

    assert set(groups) == {"identity.items", "identity.posts"}
    assert [thing.ways for thing in groups["identity.items"].blocking] == [
        (Way.TAKE_BACK, Way.HAND_OVER)
    ]
    assert groups["identity.posts"].blocking == ()
