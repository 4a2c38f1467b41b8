"""The default chains of the handbook (2.5), with which a company starts. Data, nothing else.

Names are the company's words, so they are stored in both languages and not translated here.
"""

from typing import Final, NamedTuple

from kernel.approvals.rules.definitions import (
    Assignee,
    AssigneeKind,
    Branch,
    Definition,
    Limit,
    Mode,
    Step,
    StepAct,
    read_duty,
)
from kernel.approvals.rules.facts import Condition, Operator, Setting


class DefaultChain(NamedTuple):
    key: str
    kind: str
    name: str
    name_en: str
    source: str
    definition: Definition


def _post(post: str) -> Assignee:
    return Assignee(kind=AssigneeKind.POST, post=post)


_HEAD: Final = Assignee(kind=AssigneeKind.DEPARTMENT_HEAD)


def _sign(
    key: str,
    *posts: str,
    duties: str = "",
    name: str = "",
    name_en: str = "",
    when: tuple[Condition, ...] = (),
    hours: int = 0,
    opinion: bool = False,
    file: bool = False,
) -> Step:
    """Return a step that one of each of ``posts`` approves."""
    return Step(
        key=key,
        name=name,
        name_en=name_en,
        assignees=tuple(_post(post) for post in posts),
        mode=Mode.EACH if len(posts) > 1 else Mode.ANY,
        when=when,
        limit=Limit(hours) if hours else None,
        opinion_required=opinion,
        attachment_required=file,
        duties=tuple(read_duty(duty) for duty in duties.split()),
    )


def _task(
    key: str, post: str, name: str, name_en: str, *, duties: str = "", file: bool = False
) -> Step:
    """Return a step that ``post`` carries out."""
    return Step(
        key=key,
        name=name,
        name_en=name_en,
        act=StepAct.TASK,
        assignees=(_post(post),),
        attachment_required=file,
        duties=tuple(read_duty(duty) for duty in duties.split()),
    )


def _chain(*steps: Step, applicant: str = "", verbal: str = "") -> Definition:
    return Definition(
        branches=(Branch(steps=steps),),
        applicant_duties=tuple(read_duty(duty) for duty in applicant.split()),
        verbal_days_setting=verbal,
    )


def _over(fact: str, setting: str) -> tuple[Condition, ...]:
    return (Condition(fact, Operator.GT, Setting(setting)),)


def _is(fact: str, answer: str) -> tuple[Condition, ...]:
    return (Condition(fact, Operator.IS, answer == "yes"),)


def _in(fact: str, *values: str) -> tuple[Condition, ...]:
    return (Condition(fact, Operator.IN, values),)


_PURCHASE: Final = _chain(
    _sign("property", "property_manager", duties="SoD-19:B SoD-20:A SoD-21:A"),
    _sign("company", "company_gm", duties="SoD-19:B SoD-20:B SoD-21:A"),
    _task("buy", "buyer", "采购", "Buy", duties="SoD-21:B"),
    applicant="SoD-19:A",
)

DEFAULT_CHAINS: Final = (
    DefaultChain(
        "waiver.general",
        "waiver.general",
        "费用减免",
        "Waiver",
        "000/7 Art.15",
        _chain(
            _sign(
                "verify",
                "general_office",
                "finance_head",
                duties="SoD-14:B SoD-15:A",
                name="综合办、财务核实",
                name_en="General office and finance verify",
            ),
            _sign("leader", "deputy_gm", duties="SoD-15:B SoD-16:A"),
            _sign("chairman", "chairman", duties="SoD-15:B SoD-16:A"),
            _task("post", "charging_director", "收费室入账", "Post it", duties="SoD-16:B"),
            applicant="SoD-14:A",
        ),
    ),
    DefaultChain(
        "waiver.statutory_heating",
        "waiver.statutory_heating",
        "采暖费法定减免",
        "Statutory heating reduction",
        "000/7 Art.15",
        _chain(
            _sign("verify", "property_manager", duties="SoD-31:A"),
            _task("post", "charging_director", "收费室入账", "Post it"),
            applicant="SoD-31:B",
        ),
    ),
    DefaultChain(
        "heating.vacancy_50",
        "heating.vacancy_50",
        "空置房采暖费减半",
        "Half heating fee for vacancy",
        "000/7 Art.15, C-11",
        _chain(
            _sign(
                "verify",
                "property_manager",
                "finance_head",
                "general_office",
                duties="SoD-31:A SoD-15:A",
                name="三部门联合核实",
                name_en="Three departments verify jointly",
            ),
            _task(
                "report",
                "property_manager",
                "物业公司书面报告",
                "Written report",
                file=True,
            ),
            _sign("leader", "deputy_gm", duties="SoD-15:B SoD-16:A"),
            _sign("chairman", "chairman", duties="SoD-15:B SoD-16:A"),
            _task("post", "charging_director", "收费室入账", "Post it", duties="SoD-16:B"),
            applicant="SoD-31:B",
        ),
    ),
    DefaultChain(
        "deposit.refund",
        "deposit.refund",
        "押金退还",
        "Deposit refund",
        "000/7 Art.12, 003/D5",
        _chain(
            _sign("review", "steward", duties="SoD-33:A", name="初审", name_en="First review"),
            _sign("head", "community_head", duties="SoD-11:A"),
            _sign("manager", "property_manager", duties="SoD-11:B SoD-33:B SoD-07:A"),
            _task("arrange", "charging_director", "安排退款", "Arrange the refund"),
            _task("pay", "collector", "退款", "Pay", duties="SoD-07:B"),
            _task("cheque", "cashier", "开具现金支票", "Issue the cheque", duties="SoD-07:B"),
            _task("book", "finance_head", "当日入账", "Book on the same day"),
        ),
    ),
    DefaultChain(
        "refund.on_duty",
        "refund.on_duty",
        "值班退款",
        "Refund on duty",
        "000/17 §5.3",
        _chain(_sign("director", "mo_director", duties="SoD-29:B"), applicant="SoD-29:A"),
    ),
    DefaultChain(
        "rent.valuation",
        "rent.valuation",
        "租金评估",
        "Rent valuation",
        "000/7 Art.11",
        _chain(
            _sign(
                "value",
                "property_manager",
                "finance_head",
                "general_office",
                duties="SoD-30:A",
                name="联合评估",
                name_en="Joint valuation",
            ),
            _task("report", "property_manager", "书面报告", "Written report", file=True),
            _sign("company", "company_gm", duties="SoD-30:B"),
            _task("sign", "property_manager", "签订租约", "Sign the lease"),
        ),
    ),
    DefaultChain(
        "fee_standard.change",
        "fee_standard.change",
        "收费标准变更",
        "Change of a fee standard",
        "000/7 Art.8",
        _chain(_sign("manager", "property_manager")),
    ),
    DefaultChain(
        "purchase.A", "purchase", "A类采购", "Purchase, class A", "000/16 §4.1", _PURCHASE
    ),
    DefaultChain(
        "purchase.B", "purchase", "B类采购", "Purchase, class B", "000/16 §4.1", _PURCHASE
    ),
    DefaultChain(
        "purchase.C",
        "purchase",
        "C类应急采购",
        "Emergency purchase, class C",
        "000/16 §4.1, PR-07",
        _chain(
            # Bought before it is signed: who bought is known from the orders, not by a step.
            _sign("property", "property_manager", duties="SoD-19:B SoD-20:A SoD-21:A", hours=8),
            _sign("company", "company_gm", duties="SoD-19:B SoD-20:B SoD-21:A", hours=8),
            applicant="SoD-19:A",
            verbal="purchase.c_backfill_wd",
        ),
    ),
    # PR-24: who allows it says the setting purchase.fewer_quotes; the round names him.
    DefaultChain(
        "purchase.fewer_quotes",
        "purchase.fewer_quotes",
        "少于规定家数询价",
        "Fewer quotes than required",
        "PR-24",
        _chain(
            _sign(
                "property",
                "property_manager",
                duties="SoD-21:A",
                when=_in("decider", "property_gm"),
            ),
            _sign("company", "company_gm", duties="SoD-21:A", when=_in("decider", "company_gm")),
        ),
    ),
    # The source names approvers of the request only; that the same two decide on the award, and
    # not the buyer who proposes it, is ours (SoD-21).
    DefaultChain(
        "purchase.award",
        "purchase.award",
        "定标审批",
        "Award of a purchase",
        "000/16 §4.2, §6.3",
        _chain(
            _sign("property", "property_manager", duties="SoD-20:A SoD-21:A"),
            _sign("company", "company_gm", duties="SoD-20:B SoD-21:A"),
            applicant="SoD-21:B",
        ),
    ),
    DefaultChain(
        "contract.joint_review",
        "contract.joint_review",
        "合同会审",
        "Joint review of a contract",
        "000/16 §4.6, §6",
        _chain(
            Step(
                key="review",
                name="使用单位、采购、物业、地产会审",
                name_en="Using unit, buyer, property and real estate review",
                assignees=(
                    _HEAD,
                    _post("buyer"),
                    _post("property_manager"),
                    _post("real_estate_gm"),
                ),
                mode=Mode.EACH,
                opinion_required=True,
                duties=(read_duty("SoD-23:A"), read_duty("SoD-23:B")),
            ),
            # Signing and sealing come after it, on the contract itself: the delegate is named there
            # and the seal looked at, and nothing is signed before this permission (PR-51, PR-52).
            _sign("leader", "deputy_gm"),
        ),
    ),
    DefaultChain(
        "vendor.account",
        "vendor.account",
        "供应商账户变更",
        "Bank account of a vendor",
        "000/16 §5.2 †",
        _chain(_sign("finance", "finance_head")),
    ),
    DefaultChain(
        "vendor.blacklist",
        "vendor.blacklist",
        "供应商黑名单",
        "Blacklisting of a vendor",
        "000/16 §5.3 †",
        _chain(_sign("manager", "property_manager")),
    ),
    DefaultChain(
        "purchase.order_change",
        "purchase.order_change",
        "采购订单变更",
        "Change of a purchase order",
        "000/16 §4.5 †",
        _chain(
            _sign("property", "property_manager"),
            _sign("company", "company_gm", when=(Condition("rise", Operator.GT, "0"),)),
        ),
    ),
    DefaultChain(
        "archive.access",
        "archive.access",
        "档案查阅",
        "Access to a file",
        "002/5.3 §4.1.1.4",
        _chain(
            _sign("manager", "mo_manager", duties="SoD-24:B"),
            _task("register", "front_desk", "登记查阅", "Register the access"),
            applicant="SoD-24:A",
        ),
    ),
    DefaultChain(
        "archive.disposal",
        "archive.disposal",
        "档案销毁",
        "Disposal of files",
        "002/5.3 §3.1",
        _chain(_sign("manager", "mo_manager")),
    ),
    DefaultChain(
        "violation.major",
        "violation.major",
        "重大违章处理",
        "Major violation",
        "002/5.1 §3.5",
        _chain(
            _sign("office", "mo_manager", duties="SoD-27:A", opinion=True),
            _sign("department", "property_dept_manager"),
            _sign("deputy", "deputy_gm"),
            _sign("company", "company_gm", duties="SoD-27:B"),
            _task("execute", "mo_manager", "管理处执行", "The office executes it"),
        ),
    ),
    DefaultChain(
        "leave",
        "leave",
        "请假",
        "Leave",
        "000/10a §2, C-15",
        _chain(
            Step(key="head", assignees=(_HEAD,), duties=(read_duty("SoD-28:B"),)),
            _sign(
                "office", "internal_clerk", duties="SoD-28:B", name="内勤核对", name_en="Checked"
            ),
            _sign(
                "director",
                "mo_director",
                duties="SoD-28:B",
                when=_over("days", "leave.director_over_days"),
            ),
            _sign(
                "manager",
                "mo_manager",
                duties="SoD-28:B",
                when=_over("days", "leave.manager_over_days"),
            ),
            applicant="SoD-28:A",
        ),
    ),
    DefaultChain(
        "duty.swap",
        "duty.swap",
        "换班",
        "Swap of a duty",
        "000/17 §3.2",
        _chain(_sign("director", "mo_director", duties="SoD-28:B"), applicant="SoD-28:A"),
    ),
    DefaultChain(
        "duty.comp_rest",
        "duty.comp_rest",
        "值班补休",
        "Rest in lieu",
        "000/17 §6.1.3",
        _chain(_sign("director", "mo_director", duties="SoD-28:B"), applicant="SoD-28:A"),
    ),
    DefaultChain(
        "training.plan",
        "training.plan",
        "培训计划",
        "Training plan",
        "002/4.2",
        _chain(_sign("manager", "mo_manager")),
    ),
    DefaultChain(
        "overtime",
        "overtime",
        "加班",
        "Overtime",
        "003/D5 A8",
        _chain(_sign("review", "cs_supervisor"), _sign("manager", "mo_manager")),
    ),
    DefaultChain(
        "quality.penalty",
        "quality.penalty",
        "奖惩",
        "Reward or penalty",
        "002/4.1, 000/17 §5.1",
        _chain(_sign("manager", "mo_manager")),
    ),
    # SH-41: prepared, reviewed and approved by three people. Which posts, the sources do not say.
    DefaultChain(
        "controlled_document",
        "controlled_document",
        "受控文件发布",
        "Issue of a controlled document",
        "004/KF-0, SH-41",
        _chain(
            _sign("review", "general_office", name="审核", name_en="Review"),
            _sign("approve", "property_manager", name="批准", name_en="Approval"),
        ),
    ),
    # SH-40: nothing leaves the company without approval.
    DefaultChain(
        "controlled_document.release",
        "controlled_document.release",
        "受控文件外发",
        "Controlled document given outside",
        "002/Pre, SH-40",
        _chain(_sign("approve", "property_manager", name="批准", name_en="Approval")),
    ),
    DefaultChain(
        "project.rules",
        "project.rules",
        "项目制度",
        "Project rules",
        "002/4.1",
        _chain(_sign("leader", "deputy_gm")),
    ),
    DefaultChain(
        "renovation",
        "renovation",
        "装修",
        "Renovation",
        "003/D5, 003/D11 §2",
        _chain(
            _sign("check", "steward", name="初审", name_en="First check"),
            _sign("engineering", "maintenance_supervisor", when=_is("touches_structure", "no")),
            _sign(
                "structure",
                "maintenance_supervisor",
                when=_is("touches_structure", "yes"),
                name="工程审核（附政府批文）",
                name_en="Engineering review, with the authority's approval",
                file=True,
            ),
            _sign("manager", "mo_manager"),
        ),
    ),
    DefaultChain(
        "stock.count",
        "stock.count",
        "盘存差异",
        "Differences of a stock count",
        "003/D8.3 §2",
        _chain(_sign("finance", "finance_head")),
    ),
    # Of vendors' money one post decides and another pays, never the buyer; who asks for payments is
    # the head of finance, and does not sign it. Which posts, the sources do not say.
    *(
        DefaultChain(key, key, name, name_en, source, _chain(_sign("decide", post)))
        for key, name, name_en, source, post in (
            ("purchase.advance", "采购借款", "Advance to a buyer", "000/16 §7.1†", "finance_head"),
            ("purchase.claim", "采购报销", "Claim of a buyer", "000/16 §7.2†", "finance_head"),
            ("vendor.payment", "供应商付款", "Payment to a vendor", "000/16 §7.3†", "company_gm"),
            ("service.assessment", "服务考核", "Service assessed", "000/14 §5", "property_manager"),
        )
    ),
)
