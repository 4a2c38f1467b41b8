"""Fee items, standards, their versions, and to which units they apply (BL-01 to BL-04)."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from kernel.models import CompanyModel
from services.billing.ledger.models import LedgerAccount
from services.properties.models import Building, MeterKind, Project, Unit, UnitKind, UnitState


class FeeKind(models.TextChoices):
    """The handbook's kinds of fee (BL-03) that a standard may price."""

    MANAGEMENT = "MANAGEMENT", _("Property management fee")  # 物业服务费
    LIFT = "LIFT", _("Lift fee")  # 电梯使用费
    PARKING_MANAGEMENT = "PARKING_MANAGEMENT", _("Parking management fee")  # 车位管理费
    PARKING = "PARKING", _("Parking fee")  # 停车费
    WATER = "WATER", _("Water")
    ELECTRICITY = "ELECTRICITY", _("Electricity")
    GAS = "GAS", _("Gas")
    HEATING = "HEATING", _("Heating")
    OTHER = "OTHER", _("Other")


class FeeItem(CompanyModel):
    """What is charged (费项), company-wide, with the account it is credited to."""

    code = models.CharField(_("item code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=60, unique=True)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    kind = models.CharField(max_length=20, choices=FeeKind)
    # Money collected for somebody else (代收) is owed to them: a liability account, BL-59.
    is_agency = models.BooleanField(default=False)
    account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="+")
    sort_order = models.IntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class Method(models.TextChoices):
    """How an amount is computed; the arithmetic is in ``rules`` and, the same, in the run's SQL."""

    PER_AREA = "PER_AREA", _("Per m² and month")
    FIXED = "FIXED", _("Fixed per unit and month")
    TIERED_METER = "TIERED_METER", _("By meter, in tiers")


class AreaBasis(models.TextChoices):
    BUILT = "BUILT", _("Built area")
    INNER = "INNER", _("Inner area")


class FeeStandard(CompanyModel):
    """A price rule of one project for one item (收费标准); its figures are in versions."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="fee_standards")
    item = models.ForeignKey(FeeItem, on_delete=models.PROTECT, related_name="standards")
    name = models.CharField(_("name"), max_length=80)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name"],
                name="feestandard_name_once",
                violation_error_message=_("There is a standard of this name in the project."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class VersionState(models.TextChoices):
    DRAFT = "DRAFT", _("Draft")
    CONFIRMED = "CONFIRMED", _("Confirmed")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")


class FeeVersion(CompanyModel):
    """The figures of a standard in force during ``[valid_from, valid_to)``, both firsts of months.

    A trigger refuses to change the figures of a confirmed version; only its end may be set.
    """

    standard = models.ForeignKey(FeeStandard, on_delete=models.PROTECT, related_name="versions")
    number = models.IntegerField()
    state = models.CharField(max_length=10, choices=VersionState, default=VersionState.DRAFT)
    method = models.CharField(max_length=14, choices=Method)
    area_basis = models.CharField(max_length=6, choices=AreaBasis, default=AreaBasis.BUILT)
    meter_kind = models.CharField(max_length=12, choices=MeterKind, blank=True)
    # CNY per m² and month, per unit and month, or per unit of consumption without tiers.
    price = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    # [{"up_to": "14", "price": "2.90"}, …, {"up_to": null, "price": "6.70"}], limits inclusive.
    tiers = models.JSONField(default=list, blank=True)
    # Share charged in ``reduced_states`` (vacant or unsold dwellings: 0.70), applied before the
    # amount is rounded (handbook 3.6.4, rule 2).
    reduced_rate = models.DecimalField(max_digits=5, decimal_places=4, default=1)
    reduced_states = ArrayField(
        models.CharField(max_length=16, choices=UnitState), default=list, blank=True
    )
    # Metered items bill the usage of an earlier month: October's water in November is 1.
    usage_lag_months = models.IntegerField(default=0)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True, help_text="Exclusive.")
    basis_note = models.CharField(_("grounds"), max_length=200, blank=True)
    drafted_by = models.BigIntegerField(null=True)
    drafted_by_label = models.CharField(max_length=140)
    drafted_at = models.DateTimeField()
    # When the drafter said that it is ready; a later change takes that back.
    submitted_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.BigIntegerField(null=True)
    confirmed_by_label = models.CharField(max_length=140, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # The open version that the confirmation of this one ended; it goes on if this is withdrawn.
    replaces = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["standard", "number"], name="feeversion_number_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="feeversion_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(valid_from__day=1) & (Q(valid_to__isnull=True) | Q(valid_to__day=1)),
                name="feeversion_whole_months",
            ),
            models.CheckConstraint(
                condition=Q(price__isnull=True) | Q(price__gt=0, price__lt=1000000),
                name="feeversion_price_gt_0",
            ),
            models.CheckConstraint(
                condition=Q(reduced_rate__gt=0, reduced_rate__lte=1),
                name="feeversion_reduced_rate_in_range",
            ),
            models.CheckConstraint(
                condition=Q(usage_lag_months__gte=0, usage_lag_months__lte=12),
                name="feeversion_lag_in_range",
            ),
            models.CheckConstraint(  # no price, no bill (BL-02)
                condition=~Q(state="CONFIRMED") | Q(price__isnull=False) | ~Q(tiers=[]),
                name="feeversion_confirmed_has_price",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True)
                | Q(drafted_by__isnull=True)
                | ~Q(confirmed_by=F("drafted_by")),
                name="feeversion_confirmed_by_another",
            ),
            ExclusionConstraint(
                name="feeversion_no_overlap",
                condition=Q(state="CONFIRMED"),
                expressions=[
                    ("standard", RangeOperators.EQUAL),
                    (
                        Func(
                            F("valid_from"),
                            F("valid_to"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("Another version is in force in these months."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.standard_id} V{self.number}"


class AssignmentState(models.TextChoices):
    DRAFT = "DRAFT", _("To be confirmed")
    CONFIRMED = "CONFIRMED", _("Confirmed")


class FeeAssignment(CompanyModel):
    """Units to which a standard applies: by rule (kinds, states, buildings) or one unit.

    Empty lists mean "all". An assignment of a single unit beats a rule of another standard of the
    same item; two rules of one item that meet in a unit are an exception of the run, not a guess.
    Who is charged, and from when, is confirmed like a price (BL-01): until then a run does not
    see it. A trigger lets only the end of a confirmed one change.
    """

    plural = _("Units and rules of fee standards")

    standard = models.ForeignKey(FeeStandard, on_delete=models.PROTECT, related_name="assignments")
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="fee_assignments"
    )
    kinds = ArrayField(models.CharField(max_length=12, choices=UnitKind), default=list, blank=True)
    states = ArrayField(
        models.CharField(max_length=16, choices=UnitState), default=list, blank=True
    )
    buildings = models.ManyToManyField(Building, blank=True, related_name="+")
    is_excluded = models.BooleanField(default=False)  # a single unit taken out of the rule
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="Exclusive.")
    reason = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=AssignmentState, default=AssignmentState.DRAFT)
    drafted_by = models.BigIntegerField(null=True)
    drafted_by_label = models.CharField(max_length=140)
    drafted_at = models.DateTimeField()
    confirmed_by = models.BigIntegerField(null=True)
    confirmed_by_label = models.CharField(max_length=140, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False) | Q(is_excluded=False),
                name="feeassignment_only_units_are_excluded",
            ),
            models.CheckConstraint(
                condition=Q(valid_from__day=1) & (Q(valid_to__isnull=True) | Q(valid_to__day=1)),
                name="feeassignment_whole_months",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True)
                | Q(drafted_by__isnull=True)
                | ~Q(confirmed_by=F("drafted_by")),
                name="feeassignment_confirmed_by_another",
            ),
            ExclusionConstraint(  # in and out at once would be a guess
                name="feeassignment_unit_once",
                condition=Q(unit__isnull=False),
                expressions=[
                    ("standard", RangeOperators.EQUAL),
                    ("unit", RangeOperators.EQUAL),
                    (
                        Func(
                            F("valid_from"),
                            F("valid_to"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("This unit is named in the standard already."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="feeassignment_days_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} of {self.standard_id}"
