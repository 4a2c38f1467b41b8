"""How the lists of the stock are narrowed."""

from django_filters import rest_framework as filters

from api.filters import DayFilter, FilterSet, FlagFilter, IdFilter
from services.procurement.stock.models import (
    Asset,
    AssetState,
    CountState,
    Issue,
    Lot,
    MoveKind,
    StockBalance,
    StockCount,
    StockMove,
    Transfer,
    Warehouse,
    WarehouseKind,
)


class WarehouseFilter(FilterSet):
    project_id = IdFilter()
    kind = filters.ChoiceFilter(choices=WarehouseKind.choices)
    is_active = FlagFilter()

    class Meta:
        model = Warehouse
        fields = ["project_id", "kind", "is_active"]


class BalanceFilter(FilterSet):
    warehouse_id = IdFilter()
    item_id = IdFilter()
    project_id = IdFilter(field_name="warehouse__project_id")
    is_low = FlagFilter(label="Less lies there than should.")

    class Meta:
        model = StockBalance
        fields = ["warehouse_id", "item_id", "project_id", "is_low"]


class MoveFilter(FilterSet):
    kind = filters.ChoiceFilter(choices=MoveKind.choices)
    moved_from = DayFilter(field_name="moved_on", lookup_expr="gte")
    moved_to = DayFilter(field_name="moved_on", lookup_expr="lte")

    class Meta:
        model = StockMove
        fields = ["kind", "moved_from", "moved_to"]


class LotFilter(FilterSet):
    warehouse_id = IdFilter()
    item_id = IdFilter()
    expires_to = DayFilter(field_name="expires_on", lookup_expr="lte")

    class Meta:
        model = Lot
        fields = ["warehouse_id", "item_id", "expires_to"]


class IssueFilter(FilterSet):
    warehouse_id = IdFilter()
    project_id = IdFilter(label="For which the goods are used.")
    issued_from = DayFilter(field_name="issued_on", lookup_expr="gte")
    issued_to = DayFilter(field_name="issued_on", lookup_expr="lte")

    class Meta:
        model = Issue
        fields = ["warehouse_id", "project_id", "issued_from", "issued_to"]


class TransferFilter(FilterSet):
    source_id = IdFilter()
    target_id = IdFilter()

    class Meta:
        model = Transfer
        fields = ["source_id", "target_id"]


class CountFilter(FilterSet):
    warehouse_id = IdFilter()
    state = filters.ChoiceFilter(choices=CountState.choices)

    class Meta:
        model = StockCount
        fields = ["warehouse_id", "state"]


class AssetFilter(FilterSet):
    project_id = IdFilter()
    item_id = IdFilter()
    state = filters.ChoiceFilter(choices=AssetState.choices)

    class Meta:
        model = Asset
        fields = ["project_id", "item_id", "state"]
