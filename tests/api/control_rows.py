"""Rows of the control kernel that grow: papers, people, files, notices, what leaves the system."""

import io
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from kernel import access
from kernel.access import departments, operations, posts, tokens
from kernel.access.actors import Actor
from kernel.access.models import DepartmentHead, Post, User
from kernel.approvals import operations as approvals
from kernel.approvals.models import Chain, ChainVersion
from kernel.audit import operations as audit
from kernel.calendar.operations import set_days
from kernel.crypto import cipher
from kernel.deadlines.operations import start as start_clock
from kernel.documents import operations as documents
from kernel.documents.manuals import copies
from kernel.documents.models import (
    Manual,
    ManualRelease,
    ManualRevision,
    PrintBatch,
    RevisionState,
)
from kernel.duties.models import Exemption
from kernel.identity.models import HeldItem, Method
from kernel.identity.operations import departures, holdings, sessions
from kernel.notifications.models import Channel, ChannelPost, Notification
from kernel.outbox.models import Endpoint, Event, EventDelivery
from kernel.records.models import AccessLook, AccessRequest, Disposal, DisposalItem, LegalHold
from kernel.security.models import SecurityEvent, SecurityKind
from services.properties.models import Household, Project
from tests import factories
from tests import factories_approvals as papers
from tests import factories_properties as registry
from tests.factories import NOW, TODAY


@dataclass
class Office:
    """A project in whose office everything is once more each time somebody joins it."""

    robot: User
    project: Project
    household: Household
    admin: Actor
    manual: Manual
    item: HeldItem
    chain: Chain
    channel: Channel
    people: list[User] = field(default_factory=list)

    def grow(self, count: int) -> None:
        """Let ``count`` people join, each with one of everything."""
        for number in range(len(self.people) + 1, len(self.people) + count + 1):
            user = factories.add_user(f"person{number}", email=f"p{number}@example.com")
            self.people.append(user)
            self._organise(user, number)
            self._ask(user, number)
            self._keep(user, number)
            self._tell(user, number)
            self._own(number)

    def _organise(self, user: User, number: int) -> None:
        system, project_id = access.SYSTEM, self.project.pk
        post = posts.add_post(
            actor=system,
            facts=posts.PostFacts(
                name=f"Post {number}", name_en="", place=Post.Place.PROJECT, reports_to="steward"
            ),
            actions=[],
            now=NOW,
        )
        operations.give_post(
            actor=system,
            user_id=user.pk,
            post=post.key,
            project_id=project_id,
            valid_from=TODAY,
            now=NOW,
        )
        department = departments.add_department(
            actor=system, key=f"D{number}", name=f"Department {number}", now=NOW
        )
        DepartmentHead.objects.create(department=department, user=user, project_id=None)
        tokens.create_integration(
            actor=system,
            name=f"gate {number}",
            purpose="parking",
            actions=["registry.view"],
            keeper_id=user.pk,
            now=NOW,
        )
        leaver = factories.add_user(f"leaver{number}")
        departures.begin(actor=system, user_id=leaver.pk, last_day=TODAY, now=NOW)
        set_days(
            actor=system,
            first_day=TODAY + timedelta(days=number),
            last_day=TODAY + timedelta(days=number),
            is_working=False,
            name=f"day {number}",
            now=NOW,
        )

    def _ask(self, user: User, number: int) -> None:
        applicant = papers.as_actor(user)
        case = approvals.submit(
            actor=applicant,
            kind=papers.KIND,
            subject=papers.add_paper(),
            project_id=self.project.pk,
            title=f"Paper {number}",
            facts={"amount": Decimal(number)},
            summary={"For": user.name},
            now=NOW,
        )
        definition = papers.line(papers.step("property_manager"))
        papers.publish(definition, key=self.chain.key)  # one version more
        papers.publish(definition, key=f"test.more{number}")
        approvals.delegate(
            actor=applicant,
            principal_id=user.pk,
            deputy_id=self.robot.pk,
            valid_from=TODAY,
            valid_to=TODAY + timedelta(days=7),
            reason="leave",
            now=NOW,
        )
        start_clock(
            clock="complaint.remedy",
            subject=case,
            project_id=self.project.pk,
            started_at=NOW,
            title=f"Complaint {number}",
            person_ids=[user.pk],
        )
        Exemption.objects.create(
            rule="SoD-08",
            user=user,
            project_id=self.project.pk,
            reason="one clerk",
            valid_from=date(2026, 11, 1),
            valid_to=date(2026, 12, 1),
            requested_by=self.robot.pk,
            requested_by_label="x",
            requested_at=NOW,
        )

    def _keep(self, user: User, number: int) -> None:
        project_id, system = self.project.pk, access.SYSTEM
        documents.attach(
            actor=system,
            subject=self.household,
            project_id=project_id,
            upload=io.BytesIO(b"%PDF-1.7\n%%EOF\n"),
            name=f"contract {number}.pdf",
            now=NOW,
        )
        request = AccessRequest.objects.create(
            project_id=project_id,
            subject_type="properties.household",
            subject_id=self.household.pk,
            subject_label="1602",
            purpose="sale",
            wanted="contract",
            asked_by=user.pk,
            asked_by_label=user.name,
            asked_at=NOW,
        )
        AccessLook.objects.create(
            request=request,
            project_id=project_id,
            subject_type="properties.household",
            subject_id=self.household.pk,
            subject_label="1602",
            at=NOW,
            user_id=user.pk,
            user_label=user.name,
            attachment_id=1,
            what="contract.pdf",
            mode="VIEW",
            reason="sale",
        )
        LegalHold.objects.create(
            project_id=project_id,
            record_class="former-owner",
            object_id=number,
            label=f"Owner {number}",
            reason="dispute",
            placed_by_label="x",
            placed_at=NOW,
        )
        disposal = Disposal.objects.create(
            project_id=project_id, note="old", asked_by_label="x", asked_at=NOW
        )
        DisposalItem.objects.create(
            disposal=disposal,
            record_class="former-owner",
            object_id=number,
            label=f"Owner {number}",
            ended_on=TODAY,
            due_on=TODAY,
            years=5,
        )
        self._keep_manuals(user, number)
        holdings.issue(
            actor=system,
            kind="KEY",
            number=f"K{number}",
            holder_id=user.pk,
            project_id=project_id,
            now=NOW,
        )
        self.item.refresh_from_db()
        holdings.hand_over(actor=system, item_id=self.item.pk, to_user_id=user.pk, now=NOW)

    def _keep_manuals(self, user: User, number: int) -> None:
        add_manual(self.project, f"KF-{number + 1}")
        old = add_revision(self.manual, number, RevisionState.SUPERSEDED)
        copies.issue_copy(actor=self.admin, manual_id=self.manual.pk, holder_id=user.pk, now=NOW)
        ManualRelease.objects.create(
            revision=old,
            recipient=f"Vendor {number}",
            purpose="work",
            requested_by=user.pk,
            requested_by_label=user.name,
            requested_at=NOW,
        )

    def _tell(self, user: User, number: int) -> None:
        ChannelPost.objects.create(channel=self.channel, text=f"Post {number}", due_at=NOW)
        add_channel(f"群 {number}")
        endpoint = Endpoint.objects.create(
            name=f"ERP {number}",
            url="https://erp.example/",
            secret_encrypted=cipher().encrypt("x"),
            created_at=NOW,
        )
        event = Event.objects.create(
            name="billing.run.posted", object_type="x", object_id=number, data={}, at=NOW
        )
        EventDelivery.objects.create(event=event, endpoint=endpoint, due_at=NOW)
        SecurityEvent.objects.create(
            at=NOW, kind=SecurityKind.SIGN_IN_FAILED, user_id=user.pk, actor=user.name
        )
        audit.record(
            actor=access.Actor(label=user.name, user_id=user.pk),
            event="documents.template.changed",
            subject=self.project,
            project_id=self.project.pk,
            now=NOW,
        )

    def _own(self, number: int) -> None:
        """Give the one who asks a token, a session, a thing and a notice more."""
        user = self.robot
        tokens.create_token(actor=access.SYSTEM, user_id=user.pk, name=f"token {number}", now=NOW)
        sessions.begin(
            user_id=user.pk,
            session_key=f"{number:032d}",
            method=Method.PASSWORD,
            device="Firefox",
            address="192.0.2.1",
            now=NOW,
        )
        holdings.issue(
            actor=access.SYSTEM,
            kind="CARD",
            number=f"C{number}",
            holder_id=user.pk,
            project_id=self.project.pk,
            now=NOW,
        )
        PrintBatch.objects.create(
            owner=user,
            kind="receipts",
            project_id=self.project.pk,
            language="en",
            asked_at=NOW,
        )
        Notification.objects.create(
            user=user, kind="console.export-ready", subject=f"{number}", created_at=NOW
        )


def open_office(robot: User) -> Office:
    """Open an office; kinds of paper that ``factories_approvals.paper_kind`` names must be on."""
    approvals.seed_chains(NOW)
    project = registry.add_project("CT", "Control")
    version = papers.publish(papers.line(papers.step("property_manager")))
    manual = add_manual(project, "KF-1")
    add_revision(manual, 0, RevisionState.IN_FORCE)
    return Office(
        robot=robot,
        project=project,
        household=registry.add_home(project, "101").household,
        admin=papers.as_actor(robot),
        manual=manual,
        item=holdings.issue(
            actor=access.SYSTEM, kind="KEY", number="K0", holder_id=robot.pk, now=NOW
        ),
        chain=ChainVersion.objects.get(pk=version.pk).chain,
        channel=add_channel("群"),
    )


def add_channel(name: str) -> Channel:
    return Channel.objects.create(
        kind="wecom",
        name=name,
        key_encrypted=cipher().encrypt("x"),
        language="en",
        kinds=["console.export-ready"],
        created_at=NOW,
    )


def add_manual(project: Project, number: str) -> Manual:
    return Manual.objects.create(
        number=number,
        title=f"Manual {number}",
        department="KF",
        project_id=project.pk,
        created_at=NOW,
        created_by_label="x",
    )


def add_revision(manual: Manual, number: int, state: RevisionState) -> ManualRevision:
    return ManualRevision.objects.create(
        manual=manual,
        edition="A",
        revision=number,
        state=state,
        body="text",
        chapter="1",
        change="first",
        prepared_by=1,
        reviewed_by=2,
        approved_by=3,
        prepared_at=NOW,
        in_force_on=TODAY,
    )
