"""One of each row of a project, made by the operations that people use."""

import io
from datetime import date
from decimal import Decimal

from kernel import access
from kernel.access.actors import Actor
from kernel.access.models import User
from kernel.access.queries import actor_for
from kernel.approvals import operations as approvals
from kernel.approvals.models import Case, ChainVersion
from kernel.audit.models import AuditEntry
from kernel.deadlines.operations import start as start_clock
from kernel.documents import operations as documents
from kernel.documents.manuals import copies as manuals
from kernel.documents.models import Manual, ManualRelease, ManualRevision, RevisionState
from kernel.duties.models import Exemption
from kernel.identity.operations import holdings
from kernel.imports import operations as imports
from kernel.jobs import operations as jobs
from kernel.records.models import Disposal, DisposalState, LegalHold
from kernel.records.operations import request_access
from services.billing.metering.models import Reading, ReadingState
from services.billing.runs.models import BillLine
from services.billing.standards.models import FeeAssignment, FeeItem
from services.procurement.requests import operations as purchasing
from services.properties.models import Party, Project, Unit
from services.properties.operations import PersonalField, reveal_personal_data, update_party
from services.properties.operations.parties import PartyChanges
from tests import (
    factories,
    factories_approvals,
    factories_billing,
    factories_cashier,
    factories_runs,
)
from tests import factories_procurement_contracts as contracts
from tests import factories_procurement_money as money
from tests import factories_procurement_orders as orders
from tests import factories_procurement_requests as requests
from tests import factories_procurement_rounds as rounds
from tests import factories_procurement_stock as stock
from tests import factories_properties as registry
from tests.factories import NOW, TODAY
from tests.matrix.marks import FOREIGN, MONTH, OTHER, OWN, Ids

_ID_NUMBERS = {
    OWN: "11010519491231002X",
    OTHER: "440524198801010011",
    FOREIGN: "330106199003074111",
}


def add_project_rows(mark: str, code: str, price: str) -> Ids:
    """Make a project with one of everything, by the operations that people use."""
    if not FeeItem.objects.exists():
        factories_billing.seeded()
        approvals.seed_chains(NOW)
    project = registry.add_project(code, f"{mark} project", address=f"{mark} road")
    building = registry.add_building(project, f"{mark}3栋")
    unit = registry.add_unit(project, "1602", building=building, entrance="2", note=f"{mark} note")
    party = registry.add_party(f"{mark} owner", "13812346027", _ID_NUMBERS[mark])
    occupancy = registry.add_occupancy(unit, party, valid_from=date(2021, 6, 18))
    registry.add_occupancy(
        unit, registry.add_party(f"{mark} lodger", ""), role="RESIDENT", valid_from=date(2022, 1, 1)
    )
    household = unit.household
    space = registry.add_space(project, f"{mark}-0317", household=household)
    vehicle = registry.add_vehicle(household, space=space)
    meter = registry.add_meter(unit, f"{mark}-W1")
    spare = registry.add_unit(project, f"{mark}99", building=building, entrance="2", state="VACANT")
    version = factories_billing.add_fee(
        project, "WYF", "RESIDENCE", name=f"{mark} fee", method="FIXED", price=price
    )
    standard = version.standard
    assignment = FeeAssignment.objects.filter(standard=standard).order_by("pk").first()
    office = factories_runs.Office(
        project,
        factories.add_actor(f"{mark}-collector", "collector", project_id=project.pk),
        factories.add_actor(f"{mark}-director", "charging_director", project_id=project.pk),
        factories.add_actor(f"{mark}-manager", "property_manager", project_id=project.pk),
    )
    run = factories_runs.posted(office, period=MONTH)
    draft = factories_runs.preview(office, period=date(2026, 11, 1))
    bill = BillLine.objects.filter(run=run).order_by("pk").first()
    receipt = factories_cashier.pay(
        office.collector, household, "10.00", payer_name=f"{mark} payer", note=f"{mark} remark"
    )
    reading = Reading.objects.create(
        project_id=project.pk,
        meter=meter,
        usage_month=MONTH,
        previous=Decimal(100),
        current=Decimal(90),
        state=ReadingState.EXCEPTION,
        faults=["LOWER"],
        note=f"{mark} reading",
        recorded_by_label=f"{mark} reader",
        recorded_at=NOW,
    )
    batch = imports.upload(
        actor=access.SYSTEM,
        kind="unit-ledger",
        project_id=project.pk,
        file_name=f"{mark} ledger.csv",
        content=f"楼栋,单元,房号,建筑面积,业主姓名\n5栋,1,101,90,{mark} new\n".encode(),
        options={},
        now=NOW,
    )
    attachment = documents.attach(
        actor=access.SYSTEM,
        subject=household,
        project_id=project.pk,
        upload=io.BytesIO(b"%PDF-1.7\n%%EOF\n"),
        name=f"{mark} contract.pdf",
        now=NOW,
    )
    job = jobs.start(
        actor=office.collector,
        kind="test.work",
        params={},
        project_id=project.pk,
        now=NOW,
    )
    case = _case(mark, project, office.collector)
    thing = holdings.issue(
        actor=access.SYSTEM,
        kind="KEY",
        number=f"{mark} key",
        holder_id=User.objects.get(username=f"{mark}-collector").pk,
        project_id=project.pk,
        now=NOW,
    )
    assert assignment is not None
    assert bill is not None
    deadline = start_clock(
        clock="complaint.remedy",
        subject=bill,
        project_id=project.pk,
        started_at=NOW,
        title=f"{mark} complaint",
    )
    return Ids(
        mark,
        project,
        {
            "project_id": project.pk,
            "building_id": building.pk,
            "unit_id": unit.pk,
            "space_id": space.pk,
            "spare_id": spare.pk,
            "party_id": party.pk,
            "occupancy_id": occupancy.pk,
            "household_id": household.pk,
            "vehicle_id": vehicle.pk,
            "meter_id": meter.pk,
            "standard_id": standard.pk,
            "version_id": version.pk,
            "assignment_id": assignment.pk,
            "run_id": run.pk,
            "draft_run_id": draft.pk,
            "bill_id": bill.pk,
            "line_id": bill.pk,
            "receipt_id": receipt.pk,
            "payment_id": receipt.payment_id,
            "reading_id": reading.pk,
            "batch_id": batch.pk,
            "job_id": job.pk,
            "deadline_id": deadline.pk,
            "attachment_id": attachment.pk,
            "subject_id": household.pk,
            "case_id": case.pk,
            "thing_id": thing.pk,
            "exemption_id": _exemption(mark, project.pk, office.collector.user_id or 0),
            "disposal_id": Disposal.objects.create(
                project_id=project.pk,
                state=DisposalState.DONE,
                note=f"{mark} list",
                asked_by_label=f"{mark} desk",
                asked_at=NOW,
            ).pk,
            "hold_id": LegalHold.objects.create(
                project_id=project.pk,
                record_class="former-owner",
                object_id=party.pk,
                label=f"{mark} owner",
                reason=f"{mark} dispute",
                placed_by_label=f"{mark} manager",
                placed_at=NOW,
            ).pk,
            "access_id": request_access(
                actor=access.Actor(
                    label=f"{mark} desk",
                    user_id=office.collector.user_id,
                    grants=frozenset(
                        access.Grant(action, project.pk)
                        for action in (
                            access.Action.REGISTRY_VIEW,
                            access.Action.FILE_VIEW,
                            access.Action.ARCHIVE_REQUEST,
                        )
                    ),
                ),
                subject_type="properties.household",
                subject_id=household.pk,
                purpose=f"{mark} purpose",
                wanted=f"{mark} papers",
                now=NOW,
            ).pk,
            **_manual(mark, project, office.director),
            **rounds.add_row(project.pk, mark),
            **stock.add_rows(project, mark, office.collector.require_person()),
            **_purchase(mark, project),
            **_purchases(mark, project, office.director.require_person()),
            **money.add_rows(project, mark),
            "entry_id": AuditEntry.objects.filter(project_id=project.pk).latest("pk").pk,
        },
    )


def _case(mark: str, project: Project, applicant: access.Actor) -> Case:
    """Submit a paper of the project that a property manager signs."""
    if not ChainVersion.objects.filter(chain__key="refund.on_duty", number__gt=1).exists():
        factories_approvals.publish(
            factories_approvals.line(factories_approvals.step("property_manager")),
            key="refund.on_duty",
            kind="refund.on_duty",
        )
    return approvals.submit(
        actor=applicant,
        kind="refund.on_duty",
        subject=project,
        project_id=project.pk,
        title=f"{mark} refund",
        facts={"amount": Decimal("10.00")},
        summary={"For": f"{mark} payer"},
        now=NOW,
    )


def _purchases(mark: str, project: Project, user_id: int) -> dict[str, int]:
    """Make a contract with a vendor and an order to him that he wants to change."""
    contract = contracts.add_row(project, mark, user_id)
    return {
        "contract_id": contract.pk,
        **orders.add_rows(project, mark, user_id, contract.vendor),
    }


def _exemption(mark: str, project_id: int, user_id: int) -> int:
    return Exemption.objects.create(
        rule="SoD-08",
        user_id=user_id,
        project_id=project_id,
        reason=f"{mark} clerk",
        valid_from=date(2026, 11, 1),
        valid_to=date(2026, 12, 1),
        requested_by=user_id,
        requested_by_label="x",
        requested_at=NOW,
    ).pk


def _manual(mark: str, project: Project, keeper: Actor) -> dict[str, int]:
    """Make a controlled document in force, a copy of it and a request to give it outside."""
    manual = Manual.objects.create(
        number=f"{mark.upper()}-KF-01",
        title=f"{mark} manual",
        department="KF",
        project_id=project.pk,
        created_at=NOW,
        created_by_label=mark,
    )
    revision = ManualRevision.objects.create(
        manual=manual,
        edition="A",
        revision=0,
        state=RevisionState.IN_FORCE,
        body=f"{mark} text",
        chapter="1",
        change=f"{mark} change",
        prepared_by=1,
        reviewed_by=2,
        approved_by=3,
        prepared_at=NOW,
        in_force_on=TODAY,
    )
    assert keeper.user_id is not None
    copy = manuals.issue_copy(actor=keeper, manual_id=manual.pk, holder_id=keeper.user_id, now=NOW)
    release = ManualRelease.objects.create(
        revision=revision,
        recipient=f"{mark} vendor",
        purpose=mark,
        requested_by=keeper.user_id,
        requested_by_label=mark,
        requested_at=NOW,
    )
    return {
        "manual_id": manual.pk,
        "revision_id": revision.pk,
        "copy_id": copy.pk,
        "release_id": release.pk,
    }


def _purchase(mark: str, project: Project) -> dict[str, int]:
    """Write a request of the project to buy something, and set a budget for it."""
    request = purchasing.create_request(
        actor=factories.add_actor(f"{mark}-asker", "mo_manager", project_id=project.pk),
        project_id=project.pk,
        values=requests.values(title=f"{mark} goods", unit=f"{mark} unit"),
        lines=[requests.line(f"{mark} paper")],
        now=NOW,
        today=TODAY,
    )
    budget = requests.set_budget(access.SYSTEM, "5000.00", project)
    return {
        "request_id": request.pk,
        "request_line_id": request.lines.order_by("pk")[0].pk,
        "budget_id": budget.pk,
    }


def let_live_in(own: Ids, other: Ids) -> None:
    """Let the owner of one project own a unit of the other, where people worked on his data."""
    party = Party.objects.get(pk=own["party_id"])
    spare = Unit.objects.get(pk=other["spare_id"])
    registry.add_occupancy(spare, party, valid_from=date(2024, 1, 1))
    director = actor_for(user=User.objects.get(username=f"{OTHER}-director"), today=TODAY)
    changes: PartyChanges = {"phone": "13900000017"}
    update_party(actor=director, party_id=party.pk, changes=changes, now=NOW)
    reveal_personal_data(
        actor=director, party_id=party.pk, field=PersonalField.PHONE, reason=f"{OTHER} why", now=NOW
    )
