"""Kinds of documents of the handbook's default chains (2.5), with the facts they show.

They are announced here so that their chains can be prepared and tried out before the module that
submits them is there; that module registers the working kind under the same key, and takes its
place here.
"""

from kernel.approvals.registry import DocumentKind
from kernel.approvals.rules.facts import Fact, FactType
from kernel.text import _, _p

_BILLING = _("Billing")
_PURCHASING = _("Procurement")
_SERVICE = _("Customer service")
_STAFF = _("Staff")

_AMOUNT = Fact("amount", _("Amount"), FactType.MONEY, _("CNY"))
_MONTHS = Fact("months", _("Months"), FactType.NUMBER, _("months"))
_DAYS = Fact("days", _p("number of days", "Days"), FactType.NUMBER, _("days"))
_HOURS = Fact("hours", _("Hours"), FactType.NUMBER, _("hours"))
_AREA = Fact("area", _("Area"), FactType.NUMBER, _("m²"))

KINDS = (
    DocumentKind(
        key="waiver.general",
        name=_("Waiver or reduction of fees"),
        module=_BILLING,
        facts=(_AMOUNT, _MONTHS),
    ),
    DocumentKind(
        key="waiver.statutory_heating",
        name=_("Statutory reduction of heating fees"),
        module=_BILLING,
        facts=(_AMOUNT, _AREA),
    ),
    DocumentKind(
        key="heating.vacancy_50",
        name=_("Half heating fee for vacancy"),
        module=_BILLING,
        facts=(_AMOUNT, _AREA),
    ),
    DocumentKind(
        key="deposit.refund", name=_("Refund of a deposit"), module=_BILLING, facts=(_AMOUNT,)
    ),
    DocumentKind(key="refund.on_duty", name=_("Refund on duty"), module=_BILLING, facts=(_AMOUNT,)),
    DocumentKind(
        key="rent.valuation",
        name=_("Valuation of a rent"),
        module=_BILLING,
        facts=(
            Fact("rent", _("Rent a year"), FactType.MONEY, _("CNY")),
            Fact("years", _("Years"), FactType.NUMBER, _("years")),
        ),
    ),
    DocumentKind(
        key="violation.major",
        name=_("Decision on a major violation"),
        module=_SERVICE,
        facts=(_AMOUNT,),
    ),
    DocumentKind(
        key="leave",
        name=_("Leave"),
        module=_STAFF,
        facts=(
            _DAYS,
            Fact(
                "leave_kind",
                _("Kind of leave"),
                FactType.CHOICE,
                choices=(
                    ("PERSONAL", _("Personal leave")),
                    ("SICK", _("Sick leave")),
                    ("ANNUAL", _("Annual leave")),
                    ("OTHER", _("Other leave")),
                ),
            ),
        ),
    ),
    DocumentKind(
        key="duty.swap",
        name=_("Swap of a duty"),
        module=_STAFF,
        facts=(Fact("stand_in", _("Stand-in"), FactType.PERSON),),
    ),
    DocumentKind(
        key="duty.comp_rest", name=_("Rest in lieu of a duty"), module=_STAFF, facts=(_DAYS,)
    ),
    DocumentKind(key="training.plan", name=_("Training plan"), module=_STAFF, facts=(_HOURS,)),
    DocumentKind(key="overtime", name=_("Overtime"), module=_STAFF, facts=(_HOURS,)),
    DocumentKind(
        key="quality.penalty",
        name=_("Reward or penalty of staff"),
        module=_STAFF,
        facts=(_AMOUNT, Fact("is_reward", _("Reward"), FactType.YES_NO)),
    ),
    DocumentKind(key="project.rules", name=_("Rules of a project"), module=_SERVICE),
    DocumentKind(
        key="renovation",
        name=_("Renovation"),
        module=_SERVICE,
        facts=(
            _AREA,
            Fact("touches_structure", _("Touches structure or load"), FactType.YES_NO),
        ),
    ),
)
