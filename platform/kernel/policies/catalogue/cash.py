"""Settings of taking money, closing the day, arrears."""

from kernel.policies.catalogue.words import DAY, DAYS, MONTHS, YUAN, one_of, some_of
from kernel.policies.kinds import Flag, Lines, Money, Whole
from kernel.policies.kinds_of_time import Clock, MomentOfWeek
from kernel.policies.settings import Setting, lines
from kernel.text import _, _p

CASH = (
    Setting(
        "cash.roles",
        some_of("collector", "gate_guard", "finance_duty"),
        "collector,gate_guard,finance_duty",
        name=_p("setting", "Who may take money"),
        help=_(
            "Which posts may take money: collectors all approved items, gate guards temporary "
            "parking only, finance duty fees only and no refunds."
        ),
        rules="BL-115",
        is_proposed=True,
        per_project=False,
    ),
    Setting(
        "cash.max_change",
        Money(),
        "10000.00",
        name=_p("setting", "Most change given"),
        help=_(
            "Whoever would get more back did not hand over what was typed: the payment is refused."
        ),
        rules="BL-81",
        unit=YUAN,
        is_proposed=True,
    ),
    Setting(
        "close.hour",
        Clock(),
        "16:00",
        name=_p("setting", "Daily close"),
        help=_(
            "When the day's takings are closed; money taken later belongs to the next working day."
        ),
        rules="BL-85",
        per_project=False,
    ),
    Setting(
        "close.outlets",
        MomentOfWeek(),
        "Monday 16:00",
        name=_p("setting", "Outlets hand in"),
        help=_("When all outlets, gates included, hand in at the charging office."),
        rules="BL-86",
        per_project=False,
    ),
    Setting(
        "close.large_cash",
        Money(),
        "10000.00",
        name=_p("setting", "Large cash"),
        help=_("From which amount of cash during the week finance is phoned before."),
        rules="BL-87",
        unit=YUAN,
        is_proposed=True,
        per_project=False,
    ),
    Setting(
        "month.arrears_day",
        Whole(least=1, most=28),
        "5",
        name=_p("setting", "Arrears statement sent"),
        help=_(
            "Day of the month by which the statement of last month's arrears is sent to the "
            "charging director."
        ),
        rules="BL-89",
        unit=DAY,
    ),
    Setting(
        "pay.allocation",
        one_of("oldest_first"),
        "oldest_first",
        name=_p("setting", "Order of a part payment"),
        help=_(
            "To which bills a part payment goes: the oldest first, principal before late fee; the"
            " payer may name a bill."
        ),
        rules="BL-109",
        is_proposed=True,
        is_dated=True,
    ),
    Setting(
        "pay.payroll",
        Flag(),
        "off",
        name=_p("setting", "Payroll deduction"),
        help=_("Whether lists for deduction from wages are made for employer communities."),
        rules="BL-30",
        is_proposed=True,
    ),
    Setting(
        "budget.office_month",
        Money(),
        "500.00",
        name=_p("setting", "Budget of an office per month"),
        help=_("What an office may spend on itself in a month."),
        rules="BL-113",
        unit=YUAN,
    ),
    Setting(
        "incentive.scheme",
        Lines(),
        lines(),
        name=_p("setting", "Bonus and deduction scheme"),
        help=_(
            "The bands of the yearly collection task, one on each line: from which rate which "
            "bonus or deduction is proposed."
        ),
        rules="BL-112",
        is_proposed=True,
    ),
)

ARREARS = (
    Setting(
        "dunning.ladder",
        some_of(
            "persuasion",
            "dunning_letter",
            "late_fee",
            "lawyer_letter",
            "public_notice",
            "stop_services",
            "court",
        ),
        "persuasion,dunning_letter,late_fee,lawyer_letter,public_notice,stop_services,court",
        name=_p("setting", "Dunning ladder"),
        help=_(
            "The steps against a refusal to pay, in this order. Water, power, heating and gas are"
            " never stopped."
        ),
        rules="BL-93",
    ),
    Setting(
        "dunning.post_after_months",
        Whole(least=1, most=60),
        "6",
        name=_p("setting", "Months until arrears may be posted"),
        help=_("From how many months of arrears the owners' committee may post them publicly."),
        rules="BL-96",
        unit=MONTHS,
    ),
    Setting(
        "dunning.posting",
        Flag(),
        "off",
        name=_p("setting", "Public posting of arrears"),
        help=_(
            "Whether arrears may be posted publicly at all. Names and debts are personal data: "
            "have it checked."
        ),
        rules="BL-96",
        is_proposed=True,
    ),
    Setting(
        "dunning.sue_amount",
        Money(),
        "10000.00",
        name=_p("setting", "Arrears worth a lawsuit"),
        help=_("From which amount of arrears a lawsuit is proposed for the company's decision."),
        rules="BL-97",
        unit=YUAN,
        is_proposed=True,
    ),
    Setting(
        "dunning.weekend_visits",
        Flag(),
        "on",
        name=_p("setting", "Door visits at weekends"),
        help=_("Whether customer staff make door visits on Saturdays and Sundays."),
        rules="BL-95",
    ),
    Setting(
        "notice.days_before_due",
        Whole(least=0, most=60),
        "10",
        name=_p("setting", "Payment notice before the due day"),
        help=_("How many days before the due day payment notices are sent."),
        rules="BL-101",
        unit=DAYS,
        is_proposed=True,
    ),
)
