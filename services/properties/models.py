"""Tables of the registry (handbook 03 B and C, SH-09 to SH-23).

Keys that only sort and search (``sort_key``, ``initials``) are compared byte by byte (collation
C), so that their order is the same on every server and a prefix search can use their index.
"""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.models import CompanyModel


class UnitKind(models.TextChoices):
    """What a unit is for (SH-10)."""

    RESIDENCE = "RESIDENCE", _("Residence")  # 住宅
    SHOP = "SHOP", _("Shop")  # 商铺
    OFFICE = "OFFICE", _("Office")  # 写字楼
    PARKING = "PARKING", _("Parking space")  # 车位
    GARAGE = "GARAGE", _("Garage")  # 车库
    STORAGE = "STORAGE", _("Storage room")  # 储藏室
    OTHER = "OTHER", _("Other")


class UnitState(models.TextChoices):
    """The unit's life state (SH-12)."""

    UNSOLD = "UNSOLD", _("Unsold")  # 未售
    SOLD = "SOLD", _("Sold, not handed over")  # 已售未交付
    VACANT = "VACANT", _("Vacant")  # 空置
    RENOVATION = "RENOVATION", _("Under renovation")  # 装修中
    OWNER_OCCUPIED = "OWNER_OCCUPIED", _("Owner-occupied")  # 自住
    LEASED = "LEASED", _("Leased")  # 出租
    CUSTODY = "CUSTODY", _("In custody")  # 托管


class PartyKind(models.TextChoices):
    PERSON = "PERSON", pgettext_lazy("kind of party", "Person")
    ORGANISATION = "ORGANISATION", _("Organisation")


class OccupancyRole(models.TextChoices):
    OWNER = "OWNER", _("Owner")  # 业主
    LESSEE = "LESSEE", _("Lessee")  # 租户
    RESIDENT = "RESIDENT", _("Resident")  # 住户, family


class MeterKind(models.TextChoices):
    COLD_WATER = "COLD_WATER", _("Cold water")
    HOT_WATER = "HOT_WATER", _("Hot water")
    ELECTRICITY = "ELECTRICITY", _("Electricity")
    GAS = "GAS", _("Gas")
    HEAT = "HEAT", _("Heating")


class Project(CompanyModel):
    """A managed community or building (小区, 项目): the unit of data scope inside a company."""

    code = models.CharField(_("project code"), max_length=20)
    name = models.CharField(_("name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=100, blank=True)
    sort_key = models.CharField(max_length=700, blank=True, db_collation="C")  # pinyin of the name
    city = models.CharField(_("city"), max_length=60, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    hotline = models.CharField(_("hotline"), max_length=40, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Upper("code"),
                name="project_code_once",
                violation_error_message=_("This project code is taken."),
            ),
            models.UniqueConstraint(
                fields=["name"],
                name="project_name_once",
                violation_error_message=_("There is a project of this name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Building(CompanyModel):
    """A building, or a shop street taken as one (楼栋)."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="buildings")
    name = models.CharField(pgettext_lazy("building", "name"), max_length=40)  # as printed: 3栋
    code = models.CharField(max_length=20)  # as typed: 3
    sort_key = models.CharField(max_length=120, db_collation="C")  # natural order: 000003
    import_batch_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "code"], name="building_code_once"),
            models.UniqueConstraint(fields=["project", "name"], name="building_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Party(CompanyModel):
    """A person or an organisation that owns, rents or lives in units.

    ID number and phone are encrypted; the blind index finds equal ones, the tail is what a
    counter may search by and a list may show.
    """

    kind = models.CharField(max_length=12, choices=PartyKind, default=PartyKind.PERSON)
    name = models.CharField(_("name"), max_length=100)
    initials = models.CharField(max_length=100, blank=True, db_collation="C")  # pinyin: czy
    sort_key = models.CharField(max_length=700, blank=True, db_collation="C")  # chen zhi yuan
    id_number_encrypted = models.TextField(blank=True)
    id_number_index = models.CharField(max_length=32, blank=True)
    id_number_tail = models.CharField(max_length=4, blank=True)
    phone_encrypted = models.TextField(blank=True)
    phone_index = models.CharField(max_length=32, blank=True)
    phone_head = models.CharField(max_length=4, blank=True)
    phone_tail = models.CharField(max_length=4, blank=True, db_index=True)
    import_batch_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["id_number_index"],
                condition=~Q(id_number_index=""),
                name="party_id_number_once",
            ),
        ]
        indexes = [
            GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="party_name_like"),
            models.Index(fields=["initials"], name="party_initials"),
            models.Index(fields=["sort_key", "id"], name="party_in_order"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def phone_masked(self) -> str:
        """The phone as lists show it, ``138 **** 6027``."""
        return f"{self.phone_head} **** {self.phone_tail}".strip() if self.phone_tail else ""

    @property
    def id_number_masked(self) -> str:
        """The ID number as desks show it, ``**************1234``."""
        return f"{'*' * 14}{self.id_number_tail}" if self.id_number_tail else ""


class Household(CompanyModel):
    """Units that one payer settles together: one account, one bill with a line per item (BL-31).

    Called 户 at the counter. Money is owed by a household and received from it.
    """

    plural = _("Accounts")

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="households")
    payer = models.ForeignKey(
        Party, on_delete=models.PROTECT, null=True, blank=True, related_name="households"
    )
    label = models.CharField(max_length=100)  # the main unit's: 3栋2单元1602
    code = models.CharField(max_length=40)  # the main unit's: 3-2-1602
    sort_key = models.CharField(max_length=120, db_collation="C")
    import_batch_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "code"], name="household_code_once"),
        ]
        indexes = [models.Index(fields=["project", "sort_key"], name="household_in_order")]

    def __str__(self) -> str:
        return self.label


class Unit(CompanyModel):
    """The smallest billable space: a flat, a shop, a parking space, a storage room."""

    plural = _("Units")

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="units")
    building = models.ForeignKey(
        Building, on_delete=models.PROTECT, null=True, blank=True, related_name="units"
    )
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="units")
    kind = models.CharField(max_length=12, choices=UnitKind)
    state = models.CharField(max_length=16, choices=UnitState)
    entrance = models.CharField(
        pgettext_lazy("stair of a building", "entrance"), max_length=20, blank=True
    )  # 单元
    number = models.CharField(_("room number"), max_length=30)
    code = models.CharField(max_length=40)  # 3-2-1602, B1-0317: what is typed and scanned
    label = models.CharField(max_length=100)  # 3栋2单元1602: what is printed
    sort_key = models.CharField(max_length=120, db_collation="C")
    built_area = models.DecimalField(
        _("built area (m²)"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    inner_area = models.DecimalField(
        _("inner area (m²)"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    handed_over_on = models.DateField(_("handed over on"), null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    import_batch_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "code"],
                name="unit_code_once",
                violation_error_message=_("There is a unit of this number in the project."),
            ),
            models.CheckConstraint(
                condition=Q(built_area__isnull=True) | Q(built_area__gt=0, built_area__lt=1000000),
                name="unit_built_area_gt_0",
            ),
            models.CheckConstraint(
                condition=Q(inner_area__isnull=True) | Q(inner_area__gt=0, inner_area__lt=1000000),
                name="unit_inner_area_gt_0",
            ),
        ]
        indexes = [
            models.Index(fields=["project", "sort_key"], name="unit_in_order"),
            models.Index(fields=["sort_key"], name="unit_by_key"),  # the search over all projects
            models.Index(
                fields=["import_batch_id"],
                condition=Q(import_batch_id__isnull=False),
                name="unit_of_import",
            ),
            GinIndex(fields=["code"], opclasses=["gin_trgm_ops"], name="unit_code_like"),
        ]

    def __str__(self) -> str:
        return self.label


class UnitStateChange(CompanyModel):
    """From ``effective_on`` a unit was in another state. Only ever added (SH-12, SH-13)."""

    plural = _("Changes of state")

    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="state_changes", db_index=False
    )
    from_state = models.CharField(max_length=16, choices=UnitState)
    to_state = models.CharField(max_length=16, choices=UnitState)
    effective_on = models.DateField()  # the day in the company's zone
    note = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.BigIntegerField(null=True)
    recorded_by_label = models.CharField(max_length=140)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_state=F("to_state")), name="unitstatechange_changes"
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "effective_on", "id"], name="unitstatechange_of_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.to_state} {self.effective_on}"


class Occupancy(CompanyModel):
    """A party is owner, lessee or resident of a unit during ``[valid_from, valid_to)``."""

    plural = _("Owners and residents")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="occupancies")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="occupancies")
    role = models.CharField(max_length=10, choices=OccupancyRole)
    is_contact = models.BooleanField(default=False)
    share_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    valid_from = models.DateField(null=True, blank=True, help_text="Null: since ever.")
    valid_to = models.DateField(null=True, blank=True, help_text="Exclusive.")
    import_batch_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="occupancy_no_overlap",
                expressions=[
                    ("unit", RangeOperators.EQUAL),
                    ("party", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
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
                violation_error_message=_("This person has this role in the unit already."),
            ),
            models.CheckConstraint(
                condition=Q(share_percent__isnull=True)
                | Q(share_percent__gt=0, share_percent__lte=100),
                name="occupancy_share_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.role} {self.party_id}"


class Vehicle(CompanyModel):
    """A vehicle of a household, with the space it uses if any (SH-17)."""

    plural = _("Vehicles")

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="vehicles")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="vehicles")
    space = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="vehicles"
    )
    plate = models.CharField(_("plate"), max_length=12)  # normalised: 浙A12345
    is_active = models.BooleanField(default=True)
    import_batch_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "plate"],
                condition=Q(is_active=True),
                name="vehicle_plate_once",
                violation_error_message=_("This plate is registered in the project."),
            ),
        ]
        indexes = [
            GinIndex(fields=["plate"], opclasses=["gin_trgm_ops"], name="vehicle_plate_like"),
        ]

    def __str__(self) -> str:
        return self.plate


class Meter(CompanyModel):
    """A sub-meter of a unit (表计), in place during ``[installed_on, removed_on)``."""

    plural = _("Meters")

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="meters")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="meters")
    kind = models.CharField(max_length=12, choices=MeterKind)
    code = models.CharField(_("meter number"), max_length=40)
    multiplier = models.DecimalField(max_digits=8, decimal_places=2, default=1)
    opening_reading = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    closing_reading = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    installed_on = models.DateField(null=True, blank=True)
    removed_on = models.DateField(null=True, blank=True)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    is_active = models.BooleanField(default=True)
    import_batch_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "code"],
                name="meter_code_once",
                violation_error_message=_("There is a meter of this number in the project."),
            ),
            models.CheckConstraint(
                condition=Q(multiplier__gt=0, multiplier__lt=1000000), name="meter_multiplier_gt_0"
            ),
            models.CheckConstraint(
                condition=Q(opening_reading__isnull=True)
                | Q(opening_reading__gte=0, opening_reading__lt=10000000000),
                name="meter_opening_reading_gte_0",
            ),
            models.CheckConstraint(
                condition=Q(closing_reading__isnull=True)
                | Q(closing_reading__gte=0, closing_reading__lt=10000000000),
                name="meter_closing_reading_gte_0",
            ),
        ]
        indexes = [
            GinIndex(fields=["code"], opclasses=["gin_trgm_ops"], name="meter_code_like"),
        ]

    UNITS_OF_MEASURE: ClassVar[dict[str, str]] = {
        MeterKind.COLD_WATER: "m³",
        MeterKind.HOT_WATER: "m³",
        MeterKind.ELECTRICITY: "kWh",
        MeterKind.GAS: "m³",
        MeterKind.HEAT: "GJ",
    }

    def __str__(self) -> str:
        return self.code

    @property
    def measure(self) -> str:
        """What its readings count: m³, kWh, GJ."""
        return self.UNITS_OF_MEASURE[self.kind]
