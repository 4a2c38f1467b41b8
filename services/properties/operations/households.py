"""Accounts that change: who pays, which units belong, and to whom a unit is sold (过户)."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from kernel import access
from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.db import refusing
from kernel.errors import Conflict, Invalid, NotFound
from kernel.text import _
from services.properties import claims
from services.properties.models import (
    Household,
    Occupancy,
    OccupancyRole,
    Party,
    Unit,
    UnitState,
    Vehicle,
)
from services.properties.operations.accounts import (
    is_retired,
    main_of,
    name_after,
    open_account,
    refuse_open_bills,
    settle_name,
)
from services.properties.operations.parties import NewOwner, OccupancyOverlaps, check, party_of
from services.properties.operations.units import enter_state
from services.properties.queries import lock_household, lock_households
from services.properties.queries.locks import lock_units_with_households


class PayerNotInHousehold(Conflict):
    code = "properties.payer-not-in-household"


class AccountIsSame(Conflict):
    code = "properties.account-is-same"


class AccountIsOwnAlready(Conflict):
    code = "properties.account-is-own-already"


class AccountInAnotherProject(Invalid):
    code = "properties.account-in-another-project"


class UnitsOfSeveralAccounts(Invalid):
    code = "properties.units-of-several-accounts"


class OwnersMissing(Invalid):
    code = "properties.owners-missing"


class TransferTooEarly(Conflict):
    code = "properties.transfer-too-early"


@transaction.atomic
def set_payer(*, actor: Actor, household_id: int, party_id: int, now: datetime) -> Household:
    """Name who pays for an account: an owner, a lessee or a resident of one of its units.

    :raises PayerNotInHousehold: if the party is none of these.
    """
    household = _lock(actor, household_id)
    occupancy = (
        Occupancy.objects.filter(unit__household=household, party_id=party_id)
        .select_related("party")
        .first()
    )
    if occupancy is None:
        raise PayerNotInHousehold(
            _("Enter this person at one of the units first: only then can he pay for them."),
            field="party",
        )
    before = household.payer_id
    household.payer = occupancy.party
    household.save(update_fields=["payer"])
    audit.record(
        actor=actor,
        event="properties.household.payer-set",
        subject=household,
        project_id=household.project_id,
        now=now,
        data={"before": before, "after": party_id, "name": occupancy.party.name},
    )
    return household


@transaction.atomic
def move_unit_to_household(
    *, actor: Actor, unit_id: int, household_id: int | None, now: datetime
) -> Unit:
    """Move a unit into another account, or out into one of its own (``None``), BL-31.

    Bills stay with the account that owes them; so a unit with open bills does not move, lest they
    be overlooked.

    :raises AccountIsSame: if the unit is in this account.
    :raises AccountIsOwnAlready: if it is alone in its account.
    :raises AccountInAnotherProject: if the account lies in another project.
    :raises AccountHasOpenBills: if bills of the unit are open.
    """
    access.require(actor, Action.REGISTRY_CHANGE)
    units, households = lock_units_with_households(
        [unit_id], [] if household_id is None else [household_id]
    )
    unit = units[unit_id]
    access.require_in_sight(actor, Action.REGISTRY_CHANGE, unit.project_id)
    source = households[unit.household_id]
    target = None if household_id is None else households[household_id]
    if target is not None:
        access.require_in_sight(actor, Action.REGISTRY_CHANGE, target.project_id)
    refuse_open_bills(source, [unit])
    before = source.label
    if target is None:
        target = split_off([unit], source, payer=source.payer)
    else:
        join([unit], source, target)
    audit.record(
        actor=actor,
        event="properties.unit.moved",
        subject=unit,
        project_id=unit.project_id,
        now=now,
        data={"before": before, "from": source.pk, "after": target.label, "to": target.pk},
    )
    return unit


@transaction.atomic
def merge_households(
    *, actor: Actor, household_id: int, merged_id: int, now: datetime
) -> Household:
    """Move all units and vehicles of the account ``merged_id`` into ``household_id`` (BL-31).

    The emptied account keeps its bills and payments.

    :raises AccountIsSame: if both are one.
    :raises AccountInAnotherProject: if they lie in different projects.
    :raises AccountHasOpenBills: if the emptied account owes anything.
    """
    access.require(actor, Action.REGISTRY_CHANGE)
    locked = lock_households({household_id, merged_id})
    target, source = locked[household_id], locked[merged_id]
    for household in (target, source):
        access.require_in_sight(actor, Action.REGISTRY_CHANGE, household.project_id)
    units = list(Unit.objects.select_for_update().filter(household=source).order_by("pk"))
    if not units and target.pk != source.pk:
        raise NotFound
    refuse_open_bills(source)
    merged_label = source.label
    join(units, source, target)
    audit.record(
        actor=actor,
        event="properties.household.merged",
        subject=target,
        project_id=target.project_id,
        now=now,
        data={"from": source.pk, "label": merged_label, "units": [unit.label for unit in units]},
    )
    return target


@transaction.atomic
def transfer_ownership(
    *,
    actor: Actor,
    unit_ids: Sequence[int],
    owners: Sequence[NewOwner],
    effective_on: date,
    carry_open_bills: bool = False,
    now: datetime,
) -> Household:
    """Enter a change of title (过户): the old owners end, the new begin, the payer changes.

    Units sold together must belong to one account. When they are all of it, the account passes to
    the first new owner, with its open bills only if ``carry_open_bills`` says that he takes them
    over (SH-22, SH-23); when others stay behind, the sold ones get an account of their own and
    must have no open bills. An unsold unit is sold from then on. The former owners stay in the
    file. Returns the new owner's account.

    :raises OwnersMissing: without a unit or a new owner.
    :raises UnitsOfSeveralAccounts: if the units belong to several accounts.
    :raises TransferTooEarly: if a present owner began on that day or later.
    :raises AccountHasOpenBills: if bills are open that would change hands.
    :raises rules.SharesOverWhole: if the shares come to more than the whole.
    """
    if not unit_ids or not owners:
        raise OwnersMissing(_("Name the units and at least one new owner."), field="owners")
    access.require(actor, Action.REGISTRY_CHANGE)
    locked, households = lock_units_with_households(unit_ids)
    units = [locked[pk] for pk in sorted(locked)]
    household = households[units[0].household_id]
    access.require_in_sight(actor, Action.REGISTRY_CHANGE, household.project_id)
    if len(households) > 1:
        raise UnitsOfSeveralAccounts(
            _("These units belong to different accounts: transfer them one after the other."),
            field="units",
        )
    former = _end_owners(units, effective_on)
    parties = [party_of(owner.party, actor=actor, now=now) for owner in owners]
    _begin_owners(units, owners, parties, effective_on)
    before = household.payer
    account, open_amount = _pass_account(
        household, units, parties[0], carry_open_bills=carry_open_bills
    )
    for unit in units:
        if unit.state == UnitState.UNSOLD:
            enter_state(
                unit, UnitState.SOLD, actor=actor, effective_on=effective_on, note="", now=now
            )
    audit.record(
        actor=actor,
        event="properties.ownership.transferred",
        subject=account,
        project_id=account.project_id,
        now=now,
        data={
            "units": [unit.label for unit in units],
            "effective_on": effective_on.isoformat(),
            "before": {"owners": former, "payer": before.name if before else None},
            "after": {"owners": [party.name for party in parties], "payer": parties[0].name},
            "open_amount_taken_over": str(open_amount),
        },
    )
    return account


def join(units: Sequence[Unit], source: Household, target: Household) -> None:
    """Move locked units from one account into another; both are named anew.

    Vehicles go along when their account is left empty.

    :raises AccountIsSame: if both accounts are one.
    :raises AccountInAnotherProject: if they lie in different projects.
    :raises NotFound: if the target has no units any more.
    """
    if target.pk == source.pk:
        raise AccountIsSame(_("It belongs to this account already."), field="household")
    if target.project_id != source.project_id:
        raise AccountInAnotherProject(
            _("An account has units of one project only."), field="household"
        )
    if is_retired(target):
        raise NotFound
    _assign(units, target)
    settle_name(source)
    if is_retired(source):
        Vehicle.objects.filter(household=source).update(household=target)


def split_off(units: Sequence[Unit], source: Household, payer: Party | None) -> Household:
    """Move locked units from an account that has others into a new one; return that.

    :raises AccountIsOwnAlready: if the account has no others.
    """
    leaving = [unit.pk for unit in units]
    rest = Unit.objects.filter(household=source).exclude(pk__in=leaving)
    staying = list(rest.order_by("sort_key", "pk"))
    if not staying:
        raise AccountIsOwnAlready(_("It has an account of its own already."))
    # The old account gives the name free before the new one takes it.
    if all(unit.code != source.code for unit in staying):
        name_after(source, main_of(staying))
    target = open_account(main_of(units), payer)
    _assign(units, target)
    return target


def _assign(units: Sequence[Unit], household: Household) -> None:
    for unit in units:
        unit.household = household
    Unit.objects.bulk_update(units, ["household"])


def _pass_account(
    household: Household, units: Sequence[Unit], payer: Party, *, carry_open_bills: bool
) -> tuple[Household, Decimal]:
    """Return the account in which the new owner pays for the units, and the debt he takes over."""
    if Unit.objects.filter(household=household).count() > len(units):
        refuse_open_bills(household, units)
        return split_off(units, household, payer), Decimal("0.00")
    if not carry_open_bills:
        refuse_open_bills(household)
    household.payer = payer
    household.save(update_fields=["payer"])
    return household, claims.open_amount(household.pk)


def _end_owners(units: Sequence[Unit], effective_on: date) -> list[str]:
    """End who owns the units on a day; return their names."""
    owners = list(
        Occupancy.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=effective_on),
            unit__in=units,
            role=OccupancyRole.OWNER,
        )
        .select_related("party")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    for owner in owners:
        if owner.valid_from is not None and owner.valid_from >= effective_on:
            raise TransferTooEarly(
                _("%(name)s is owner only from %(day)s on: enter a later day.")
                % {"name": owner.party.name, "day": owner.valid_from.isoformat()},
                field="effective_on",
            )
        owner.valid_to = effective_on
    Occupancy.objects.bulk_update(owners, ["valid_to"])
    return list(dict.fromkeys(owner.party.name for owner in owners))


def _begin_owners(
    units: Sequence[Unit],
    owners: Sequence[NewOwner],
    parties: Sequence[Party],
    effective_on: date,
) -> None:
    twice = OccupancyOverlaps(_("This person is named twice."), field="owners")
    for unit in units:
        for index, (owner, party) in enumerate(zip(owners, parties, strict=True)):
            occupancy = Occupancy(
                unit=unit,
                party=party,
                role=OccupancyRole.OWNER,
                is_contact=index == 0,
                share_percent=owner.share_percent,
                valid_from=effective_on,
            )
            check(occupancy)
            with refusing(occupancy_no_overlap=twice):
                occupancy.save(force_insert=True)


def _lock(actor: Actor, household_id: int) -> Household:
    access.require(actor, Action.REGISTRY_CHANGE)
    household = lock_household(household_id)
    access.require_in_sight(actor, Action.REGISTRY_CHANGE, household.project_id)
    return household
