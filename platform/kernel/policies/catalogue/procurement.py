"""Settings of purchasing, vendors, stock."""

from kernel.policies.catalogue.words import (
    DAY,
    DAYS,
    PCT,
    QUOTES,
    TIMES,
    VENDORS,
    WD,
    YUAN,
    one_of,
    some_of,
)
from kernel.policies.kinds import Flag, Money, Whole
from kernel.policies.settings import Setting
from kernel.text import _, _p

PURCHASE = (
    Setting(
        "purchase.central",
        Flag(),
        "on",
        name=_p("setting", "Central purchasing"),
        help=_(
            "Whether everything is bought by the company's buyer. Off lets projects buy class A "
            "themselves."
        ),
        rules="PR-01",
        per_project=False,
    ),
    Setting(
        "purchase.class_threshold",
        Money(),
        "500.00",
        name=_p("setting", "Threshold of class B"),
        help=_("From this unit price an item is class B; fixed assets always are."),
        rules="PR-02",
        unit=YUAN,
        per_project=False,
    ),
    Setting(
        "purchase.chain",
        some_of("property_gm", "company_gm"),
        "property_gm,company_gm",
        name=_p("setting", "Approvers of a purchase"),
        help=_("Who approves a purchase request, in this order."),
        rules="PR-04",
        per_project=False,
    ),
    Setting(
        "purchase.a_cutoff_day",
        Whole(least=1, most=28),
        "25",
        name=_p("setting", "Cut-off of class A"),
        help=_(
            "Day of the month by which approvals of class A are complete; later requests roll "
            "into the next month."
        ),
        rules="PR-05",
        unit=DAY,
        per_project=False,
    ),
    Setting(
        "purchase.b_lead_days",
        Whole(least=0, most=90),
        "10",
        name=_p("setting", "Lead time of class B"),
        help=_(
            "Days before the date of use by which approvals of class B are complete; a shorter "
            "lead is refused."
        ),
        rules="PR-06",
        unit=DAYS,
        per_project=False,
    ),
    Setting(
        "purchase.c_backfill_wd",
        Whole(least=1, most=30),
        "2",
        name=_p("setting", "Completing an emergency purchase"),
        help=_(
            "Working days in which the approval of an emergency purchase is completed; without it"
            " nothing is reimbursed."
        ),
        rules="PR-07",
        unit=WD,
        per_project=False,
    ),
    Setting(
        "purchase.min_quotes",
        Whole(least=1, most=10),
        "3",
        name=_p("setting", "Least number of quotes"),
        help=_("How many vendors have to quote before an award."),
        rules="PR-20",
        unit=QUOTES,
        per_project=False,
    ),
    Setting(
        "purchase.fewer_quotes",
        one_of("property_gm", "company_gm"),
        "property_gm",
        name=_p("setting", "Who allows fewer quotes"),
        help=_(
            "Who may allow an award with fewer quotes, with proof that there are no more vendors."
        ),
        rules="PR-24",
        is_proposed=True,
        per_project=False,
    ),
    Setting(
        "purchase.criteria",
        some_of("quality", "price", "delivery", "after_sales", "qualification"),
        "quality,price,delivery,after_sales,qualification",
        name=_p("setting", "Criteria of an award"),
        help=_("By what quotes are evaluated."),
        rules="PR-21",
        per_project=False,
    ),
    Setting(
        "purchase.split_check",
        Flag(),
        "on",
        name=_p("setting", "Check for split requests"),
        help=_(
            "Whether requests for the same goods that stay below a threshold together are reported."
        ),
        rules="PR-10",
        is_proposed=True,
        per_project=False,
    ),
    Setting(
        "purchase.bulk_amount",
        Money(),
        "20000.00",
        name=_p("setting", "Bulk purchase"),
        help=_("From which amount a contract needs the joint review of four parties."),
        rules="PR-50",
        unit=YUAN,
        is_proposed=True,
        per_project=False,
    ),
)

SUPPLIES = (
    Setting(
        "advance.tolerance_pct",
        Whole(least=0, most=100),
        "5",
        name=_p("setting", "Tolerance of an advance"),
        help=_("By how many per cent an advance may differ from the estimate."),
        rules="PR-70",
        unit=PCT,
        per_project=False,
    ),
    Setting(
        "advance.open_max",
        Whole(least=1, most=20),
        "1",
        name=_p("setting", "Open advances of a person"),
        help=_("With how many open advances a person gets no further one."),
        rules="PR-74",
        unit=TIMES,
        is_proposed=True,
        per_project=False,
    ),
    Setting(
        "vendor.applications",
        Flag(),
        "on",
        name=_p("setting", "Vendors apply themselves"),
        help=_(
            "Whether vendors may apply on their own page. What they write is looked at by "
            "somebody who does not buy; until then they quote for nothing."
        ),
        rules="PR-60",
        is_proposed=True,
        per_project=False,
    ),
    Setting(
        "vendor.min_backup",
        Whole(least=0, most=20),
        "2",
        name=_p("setting", "Backup vendors"),
        help=_("How many backup vendors there are for a class of goods, at least."),
        rules="PR-62",
        unit=VENDORS,
        per_project=False,
    ),
    Setting(
        "vendor.reconcile",
        one_of("month", "quarter", "half_year", "year"),
        "quarter",
        name=_p("setting", "Reconciliation with vendors"),
        help=_("How often accounts of contract vendors are reconciled with finance."),
        rules="PR-63",
        is_proposed=True,
        per_project=False,
    ),
    Setting(
        "vendor.review",
        one_of("quarter", "half_year", "year"),
        "half_year",
        name=_p("setting", "Review of vendors"),
        help=_("How often vendors outside contracts are visited and reviewed."),
        rules="PR-64",
        is_proposed=True,
        per_project=False,
    ),
    Setting(
        "stock.count",
        one_of("month", "quarter", "half_year", "year"),
        "quarter",
        name=_p("setting", "Stock count"),
        help=_("How often stock is counted."),
        rules="PR-36",
        is_proposed=True,
        per_project=False,
    ),
    Setting(
        "stock.min_alert",
        Flag(),
        "on",
        name=_p("setting", "Warning at low stock"),
        help=_("Whether stock below its minimum is reported."),
        rules="PR-38",
        is_proposed=True,
        per_project=False,
    ),
)
