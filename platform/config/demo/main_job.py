"""The main job of a property company, from an empty schema to an arrears list."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Sum

from config.demo import buying, control, months, people, tariff, tower
from kernel import policies
from kernel.access import Actor
from kernel.imports import operations as imports
from kernel.imports.models import BatchState, ImportBatch
from kernel.jobs import runner
from kernel.jobs.models import Job
from services.billing.cashier import operations as cashier
from services.billing.cashier.models import Payment, PaymentMethod
from services.billing.ledger import invariants
from services.billing.runs import operations as runs
from services.billing.runs.models import BillLine, BillRun, RunState
from services.billing.standards.rules import shift_month
from services.properties import operations as registry
from services.properties.models import Household, Project

LEDGER = "unit-ledger"
READINGS = "meter-readings"
DATA = settings.ROOT / "tests" / "data"

Say = Callable[[str], None]
Clock = Callable[[], datetime]


@dataclass
class Desk:
    """One company's demo: who acts, when, and where the words go."""

    clock: Clock
    today: date
    say: Say

    def actor(self, person: people.Person) -> Actor:
        return people.acting(person, self.today)


def open_project(desk: Desk, *, code: str, name: str, name_en: str, city: str) -> Project:
    """Let the administrator open a project, and give everybody his post."""
    people.settle(people.ADMINISTRATOR, project_id=None, now=desk.clock())
    project = Project.objects.filter(code=code).first()
    if project is None:
        project = registry.create_project(
            actor=desk.actor(people.ADMINISTRATOR),
            code=code,
            name=name,
            name_en=name_en,
            city=city,
            now=desk.clock(),
        )
    for person in people.EVERYBODY:
        people.settle(person, project_id=project.pk, now=desk.clock())
    people.form_departments(project_id=project.pk, now=desk.clock())
    return project


def import_file(
    desk: Desk,
    project: Project,
    kind: str,
    name: str,
    content: bytes,
    person: people.Person,
    **options: Any,
) -> ImportBatch:
    """Upload, rehearse and commit a file as ``person``; a file that is in already is left."""
    done = ImportBatch.objects.filter(
        kind=kind, project_id=project.pk, file_name=name, state=BatchState.COMMITTED
    ).first()
    if done is not None:
        return done
    actor = desk.actor(person)
    batch = imports.upload(
        actor=actor,
        kind=kind,
        project_id=project.pk,
        file_name=name,
        content=content,
        options=options,
        now=desk.clock(),
    )
    imports.commit(actor=actor, batch_id=batch.pk, now=desk.clock())
    finish_jobs(desk)
    batch.refresh_from_db()
    return batch


def period_of(desk: Desk, project: Project) -> date:
    """Return the month that the demo bills; a later start stays with the first one's."""
    first = BillRun.objects.filter(project=project).order_by("pk").first()
    if first is not None:
        return first.period
    open_day = policies.get("billing.open_day", int, project_id=project.pk)
    return months.month_to_bill(desk.today, open_day)


def bill(desk: Desk, project: Project, period: date) -> BillRun:
    """Compute as the collector, check and post as the director."""
    run = BillRun.objects.filter(project=project, period=period).order_by("-pk").first()
    if run is None or run.state == RunState.CANCELLED:
        run = runs.prepare_run(
            actor=desk.actor(people.COLLECTOR),
            project_id=project.pk,
            period=period,
            now=desk.clock(),
            today=desk.today,
        )
    finish_jobs(desk)
    run.refresh_from_db()
    director = desk.actor(people.DIRECTOR)
    if run.state == RunState.PREVIEW:
        runs.check_run(
            actor=director,
            run_id=run.pk,
            expected_lines=run.draft_lines,
            expected_amount=run.draft_amount,
            now=desk.clock(),
        )
        run.refresh_from_db()
    if run.state in {RunState.CHECKED, RunState.POSTING}:
        runs.post_run(actor=director, run_id=run.pk, now=desk.clock(), today=desk.today)
        finish_jobs(desk)
        run.refresh_from_db()
    return run


def take_money(desk: Desk, project: Project) -> None:
    """Take some payments: whole households by every method, one in part, one voided."""
    collector = desk.actor(people.COLLECTOR)
    households = list(
        Household.objects.filter(project=project, payer__isnull=False)
        .order_by("sort_key")
        .values_list("pk", "code")[:400:9]
    )
    methods = (PaymentMethod.CASH, PaymentMethod.QR, PaymentMethod.TRANSFER, PaymentMethod.CARD)
    for index, (household_id, code) in enumerate(households):
        key = f"demo-{project.code}-{index:04d}"
        if Payment.objects.filter(idempotency_key=key).exists():
            continue
        owed = open_amount(household_id)
        if not owed:
            continue
        method = methods[index % len(methods)]
        part = (owed / 2).quantize(Decimal(1)) if index % 7 == 6 else None
        cashier.take_payment(
            actor=collector,
            household_id=household_id,
            method=method,
            expected_total=owed,
            amount=part,
            reference=f"{method}{index:06d}" if method in {"QR", "TRANSFER"} else "",
            idempotency_key=key,
            now=desk.clock(),
            today=desk.today,
        )
        if index == 5:
            payment = Payment.objects.get(idempotency_key=key)
            cashier.void_payment(
                actor=collector,
                payment_id=payment.pk,
                reason=f"{code} 付款方式录入错误",
                now=desk.clock(),
                today=desk.today,
            )


def open_amount(household_id: int) -> Decimal:
    """Return what the household owes (CNY)."""
    owed = BillLine.objects.filter(household_id=household_id, is_reversed=False).aggregate(
        total=Sum(F("amount") - F("paid_amount"))
    )["total"]
    return owed or Decimal("0.00")


def tell(desk: Desk, project: Project) -> None:
    """Say what came of it in a project: bills by item, money taken, who owes."""
    lines = BillLine.objects.filter(project=project, is_reversed=False)
    by_item = (
        lines.values("item__name")
        .annotate(count=Count("pk"), total=Sum("amount"))
        .order_by("item__sort_order", "item__name")
    )
    for row in by_item:
        desk.say(f"  {row['item__name']}  {row['count']} 笔  {row['total']:,} 元")
    taken = Payment.objects.filter(project=project, state="RECEIVED").aggregate(
        count=Count("pk"), total=Sum("amount")
    )
    desk.say(f"  实收 {taken['count']} 笔  {taken['total'] or 0:,} 元")
    owing = lines.filter(paid_amount__lt=F("amount")).aggregate(
        households=Count("household", distinct=True), total=Sum(F("amount") - F("paid_amount"))
    )
    desk.say(f"  欠费 {owing['households']} 户  {owing['total'] or 0:,} 元")


def tell_ledger(desk: Desk) -> None:
    """Say that the company's ledger agrees, or end."""
    violations = invariants.check()
    if violations:
        raise SystemExit(f"the ledger does not agree: {violations[:5]}")
    desk.say("  账目核对一致 (the ledger agrees)")


def show(desk: Desk) -> None:
    """Say what the company holds now, whatever people have made of the demo since."""
    for project in Project.objects.filter(is_active=True).order_by("pk"):
        desk.say(project.name)
        tell(desk, project)
    tell_ledger(desk)


def finish_jobs(desk: Desk) -> None:
    """Do the company's waiting jobs here: the worker is not up yet, its code is the same."""
    waiting = Job.objects.filter(state__in=["QUEUED", "RUNNING"]).order_by("pk")
    for job_id in list(waiting.values_list("pk", flat=True)):
        state = runner.run(job_id, desk.clock)
        if state == "FAILED":
            job = Job.objects.get(pk=job_id)
            raise SystemExit(f"{job.kind} failed: {job.error_code} {job.error}")


def prepare_company(desk: Desk, project: Project, ledger: Path) -> ImportBatch:
    """Import the ledger and settle the tariff."""
    batch = import_file(
        desk, project, LEDGER, ledger.name, ledger.read_bytes(), people.ADMINISTRATOR
    )
    tariff.set_up(
        drafter=desk.actor(people.ADMINISTRATOR),
        confirmer=desk.actor(people.MANAGER),
        project_id=project.pk,
        now=desk.clock(),
    )
    return batch


def run_first(desk: Desk) -> None:
    """Do the whole job in the first company, on the ledger of 云麓花园."""
    folder = DATA / "yunlu-garden"
    project = open_project(desk, code="YL", name="云麓花园", name_en="Yunlu Garden", city="杭州")
    batch = prepare_company(desk, project, folder / "房屋业主台账.xlsx")
    desk.say(
        f"云麓花园: 台账导入 {batch.counts['accepted']} 户, 退回 {batch.counts['rejected']} 行, "
        f"车位 {batch.counts['objects']['parking_spaces']} 个"
    )
    period = period_of(desk, project)
    usage_month = shift_month(period, -1)
    readings = import_file(
        desk,
        project,
        READINGS,
        f"抄表记录_{usage_month:%Y-%m}.csv",
        months.readings_of(usage_month, (folder / "抄表记录_2026-10.csv").read_bytes()),
        people.READER,
        usage_month=f"{usage_month:%Y-%m}",
    )
    desk.say(
        f"云麓花园: 抄表导入 {readings.counts['accepted']} 行, "
        f"其中异常 {readings.counts['objects']['exceptions']} 行待处理"
    )
    run = bill(desk, project, period)
    desk.say(
        f"云麓花园: {period:%Y-%m} 账单, {run.prepared_by_label} 试算, "
        f"{run.checked_by_label} 复核并发布"
    )
    take_money(desk, project)
    for line in control.fill_desks(project, desk.clock()):
        desk.say(f"云麓花园: {line}")
    for line in buying.fill(project, desk.clock()):
        desk.say(f"云麓花园: {line}")
    tell(desk, project)
    tell_ledger(desk)


def run_second(desk: Desk) -> None:
    """Enter an office tower by hand in the second company and bill its first month."""
    project = open_project(desk, code="JH", name="江海大厦", name_en="Jianghai Tower", city="宁波")
    tower.enter(actor=desk.actor(people.DIRECTOR), project=project, now=desk.clock())
    tariff.set_up(
        drafter=desk.actor(people.ADMINISTRATOR),
        confirmer=desk.actor(people.MANAGER),
        project_id=project.pk,
        now=desk.clock(),
    )
    bill(desk, project, period_of(desk, project))
    buying.fill_second(desk.clock())
    tell(desk, project)
    tell_ledger(desk)
