"""Two projects of one company and the same in another company, every text in them marked.

The numbers of the second company's rows are those of the first's (both schemas count from 1), so
that an id of one always names something in the other.
"""

import io
import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django_tenants.utils import tenant_context

from console.models import Export
from kernel import access
from kernel.access import operations as people
from kernel.access import tokens
from kernel.access.actors import Actor
from kernel.access.models import ApiToken, Department, Post, PostHolding, User
from kernel.access.passwords import make_link_token
from kernel.access.queries import actor_for
from kernel.approvals import operations as approvals
from kernel.approvals.models import Case, Chain, ChainVersion
from kernel.audit.models import AuditEntry
from kernel.calendar.operations import set_days
from kernel.crypto import cipher
from kernel.deadlines.operations import start as start_clock
from kernel.documents import operations as documents
from kernel.documents.manuals import copies as manuals
from kernel.documents.models import Manual, ManualRelease, ManualRevision, RevisionState
from kernel.duties.models import Exemption
from kernel.identity.models import Method, Passkey
from kernel.identity.operations import departures, holdings, sessions
from kernel.imports import operations as imports
from kernel.jobs import operations as jobs
from kernel.notifications.models import Channel, Notification
from kernel.outbox.models import Endpoint, Event, EventDelivery
from kernel.policies.operations import set_value
from kernel.records.models import Disposal, DisposalState, LegalHold
from kernel.records.operations import request_access
from kernel.sessions import PROVED_AT, SessionStore
from services.billing.metering.models import Reading, ReadingState
from services.billing.runs.models import BillLine
from services.billing.standards.models import FeeAssignment, FeeItem
from services.properties.models import Party, Project, Unit
from services.properties.operations import PersonalField, reveal_personal_data, update_party
from services.properties.operations.parties import PartyChanges
from tenants.companies.models import Company
from tests import (
    factories,
    factories_approvals,
    factories_billing,
    factories_cashier,
    factories_runs,
)
from tests import factories_properties as registry
from tests.factories import NOW, TODAY

# In every name of a project or company but the visitor's own. Latin letters only: what a page
# shows of them is never shortened, translated or escaped.
OTHER, FOREIGN = "qzxother", "qzxforeign"
OWN = "qzxown"
MONTH = date(2026, 10, 1)
# Whoever holds them all in one project may do there whatever is done in a project.
_ID_NUMBERS = {
    OWN: "11010519491231002X",
    OTHER: "440524198801010011",
    FOREIGN: "330106199003074111",
}
PROJECT_POSTS = (
    "charging_director",
    "property_manager",
    "collector",
    "meter_reader",
    "front_desk",
    "mo_manager",
)


@dataclass
class Ids:
    """The rows of one project, by the name that addresses and fields give them."""

    mark: str
    project: Project
    numbers: dict[str, int] = field(default_factory=dict)

    def __getitem__(self, name: str) -> int:
        return self.numbers[name]


@dataclass
class World:
    alpha: Company
    beta: Company
    own: Ids
    other: Ids
    foreign: Ids
    users: dict[str, User]
    sessions: dict[str, str]  # what the cookie holds
    tokens: dict[str, str]
    links: dict[str, str]  # to set a password, by company
    company_wide: dict[str, Any]  # ids and words of addresses that belong to no project

    def own_values(self) -> dict[str, Any]:
        """Return what fills any address with the visitor's own project."""
        return {**self.company_wide, **self.own.numbers}


def build(alpha: Company, beta: Company) -> World:
    """Make everything; the caller rolls back."""
    with tenant_context(alpha):
        own, other = _project(OWN, "PA", "71.13"), _project(OTHER, "PB", "73.19")
        users = _people(own, other)
        _let_live_in(own, other)
    with tenant_context(beta):
        foreign = _project(FOREIGN, "PA", "79.37")
        for name, user in _people(foreign, foreign).items():
            # The same key and password digest as in alpha, on purpose.
            password = users[name].password
            User.objects.filter(pk=user.pk).update(name=f"{FOREIGN} {name}", password=password)
        users["foreign"] = User.objects.get(username="one")
    world = World(alpha, beta, own, other, foreign, users, {}, {}, {}, {})
    for name, user in users.items():
        with tenant_context(beta if name == "foreign" else alpha):
            world.sessions[name] = _session(user)
            world.tokens[name] = _token(user)
    with tenant_context(alpha):
        world.links["alpha"] = make_link_token(User.objects.get(username="nobody"))
        world.company_wide = _company_wide(world)
    with tenant_context(beta):
        world.links["beta"] = make_link_token(User.objects.get(username="nobody"))
    return world


def _export(owner: User, project_id: int) -> int:
    export = Export.objects.create(
        owner=owner,
        page="registry.units",
        title=f"{OWN} units",
        project_id=project_id,
        file_kind="csv",
        language="en",
        row_count=1,
        asked_at=NOW,
        ready_at=NOW,
        expires_at=NOW + timedelta(days=3650),
        file_size=3,
    )
    export.parts.create(number=1, content_encrypted=cipher().seal(b"1,2"))
    return export.pk


def _webhook() -> dict[str, int]:
    endpoint = Endpoint.objects.create(
        name="ERP",
        url="https://erp.example/",
        secret_encrypted=cipher().encrypt("x"),
        created_at=NOW,
    )
    event = Event.objects.create(
        name="billing.run.posted", object_type="x", object_id=1, data={}, at=NOW
    )
    delivery = EventDelivery.objects.create(event=event, endpoint=endpoint, due_at=NOW)
    return {"endpoint_id": endpoint.pk, "delivery_id": delivery.pk}


def _chains(world: World) -> dict[str, Any]:
    """Return a chain, its draft, and a delegation of the administrator's."""
    admin = actor_for(user=world.users["admin"], today=TODAY)
    chain = Chain.objects.get(key="refund.on_duty", project_id=None)
    draft = approvals.draft_version(actor=admin, chain_id=chain.pk, now=NOW)
    delegation = approvals.delegate(
        actor=admin,
        principal_id=world.users["wide"].pk,
        deputy_id=world.users["one"].pk,
        valid_from=TODAY,
        valid_to=TODAY + timedelta(days=7),
        reason=f"{OWN} leave",
        now=NOW,
    )
    return {"chain_id": chain.pk, "draft_id": draft.pk, "delegation_id": delegation.pk}


def _identity(user: User) -> dict[str, int]:
    """Return the ids of what one person has: a session, a passkey, a leaving, a program."""
    return {
        "sign_in_id": sessions.begin(
            user_id=user.pk,
            session_key="s" * 32,
            method=Method.PASSWORD,
            device="Firefox",
            address="192.0.2.1",
            now=NOW,
        ).pk,
        "passkey_id": Passkey.objects.create(
            user=user,
            name="stick",
            host="alpha.test",
            digest="0" * 64,
            credential_encrypted=b"",
            sign_count=0,
            created_at=NOW,
        ).pk,
        "departure_id": departures.begin(
            actor=access.SYSTEM, user_id=user.pk, last_day=TODAY, now=NOW
        ).pk,
        "integration_id": tokens.create_integration(
            actor=access.SYSTEM,
            name="gate",
            purpose="parking",
            actions=["registry.view"],
            keeper_id=user.pk,
            now=NOW,
        ).pk,
    }


def _company_wide(world: World) -> dict[str, Any]:
    visited = world.users["reader"]
    return {
        "user_id": visited.pk,
        **_identity(visited),
        "holding_id": PostHolding.objects.get(user=visited).pk,
        "post_id": Post.objects.get(key="steward").pk,
        "department_id": Department.objects.get(key="CS").pk,
        "token_id": ApiToken.objects.get(user=visited).pk,
        "item_id": factories_billing.item("WYF").pk,
        "export_id": _export(world.users["one"], world.own["project_id"]),
        "notification_id": Notification.objects.create(
            user=world.users["one"], kind="console.export-ready", subject="x", created_at=NOW
        ).pk,
        "notice": "console.export-ready",
        **_webhook(),
        "channel_id": Channel.objects.create(
            kind="wecom",
            name="群",
            key_encrypted=cipher().encrypt("x"),
            language="en",
            kinds=["console.export-ready"],
            created_at=NOW,
        ).pk,
        "language": "en",
        "kind": "unit-ledger",
        "carrier": "properties.household",
        "series": "letter",
        "paper": "letter",
        "month": f"{MONTH:%Y-%m}",
        "token": world.links["alpha"],
        "company_id": world.alpha.pk,
        "act": "hand-over",
        **_chains(world),
        "exception_id": set_days(
            actor=access.SYSTEM,
            first_day=date(2026, 11, 20),
            last_day=date(2026, 11, 20),
            is_working=False,
            name="anniversary",
            now=NOW,
        )[0].pk,
        "year": 2026,
        "policy_key": "billing.open_day",
        "value_id": set_value(
            actor=access.SYSTEM,
            key="custody.fee_rate",
            text="65%",
            valid_from=date(2200, 1, 1),
            now=NOW,
            today=TODAY,
        ).pk,
    }


def _project(mark: str, code: str, price: str) -> Ids:
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


def _let_live_in(own: Ids, other: Ids) -> None:
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


def _people(own: Ids, other: Ids) -> dict[str, User]:
    """Return those who visit: one who may do all in one project, and so on."""
    names: dict[str, list[tuple[str, int | None]]] = {
        "nobody": [],
        "one": [(post, own["project_id"]) for post in PROJECT_POSTS],
        "reader": [("meter_reader", own["project_id"])],
        "mixed": [
            *((post, own["project_id"]) for post in PROJECT_POSTS),
            ("meter_reader", other["project_id"]),
        ],
        "admin": [("company_admin", None)],
        "wide": [(post, None) for post in ("charging_director", "property_manager")],
    }
    users = {}
    for name, posts in names.items():
        user = factories.add_user(name, email=f"{name}@example.com")
        people.set_preferences(user_id=user.pk, language="en")
        for post, project_id in dict.fromkeys(posts):
            factories.hold_post(user, post, project_id)
        users[name] = User.objects.get(pk=user.pk)
    return users


def _token(user: User) -> str:
    return tokens.create_token(actor=access.SYSTEM, user_id=user.pk, name="test", now=NOW)[1]


def _session(user: User) -> str:
    """Return the key of a session as signing in makes it."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[PROVED_AT] = time.time() + 24 * 3600  # lately enough for all tests
    session.save(must_create=True)
    assert session.session_key is not None
    return session.session_key
