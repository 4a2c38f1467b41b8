"""One of each row of a company that belongs to no project."""

from datetime import date, timedelta
from typing import Any

from console.models import Export
from kernel import access
from kernel.access import tokens
from kernel.access.models import ApiToken, Department, Post, PostHolding, User
from kernel.access.queries import actor_for
from kernel.approvals import operations as approvals
from kernel.approvals.models import Chain
from kernel.calendar.operations import set_days
from kernel.crypto import cipher
from kernel.documents.models import PrintBatch
from kernel.identity.models import Method, Passkey
from kernel.identity.operations import departures, sessions
from kernel.notifications.models import Channel, Notification
from kernel.outbox.models import Endpoint, Event, EventDelivery
from kernel.policies.operations import set_value
from tenants.companies.models import Company
from tests import factories_billing, factories_procurement_money, factories_procurement_vendors
from tests.factories import NOW, TODAY
from tests.matrix.marks import MONTH, OWN, Ids


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


def _batch(owner: User, project_id: int) -> int:
    batch = PrintBatch.objects.create(
        owner=owner,
        kind="receipts",
        project_id=project_id,
        language="en",
        asked_at=NOW,
        ready_at=NOW,
        expires_at=NOW + timedelta(days=3650),
        file_size=3,
    )
    batch.parts.create(number=0, content_encrypted=cipher().seal(b"%PDF"))
    return batch.pk


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


def _chains(users: dict[str, User]) -> dict[str, Any]:
    """Return a chain, its draft, and a delegation of the administrator's."""
    admin = actor_for(user=users["admin"], today=TODAY)
    chain = Chain.objects.get(key="refund.on_duty", project_id=None)
    draft = approvals.draft_version(actor=admin, chain_id=chain.pk, now=NOW)
    delegation = approvals.delegate(
        actor=admin,
        principal_id=users["wide"].pk,
        deputy_id=users["one"].pk,
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


def add_company_rows(
    users: dict[str, User], own: Ids, company: Company, link: str
) -> dict[str, Any]:
    visited = users["reader"]
    return {
        "user_id": visited.pk,
        **factories_procurement_money.company_rows(),
        **_identity(visited),
        **factories_procurement_vendors.add_rows(OWN),
        "holding_id": PostHolding.objects.get(user=visited).pk,
        "post_id": Post.objects.get(key="steward").pk,
        "department_id": Department.objects.get(key="CS").pk,
        "token_id": ApiToken.objects.get(user=visited).pk,
        "item_id": factories_billing.item("WYF").pk,
        "print_id": _batch(users["one"], own["project_id"]),
        "export_id": _export(users["one"], own["project_id"]),
        "notification_id": Notification.objects.create(
            user=users["one"], kind="console.export-ready", subject="x", created_at=NOW
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
        "token": link,
        "company_id": company.pk,
        "act": "hand-over",
        **_chains(users),
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
        "ladder_key": "B",
        "value_id": set_value(
            actor=access.SYSTEM,
            key="custody.fee_rate",
            text="65%",
            valid_from=date(2200, 1, 1),
            now=NOW,
            today=TODAY,
        ).pk,
    }
