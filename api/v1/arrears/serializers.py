"""What the endpoints of arrears give. Amounts are in CNY; rates are shares of one."""

from typing import Any

from rest_framework import serializers

from api.bodies import Query
from api.fields import AmountField, IdField
from api.v1.properties.serializers import PartyOut
from services.billing.arrears.rules import AGE_LABELS
from services.properties.models import Household, UnitKind, UnitState

AGES = [(age.value, label) for age, label in AGE_LABELS.items()]


class RateField(serializers.DecimalField):
    """A share of one with four decimals: 0.9140 is 91.40 %."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=9, decimal_places=4, **kwargs)


class LinesQuery(Query):
    """Which bills count. Give a parameter several times for any of its values."""

    project_id = IdField(required=False, help_text="Without it: all projects that one sees.")
    item_id = serializers.ListField(child=IdField(), required=False)
    building_id = serializers.ListField(child=IdField(), required=False)
    unit_kind = serializers.ListField(
        child=serializers.ChoiceField(choices=UnitKind.choices), required=False
    )
    unit_state = serializers.ListField(
        child=serializers.ChoiceField(choices=UnitState.choices), required=False
    )


class ProjectLinesQuery(LinesQuery):
    project_id = IdField()


class ArrearsOut(serializers.ModelSerializer[Household]):
    """A household with open bills: what it owes by age, in days overdue.

    ``overdue`` is the sum of the ages but for ``not_due``, ``open_amount`` with it.
    """

    project_id = IdField(read_only=True)
    payer = PartyOut(read_only=True, allow_null=True)
    open_amount = AmountField(read_only=True)
    overdue = AmountField(read_only=True)
    not_due = AmountField(read_only=True)
    to_30 = AmountField(read_only=True)
    to_90 = AmountField(read_only=True)
    to_180 = AmountField(read_only=True)
    to_365 = AmountField(read_only=True)
    over_365 = AmountField(read_only=True)
    old_arrears = AmountField(read_only=True, help_text="Overdue bills of earlier years.")
    this_year = AmountField(read_only=True, help_text="Overdue bills of this year.")
    overdue_days = serializers.IntegerField(read_only=True)
    oldest_due_on = serializers.DateField(read_only=True)
    first_period = serializers.DateField(
        read_only=True, allow_null=True, help_text="The first month that is overdue."
    )
    last_period = serializers.DateField(
        read_only=True, allow_null=True, help_text="The last month that is overdue."
    )

    class Meta:
        model = Household
        fields = [
            "id",
            "project_id",
            "code",
            "label",
            "payer",
            "open_amount",
            "overdue",
            "not_due",
            "to_30",
            "to_90",
            "to_180",
            "to_365",
            "over_365",
            "old_arrears",
            "this_year",
            "overdue_days",
            "oldest_due_on",
            "first_period",
            "last_period",
        ]
        read_only_fields = fields


class AgeSumOut(serializers.Serializer[Any]):
    age = serializers.ChoiceField(choices=AGES)
    amount = AmountField()
    households = serializers.IntegerField()


class SummaryOut(serializers.Serializer[Any]):
    """What is open in a project by age; ``households`` counts those with anything overdue."""

    on = serializers.DateField()
    households = serializers.IntegerField()
    overdue_amount = AmountField()
    not_due_amount = AmountField()
    ages = AgeSumOut(many=True)


class MonthsQuery(Query):
    """Without months: this year's."""

    project_id = IdField(required=False, help_text="Without it: all projects that one sees.")
    first_month = serializers.DateField(required=False, help_text="First day of a month.")
    last_month = serializers.DateField(required=False, help_text="First day of a month, included.")


class RateOut(serializers.Serializer[Any]):
    """What was billed and how much of it came in, whenever; null if nothing was billed."""

    receivable = AmountField()
    received = AmountField()
    open_amount = AmountField(source="open")
    rate = RateField(source="share", allow_null=True)


class MonthRateOut(serializers.Serializer[Any]):
    period = serializers.DateField()
    rate = RateOut()


class ItemRateOut(serializers.Serializer[Any]):
    item_id = serializers.IntegerField()
    item = serializers.CharField()
    rate = RateOut()


class RatesOut(serializers.Serializer[Any]):
    """``old_arrears``: of what earlier years had left open, how much came in this year."""

    first_month = serializers.DateField()
    last_month = serializers.DateField()
    total = RateOut()
    months = MonthRateOut(many=True)
    items = ItemRateOut(many=True)
    old_arrears = RateOut()
    target = RateField(help_text="What the company wants to reach.")
