"""What waits on the desks of the demo: approvals, an owner's file, a manual, things handed out."""

from datetime import datetime, timedelta
from decimal import Decimal

from config.demo import people
from config.demo.people import Person
from kernel.access import Actor
from kernel.access.models import User
from kernel.documents.manuals import copies
from kernel.documents.manuals import operations as manuals
from kernel.identity.models import ItemKind
from kernel.identity.operations import holdings
from kernel.records.models import AccessRequest
from kernel.records.operations.access import request_access
from kernel.tenancy import company_day
from services.billing.standards import operations as standards
from services.billing.standards.models import FeeStandard, Method
from services.properties.models import Household, Project

ADMINISTRATOR, MANAGER = people.ADMINISTRATOR, people.MANAGER
BODY = """# 目的
统一前台接待的用语和流程。

# 接待
1. 起身问候，三声铃响内接听电话。
2. 登记诉求，当场能答复的当场答复。
3. 不能答复的，30 分钟内转交责任部门。

# 记录
每班填写值班记录，交接时双方签字。
"""


def fill_desks(project: Project, now: datetime) -> list[str]:
    """Leave open what the people of the project would find open; return what was said.

    Does nothing where it was done before.
    """
    if AccessRequest.objects.exists():
        return []
    _raise_a_price(project, now)
    _ask_for_a_file(project, now)
    _issue_a_manual(project, now)
    _hand_things_out(project, now)
    return ["审批: 收费标准调价、业主档案借阅、受控文件各一件; 领用物品 4 件"]


def _raise_a_price(project: Project, now: datetime) -> None:
    """Draft the shops' new price for the month after next; it waits for the property manager."""
    standard = FeeStandard.objects.filter(project=project, name__contains="商铺").first()
    if standard is None:
        return
    day = company_day(now).replace(day=1)
    month = (day + timedelta(days=62)).replace(day=1)
    version = standards.draft_version(
        actor=_actor(ADMINISTRATOR, now),
        standard_id=standard.pk,
        method=Method.PER_AREA,
        valid_from=month,
        price=Decimal("6.80"),
        basis_note="与商户代表协商一致，自下季度起执行",
        now=now,
    )
    standards.submit_version(actor=_actor(ADMINISTRATOR, now), version_id=version.pk, now=now)


def _ask_for_a_file(project: Project, now: datetime) -> None:
    """Let the steward ask for an owner's file; it waits for the management-office manager."""
    household = Household.objects.filter(project=project).order_by("pk").first()
    if household is None:
        return
    request_access(
        actor=_actor(_person("zhanglei"), now),
        subject_type=household._meta.label_lower,
        subject_id=household.pk,
        purpose="核对装修备案图纸与现场是否一致",
        wanted="装修备案图纸",
        now=now,
    )


def _issue_a_manual(project: Project, now: datetime) -> None:
    """Let the CS supervisor send a manual on its way; the front desk is to hold copy no. 1."""
    preparer = _actor(_person("fengjie"), now)
    revision = manuals.create_manual(
        actor=preparer,
        title="前台接待规范",
        department="KF",
        project_id=project.pk,
        now=now,
        today=company_day(now),
    )
    manuals.save_draft(
        actor=preparer,
        revision_id=revision.pk,
        body=BODY,
        chapter="全部",
        change="首次发布",
        now=now,
    )
    manuals.submit(actor=preparer, revision_id=revision.pk, now=now)
    desk = User.objects.get(username="hexiaomin")
    copies.issue_copy(
        actor=_actor(_person("tangwan"), now),
        manual_id=revision.manual_id,
        holder_id=desk.pk,
        number=1,
        now=now,
    )


def _hand_things_out(project: Project, now: datetime) -> None:
    """Give the steward and the collector what they work with."""
    keeper = _actor(_person("hexiaomin"), now)
    steward = User.objects.get(username="zhanglei")
    collector = User.objects.get(username=people.COLLECTOR.username)
    for kind, number, holder, amount in (
        (ItemKind.KEY, "YL-3-2-公共", steward, None),
        (ItemKind.CARD, "MJ-0317", steward, None),
        (ItemKind.RECEIPT_BOOK, f"SJ-{company_day(now):%Y}-018", collector, None),
        (ItemKind.CASH_FLOAT, "BYJ-01", collector, Decimal("500.00")),
    ):
        holdings.issue(
            actor=keeper,
            kind=kind,
            number=number,
            holder_id=holder.pk,
            project_id=project.pk,
            amount=amount,
            now=now,
        )


def _person(username: str) -> Person:
    return next(person for person in people.EVERYBODY if person.username == username)


def _actor(person: Person, now: datetime) -> Actor:
    return people.acting(person, company_day(now))
