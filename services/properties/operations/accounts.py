"""The accounts (households) that units belong to: opened, named after their main unit, retired."""

from collections.abc import Collection, Sequence

from kernel.errors import Conflict
from kernel.text import _
from services.properties import claims
from services.properties.models import Household, Party, Unit, UnitKind

_MAIN_KINDS = (UnitKind.RESIDENCE, UnitKind.SHOP, UnitKind.OFFICE)


class AccountHasOpenBills(Conflict):
    code = "properties.account-has-open-bills"


def open_account(unit: Unit, payer: Party | None = None) -> Household:
    """Create the account that bears the unit's name; the unit itself is not yet changed.

    :raises IntegrityError: ``household_code_once`` if one bears it already.
    """
    return Household.objects.create(
        project_id=unit.project_id,
        payer=payer,
        label=unit.label,
        code=unit.code,
        sort_key=unit.sort_key,
    )


def name_after(household: Household, unit: Unit) -> None:
    """Give an account the name of its main unit."""
    household.label, household.code = unit.label, unit.code
    household.sort_key = unit.sort_key
    household.save(update_fields=["label", "code", "sort_key"])


def settle_name(household: Household) -> None:
    """Name an account after its units have changed; one without any gives its code free.

    An emptied account stays for its bills and payments. The main unit is the one it is named
    after; when that is gone, the first dwelling, shop or office, else the first of the rest.
    """
    units = list(Unit.objects.filter(household=household).order_by("sort_key", "pk"))
    if not units:
        household.code = f"{household.code[:30]}~{household.pk}"
        household.save(update_fields=["code"])
    elif all(unit.code != household.code for unit in units):
        name_after(household, main_of(units))


def main_of(units: Sequence[Unit]) -> Unit:
    """Return the unit that an account of these units is named after."""
    return min(units, key=lambda unit: (unit.kind not in _MAIN_KINDS, unit.sort_key, unit.pk))


def is_retired(household: Household) -> bool:
    """Tell whether all units have left the account."""
    return not Unit.objects.filter(household=household).exists()


def refuse_open_bills(household: Household, units: Collection[Unit] | None = None) -> None:
    """Return if nothing is open on the account, for these units or at all.

    :raises AccountHasOpenBills: otherwise; ``details`` say how much.
    """
    unit_ids = None if units is None else [unit.pk for unit in units]
    amount = claims.open_amount(household.pk, unit_ids)
    if amount:
        raise AccountHasOpenBills(
            _("%(account)s has open bills of ¥%(amount)s: settle them first.")
            % {"account": household.label, "amount": f"{amount:,.2f}"},
            details={"household_id": household.pk, "open_amount": str(amount)},
        )
