"""Settings of meters, fees, parking."""

from decimal import Decimal

from kernel.policies.catalogue.words import (
    DAY,
    DAYS,
    HOURS,
    MINUTES,
    PCT,
    PIECES,
    TIMES,
    UNITS,
    YUAN,
    YUAN_M2,
    one_of,
    some_of,
)
from kernel.policies.kinds import Figure, Money, Share, Whole
from kernel.policies.settings import UNSET, Setting
from kernel.text import _, _p

METERS = (
    Setting(
        "meter.main_day",
        one_of("supplier_day", "month_end", "first_day"),
        "supplier_day",
        name=_p("setting", "Reading of main electricity meters"),
        help=_("On which day main electricity meters are read."),
        rules="BL-10",
    ),
    Setting(
        "meter.window_from",
        Whole(least=1, most=31),
        "25",
        name=_p("setting", "Reading window opens"),
        help=_("First day of the month on which sub-meters are read."),
        rules="BL-11",
        unit=DAY,
    ),
    Setting(
        "meter.window_to",
        Whole(least=1, most=31),
        "30",
        name=_p("setting", "Reading window closes"),
        help=_(
            "Last day of the month on which sub-meters are read; in a shorter month its last day."
        ),
        rules="BL-11",
        unit=DAY,
    ),
    Setting(
        "meter.submit_day",
        Whole(least=1, most=28),
        "1",
        name=_p("setting", "Readings submitted"),
        help=_("Day of the following month on which the reader submits the readings."),
        rules="BL-12",
        unit=DAY,
    ),
    Setting(
        "meter.common_period",
        one_of("month", "quarter", "half_year"),
        "quarter",
        name=_p("setting", "Reading of common-use meters"),
        help=_("How often meters of common use are read and sent to finance."),
        rules="BL-15",
    ),
    Setting(
        "meter.water_period",
        one_of("month", "quarter"),
        "month",
        name=_p("setting", "Reading of household water meters"),
        help=_("How often household water meters are read and billed."),
        rules="BL-17",
    ),
    Setting(
        "meter.jump_pct",
        Whole(least=1, most=10000),
        "200",
        name=_p("setting", "Jump of a consumption"),
        help=_(
            "From how many per cent over the usual consumption a reading stands on the exception "
            "list."
        ),
        rules="BL-16",
        unit=PCT,
        is_proposed=True,
    ),
    Setting(
        "meter.jump_min_units",
        Whole(least=0, most=100000),
        "20",
        name=_p("setting", "Least units for a jump"),
        help=_(
            "Below this consumption a jump in per cent is no exception: 1 m³ to 4 m³ is a weekend"
            " with guests."
        ),
        rules="BL-16",
        unit=UNITS,
        is_proposed=True,
    ),
    Setting(
        "billing.entry_from",
        Whole(least=1, most=28),
        "1",
        name=_p("setting", "Data entry begins"),
        help=_("First day of the month for entering readings and computing fees."),
        rules="BL-13",
        unit=DAY,
    ),
    Setting(
        "billing.entry_to",
        Whole(least=1, most=28),
        "9",
        name=_p("setting", "Data entry ends"),
        help=_("Last day of the month for entering readings and computing fees."),
        rules="BL-13",
        unit=DAY,
    ),
    Setting(
        "billing.open_day",
        Whole(least=1, most=28),
        "10",
        name=_p("setting", "Collection opens"),
        help=_(
            "Day of the month from which issued bills are collected. Bills are issued only after "
            "the audit."
        ),
        rules="BL-14",
        unit=DAY,
    ),
    Setting(
        "prepaid.check",
        one_of("week", "month", "quarter"),
        "month",
        name=_p("setting", "Check of prepaid sales"),
        help=_("How often sales of prepaid water and power are reconciled."),
        rules="BL-18",
    ),
)

FEES = (
    Setting(
        "fee.kinds",
        some_of(
            "management",
            "lift",
            "parking",
            "parking_management",
            "water",
            "electricity",
            "heating",
            "gas",
            "energy",
            "rent",
            "card",
            "renovation_waste",
            "deposits",
            "paid_services",
            "late_fee",
            "compensation",
            "agency",
            electricity="electricity_fee",
            gas="gas_fee",
            card="card_fee",
        ),
        "management,lift,parking,parking_management,water,electricity,heating,gas,energy,rent,card,renovation_waste,deposits,paid_services,late_fee,compensation,agency",
        name=_p("setting", "Fee kinds"),
        help=_("Which kinds of fees the company charges."),
        rules="BL-03",
    ),
    Setting(
        "fee.management.price",
        Figure(least=Decimal(0), most=Decimal(999), places=4),
        UNSET,
        name=_p("setting", "List price of the management fee"),
        help=_(
            "Price per m² and month that a new fee standard starts from. Bills are computed from "
            "confirmed fee standards only."
        ),
        rules="BL-04",
        unit=YUAN_M2,
        is_proposed=True,
        is_dated=True,
    ),
    Setting(
        "fee.rounding",
        one_of("half_up_0.01"),
        "half_up_0.01",
        name=_p("setting", "Rounding of fees"),
        help=_("How every line of a bill is rounded."),
        rules="BL-04",
        is_proposed=True,
        is_dated=True,
    ),
    Setting(
        "fee.due_day",
        Whole(least=1, most=28),
        "10",
        name=_p("setting", "Fees are due on"),
        help=_(
            "Day of the month by which fees are due. It counts for bill runs prepared from then on."
        ),
        rules="BL-22",
        unit=DAY,
        is_dated=True,
    ),
    Setting(
        "fee.price_jump_pct",
        Whole(least=1, most=1000),
        "20",
        name=_p("setting", "Jump of a price"),
        help=_(
            "From how many per cent of the price in force a new version asks whether the price is"
            " meant."
        ),
        rules="BL-01",
        unit=PCT,
        is_proposed=True,
    ),
    Setting(
        "fee.shop_prepay",
        one_of("quarter_first_10_days", "month_first_10_days", "off"),
        "quarter_first_10_days",
        name=_p("setting", "Prepayment of shops"),
        help=_("When street shops pay in advance."),
        rules="BL-24",
    ),
    Setting(
        "custody.fee_rate",
        Share(),
        "70%",
        name=_p("setting", "Management fee in custody"),
        help=_(
            "Share of the full management fee charged from the start to the end of a custody "
            "agreement."
        ),
        rules="CS-163, BL-21",
        is_dated=True,
    ),
    Setting(
        "heating.vacant_rate",
        Share(),
        "50%",
        name=_p("setting", "Heating of vacant units"),
        help=_(
            "Share of the heating fee for units not occupied, once the joint verification is "
            "recorded."
        ),
        rules="BL-27",
        is_dated=True,
    ),
    Setting(
        "heating.benefit_store_rate",
        Share(),
        "50%",
        name=_p("setting", "Heating of benefit stores"),
        help=_("Share of the residential heating price for government vegetable and food stores."),
        rules="BL-28",
        is_dated=True,
    ),
    Setting(
        "heating.first_season_payer",
        one_of("developer", "buyer"),
        "developer",
        name=_p("setting", "Payer of the first heating season"),
        help=_("Who pays the first heating season of a new community."),
        rules="BL-26",
    ),
    Setting(
        "latefee.daily_rate",
        Share(most=Decimal(1), places=4),
        "0",
        name=_p("setting", "Late fee per day"),
        help=_(
            "Share of the unpaid principal charged for each day after due date and grace. 0% "
            "charges none."
        ),
        rules="BL-98",
        is_proposed=True,
        is_dated=True,
    ),
    Setting(
        "latefee.grace_days",
        Whole(least=0, most=365),
        "30",
        name=_p("setting", "Days of grace"),
        help=_("Days after the due date before a late fee begins."),
        rules="BL-98",
        unit=DAYS,
        is_proposed=True,
        is_dated=True,
    ),
    Setting(
        "latefee.cap",
        one_of("principal", "half_principal", "none"),
        "principal",
        name=_p("setting", "Limit of the late fee"),
        help=_("How high the late fee of a bill may become. It is never charged on late fees."),
        rules="BL-98",
        is_proposed=True,
        is_dated=True,
    ),
    Setting(
        "deposit.kinds",
        some_of("renovation", "card", "rent", "item_loan", "public_space", "other"),
        "renovation,card,rent,item_loan,public_space,other",
        name=_p("setting", "Deposit kinds"),
        help=_("Which kinds of deposits are taken."),
        rules="BL-53",
        is_proposed=True,
    ),
    Setting(
        "rent.period",
        one_of("month", "quarter", "half_year", "year"),
        "year",
        name=_p("setting", "Payment of rent"),
        help=_("How often rent is paid."),
        rules="BL-68",
    ),
    Setting(
        "rent.reminders_before_termination",
        Whole(least=1, most=20),
        "3",
        name=_p("setting", "Reminders before a lease ends"),
        help=_("After how many reminders of unpaid rent the lease may be terminated."),
        rules="BL-69",
        unit=TIMES,
        is_proposed=True,
    ),
)

PARKING = (
    Setting(
        "parking.forms",
        some_of("year", "month", "temp"),
        "year,month,temp",
        name=_p("setting", "Forms of parking"),
        help=_("For which periods parking is sold."),
        rules="BL-40",
    ),
    Setting(
        "parking.temp_first_free_minutes",
        Whole(least=0, most=1440),
        UNSET,
        name=_p("setting", "Free minutes of temporary parking"),
        help=_(
            "Minutes before temporary parking costs anything. Until it is set the gate cannot "
            "compute a fee."
        ),
        rules="BL-43",
        unit=MINUTES,
        is_proposed=True,
        is_dated=True,
    ),
    Setting(
        "parking.temp_per_hour",
        Money(),
        UNSET,
        name=_p("setting", "Temporary parking per hour"),
        help=_(
            "Price of an hour of temporary parking. Until it is set the gate cannot compute a fee."
        ),
        rules="BL-43",
        unit=YUAN,
        is_proposed=True,
        is_dated=True,
    ),
    Setting(
        "parking.temp_day_cap",
        Money(),
        UNSET,
        name=_p("setting", "Temporary parking per day at most"),
        help=_(
            "The most that a day of temporary parking costs. Until it is set the gate cannot "
            "compute a fee."
        ),
        rules="BL-43",
        unit=YUAN,
        is_proposed=True,
        is_dated=True,
    ),
    Setting(
        "parking.handover_hours",
        Whole(least=1, most=168),
        "24",
        name=_p("setting", "Gate money handed in"),
        help=_("Hours in which guards hand in money and tickets."),
        rules="BL-45",
        unit=HOURS,
        is_proposed=True,
    ),
    Setting(
        "parking.ticket_min_stock",
        Whole(least=0, most=10000),
        "20",
        name=_p("setting", "Least stock of parking tickets"),
        help=_("Below how many tickets a gate asks for more."),
        rules="BL-47",
        unit=PIECES,
        is_proposed=True,
        per_project=False,
    ),
)
