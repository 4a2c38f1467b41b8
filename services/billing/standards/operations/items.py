"""Fee items: what a company charges, and the account each is credited to."""

from datetime import datetime
from typing import Final, NamedTuple

from django.db import IntegrityError, transaction

from kernel import access
from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.db import violated_constraint
from kernel.errors import NotFound
from kernel.text import _
from services.billing.ledger import queries as ledger
from services.billing.ledger.models import AccountKind, LedgerAccount
from services.billing.standards.models import FeeItem, FeeKind
from services.billing.standards.operations.errors import (
    ItemAccountInvalid,
    ItemCodeTaken,
    ItemNameTaken,
    NameMissing,
)


class ItemEntry(NamedTuple):
    """An item of the list that a company starts with (BL-03)."""

    code: str
    name: str
    name_en: str
    kind: FeeKind
    account: str
    is_agency: bool = False


ITEMS: Final = (
    ItemEntry("WYF", "物业服务费", "Property management fee", FeeKind.MANAGEMENT, "6001.01"),
    ItemEntry("DTF", "电梯费", "Lift fee", FeeKind.LIFT, "6001.02"),
    ItemEntry("CWF", "车位管理费", "Parking management fee", FeeKind.PARKING_MANAGEMENT, "6001.03"),
    ItemEntry("TCF", "停车费", "Parking fee", FeeKind.PARKING, "6051.01"),
    ItemEntry("SF", "代收水费", "Water", FeeKind.WATER, "2241.01", is_agency=True),
    ItemEntry("DF", "代收电费", "Electricity", FeeKind.ELECTRICITY, "2241.02", is_agency=True),
    ItemEntry("RQF", "代收燃气费", "Gas", FeeKind.GAS, "2241.03", is_agency=True),
    ItemEntry("GRF", "代收供热费", "Heating", FeeKind.HEATING, "2241.04", is_agency=True),
    ItemEntry("QTF", "其他收费", "Other charges", FeeKind.OTHER, "6051.99"),
)


def seed_items(now: datetime) -> None:
    """Give a new company its items. Repeatable: items that exist are left as they are."""
    accounts = {
        account.code: account
        for account in LedgerAccount.objects.filter(code__in=[entry.account for entry in ITEMS])
    }
    FeeItem.objects.bulk_create(
        (
            FeeItem(
                code=entry.code,
                name=entry.name,
                name_en=entry.name_en,
                kind=entry.kind,
                is_agency=entry.is_agency,
                account=accounts[entry.account],
                sort_order=number * 10,
            )
            for number, entry in enumerate(ITEMS, start=1)
        ),
        ignore_conflicts=True,
    )


@transaction.atomic
def create_item(
    *,
    actor: Actor,
    code: str,
    name: str,
    kind: str,
    account_code: str,
    name_en: str = "",
    is_agency: bool = False,
    now: datetime,
) -> FeeItem:
    """Add a fee item for the whole company.

    :param is_agency: money collected for somebody else, kept apart as a liability (BL-59).
    :raises access.ActionDenied: without ``fee-standard.draft`` company-wide.
    :raises NameMissing: without a code or a name.
    :raises ItemAccountInvalid: if the account is unknown or not of the right kind.
    :raises ItemCodeTaken: if there is an item of this code.
    :raises ItemNameTaken: if there is an item of this name.
    """
    access.require_everywhere(actor, Action.FEE_STANDARD_DRAFT)
    last = FeeItem.objects.order_by("-sort_order").first()
    item = FeeItem(
        code=code.strip().upper(),
        kind=kind,
        is_agency=is_agency,
        sort_order=(last.sort_order if last else 0) + 10,
    )
    _fill(item, name=name, name_en=name_en, account_code=account_code)
    _save(item)
    audit.record(
        actor=actor,
        event="billing.fee-item.created",
        subject=item,
        now=now,
        data={"code": item.code, "name": item.name, "account": account_code},
    )
    return item


@transaction.atomic
def change_item(
    *,
    actor: Actor,
    item_id: int,
    name: str,
    account_code: str,
    name_en: str = "",
    now: datetime,
) -> FeeItem:
    """Change an item's names or the account that later bills are credited to.

    Code, kind and whether it is an agency collection stay: bills were issued with them.

    :raises access.ActionDenied: without ``fee-standard.draft`` company-wide.
    :raises NotFound: if there is no such item.
    :raises NameMissing: without a name.
    :raises ItemAccountInvalid: if the account is unknown or not of the right kind.
    :raises ItemNameTaken: if there is another item of this name.
    """
    access.require_everywhere(actor, Action.FEE_STANDARD_DRAFT)
    item = FeeItem.objects.select_for_update(of=("self",)).filter(pk=item_id).first()
    if item is None:
        raise NotFound
    before = {"name": item.name, "name_en": item.name_en, "account": item.account.code}
    _fill(item, name=name, name_en=name_en, account_code=account_code)
    _save(item)
    after = {"name": item.name, "name_en": item.name_en, "account": account_code}
    audit.record(
        actor=actor,
        event="billing.fee-item.changed",
        subject=item,
        now=now,
        data={"before": before, "after": after},
    )
    return item


def _fill(item: FeeItem, *, name: str, name_en: str, account_code: str) -> None:
    item.name, item.name_en = name.strip(), name_en.strip()
    if not item.code:
        raise NameMissing(_("Enter a code."), field="code")
    if not item.name:
        raise NameMissing(_("Enter a name."), field="name")
    try:
        account = ledger.account_of_code(account_code)
    except NotFound as error:
        raise ItemAccountInvalid(_("There is no such account."), field="account_code") from error
    wanted = AccountKind.LIABILITY if item.is_agency else AccountKind.INCOME
    if account.kind != wanted:
        raise ItemAccountInvalid(
            _("Money collected for others is credited to a liability, own fees to income."),
            field="account_code",
        )
    item.account = account


def _save(item: FeeItem) -> None:
    try:
        with transaction.atomic():
            item.save()
    except IntegrityError as error:
        match violated_constraint(error):
            case "billing_feeitem_code_key":
                raise ItemCodeTaken(_("There is an item of this code."), field="code") from error
            case "billing_feeitem_name_key":
                raise ItemNameTaken(_("There is an item of this name."), field="name") from error
        raise
