"""Every record's page tells what was done to it: an entry about it is found on the page."""

from dataclasses import replace
from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse
from django_tenants.utils import tenant_context

from kernel import access
from kernel.audit import operations as audit
from kernel.audit.registry import objects
from kernel.documents.models import NumberSeries
from kernel.documents.printing import queries as printing
from kernel.documents.printing.operations import save_template
from kernel.notifications.operations import reword
from kernel.policies.operations import set_value
from tests.factories import NOW, TODAY
from tests.matrix.visits import visit
from tests.matrix.world import World

MARK = "qzxhistory"
P = "project_id"
# Record, its model and id, the event, its page and what fills the address; then the query.
RECORDS: list[tuple[str, str, str, str, str, tuple[str, ...], str]] = [
    ("household", "properties.household", "household_id", "properties.vehicle.added",
     "household", (P, "household_id"), "tab=history"),
    ("vehicle", "properties.household", "household_id", "properties.vehicle.changed",
     "household", (P, "household_id"), "tab=history"),
    ("meter", "properties.unit", "unit_id", "properties.meter.changed",
     "household", (P, "household_id"), "tab=history"),
    ("unit", "properties.unit", "unit_id", "properties.unit.changed",
     "units-edit", (P, "unit_id"), ""),
    ("party", "properties.party", "party_id", "properties.party.changed",
     "parties-party", (P, "party_id"), ""),
    ("building", "properties.building", "building_id", "properties.building.renamed",
     "buildings-rename", (P, "building_id"), ""),
    ("project", "properties.project", "project_id", "properties.project.changed",
     "overview", (P,), ""),
    ("fee standard", "billing.feestandard", "standard_id", "billing.fee-standard.renamed",
     "fee-standards-standard", (P, "standard_id"), ""),
    ("fee item", "billing.feeitem", "item_id", "billing.fee-item.changed",
     "fee-items-item", ("item_id",), ""),
    ("bill run", "billing.billrun", "run_id", "billing.run.posted",
     "bill-runs-run", (P, "run_id"), ""),
    ("bill", "billing.billline", "line_id", "billing.line.reversed",
     "bills-bill", (P, "bill_id"), ""),
    ("payment", "billing.payment", "payment_id", "cashier.payment.taken",
     "receipts-receipt", (P, "receipt_id"), ""),
    ("receipt", "billing.receipt", "receipt_id", "cashier.receipt.printed",
     "receipts-receipt", (P, "receipt_id"), ""),
    ("deadline", "deadlines.deadline", "deadline_id", "deadlines.clock.paused",
     "deadlines-one", ("deadline_id",), ""),
    ("reading", "billing.reading", "reading_id", "billing.reading.reopened",
     "readings-reading", (P, "reading_id"), ""),
    ("person", "access.user", "user_id", "access.user.changed",
     "people-person", ("user_id",), ""),
    ("post", "access.post", "post_id", "access.post.changed", "posts-post", ("post_id",), ""),
    ("department", "access.department", "department_id", "access.department.changed",
     "departments-edit", ("department_id",), ""),
    ("chain", "approvals.chain", "chain_id", "approvals.chain.drafted",
     "approval-chains-versions", ("chain_id",), ""),
    ("case", "approvals.case", "case_id", "approvals.case.submitted",
     "approvals-case", ("case_id",), "tab=history"),
    ("delegation", "approvals.delegation", "delegation_id", "approvals.delegation.ended",
     "approvals-delegations-one", ("delegation_id",), ""),
    ("calendar exception", "calendar.calendarexception", "exception_id", "calendar.exception.set",
     "calendar-days", (), "day=2026-11-20"),
    ("exemption", "duties.exemption", "exemption_id", "duties.exemption.requested",
     "duties-exemptions-one", ("exemption_id",), ""),
    ("access request", "records.accessrequest", "access_id", "records.access.requested",
     "archive-request", (P, "access_id"), ""),
    ("disposal", "records.disposal", "disposal_id", "records.disposal.done",
     "retention-disposal", (P, "disposal_id"), ""),
    ("hold", "records.legalhold", "hold_id", "records.hold.placed",
     "retention-lift", (P, "hold_id"), ""),
    ("manual", "documents.manualrevision", "revision_id", "documents.manual-revision.printed",
     "manuals-revision", ("revision_id",), ""),
    ("copy", "documents.manualcopy", "copy_id", "documents.manual-copy.issued",
     "manuals-return", ("copy_id",), ""),
    ("item", "identity.helditem", "thing_id", "identity.item.issued",
     "items-item", ("thing_id",), ""),
    ("departure", "access.user", "user_id", "identity.departure.begun",
     "departures-departure", ("departure_id",), ""),
    ("integration", "access.integration", "integration_id", "access.integration.created",
     "integrations-integration", ("integration_id",), ""),
    ("channel", "notifications.channel", "channel_id", "notifications.channel.changed",
     "channels-channel", ("channel_id",), ""),
    ("round of quotes", "procurement.round", "round_id", "procurement.round.published",
     "quote-rounds-round", ("round_id",), ""),
    ("category", "procurement.category", "category_id", "procurement.category.changed",
     "catalogue-categories-category", ("category_id",), ""),
    ("article", "procurement.item", "article_id", "procurement.item.changed",
     "catalogue-item", ("article_id",), ""),
    ("vendor", "procurement.vendor", "vendor_id", "procurement.vendor.changed",
     "vendors-vendor", ("vendor_id",), "tab=history"),
    ("kind of paper", "procurement.paperkind", "paper_kind_id", "procurement.paper-kind.changed",
     "vendors-kinds-kind", ("paper_kind_id",), ""),
    ("contract", "procurement.contract", "contract_id", "procurement.contract.changed",
     "contracts-contract", ("contract_id",), ""),
    ("article in stock", "procurement.stockbalance", "balance_id", "procurement.minimum.set",
     "stock-card", ("balance_id",), ""),
    ("warehouse", "procurement.warehouse", "warehouse_id", "procurement.warehouse.changed",
     "stock-warehouses-warehouse", ("warehouse_id",), ""),
    ("issue", "procurement.issue", "issue_id", "procurement.issue.given-back",
     "stock-issues-issue", ("issue_id",), ""),
    ("transfer", "procurement.transfer", "transfer_id", "procurement.transfer.made",
     "stock-transfers-transfer", ("transfer_id",), ""),
    ("stock count", "procurement.stockcount", "count_id", "procurement.count.entered",
     "stock-counts-count", ("count_id",), ""),
    ("asset", "procurement.asset", "asset_id", "procurement.asset.moved",
     "assets-asset", ("asset_id",), ""),
    ("order", "procurement.purchaseorder", "order_id", "procurement.order.promised",
     "purchase-orders-order", ("order_id",), ""),
    ("webhook", "outbox.endpoint", "endpoint_id", "outbox.endpoint.changed",
     "webhooks-endpoint", ("endpoint_id",), ""),
    ("number series", "documents.numberseries", "", "documents.number-pattern.changed",
     "numbers-edit", ("series",), ""),
    ("purchase request", "procurement.purchaserequest", "request_id",
     "procurement.request.submitted", "purchase-requests-request", ("request_id",), ""),
    ("purchasing budget", "procurement.budget", "budget_id", "procurement.budget.set",
     "purchase-requests-budget", ("budget_id",), ""),
    ("goods receipt", "procurement.goodsreceipt", "goods_receipt_id", "procurement.goods.received",
     "goods-receipts-receipt", ("goods_receipt_id",), ""),
    ("objection to goods", "procurement.objection", "objection_id", "procurement.objection.settled",
     "goods-objections-objection", ("objection_id",), ""),
    ("sealed sample", "procurement.sealedsample", "sample_id", "procurement.sample.ended",
     "sealed-samples-sample", ("sample_id",), ""),
    ("vendor's invoice", "procurement.vendorinvoice", "vendor_invoice_id",
     "procurement.invoice.refused", "vendor-invoices-invoice", ("vendor_invoice_id",), ""),
    ("payment to a vendor", "procurement.vendorpayment", "vendor_payment_id",
     "procurement.vendor-payment.undone", "vendor-payments-payment", ("vendor_payment_id",), ""),
    ("advance", "procurement.advance", "advance_id", "procurement.advance.paid",
     "advances-advance", ("advance_id",), ""),
    ("claim", "procurement.claim", "claim_id", "procurement.claim.settled",
     "claims-claim", ("claim_id",), ""),
    ("reconciliation", "procurement.vendorstatement", "statement_id",
     "procurement.statement.disputed", "vendor-statements-statement", ("statement_id",), ""),
    ("assessment", "procurement.serviceassessment", "assessment_id",
     "procurement.service.assessed", "service-assessments-assessment", ("assessment_id",), ""),
    ("import", "imports.importbatch", "batch_id", "imports.batch.uploaded",
     "imports-batch", (P, "batch_id"), ""),
]  # fmt: skip


@pytest.mark.parametrize("row", RECORDS, ids=[row[0] for row in RECORDS])
def test_a_record_tells_what_was_done_to_it(world: World, row: Any) -> None:
    name, label, key, event, page, fills, query = row
    ids = world.own_values()
    before = look(world, page, fills, query, ids)
    with tenant_context(world.alpha):
        subject = subject_of(name, label, ids.get(key))
        audit.record(
            actor=access.Actor(label=f"{MARK} (x)", user_id=world.users["one"].pk),
            event=event,
            subject=subject,
            project_id=ids[P] if P in fills else None,
            now=NOW,
        )
    assert MARK not in before
    assert MARK in look(world, page, fills, query, ids)


def subject_of(name: str, label: str, pk: Any) -> Any:
    if name == "number series":
        return NumberSeries.objects.get_or_create(
            key="letter", defaults={"pattern": "{CO}-H-{YYYY}-{NNN}", "is_gapless": False}
        )[0]
    return apps.get_model(label).objects.get(pk=pk)


def look(world: World, page: str, fills: tuple[str, ...], query: str, ids: dict[str, Any]) -> str:
    """Return the page as the first of four sees it whose posts let him."""
    path = reverse(page, kwargs={fill: ids[fill] for fill in fills})
    seen = []
    for who in ("admin", "one", "wide", "buying"):
        answer = visit(world, None, "GET", who=who, path=path, query=query)
        if answer.status == 200:
            return answer.text
        seen.append(answer.status)
    raise AssertionError(f"{path}: {seen}")


def by_somebody() -> access.Actor:
    return replace(access.SYSTEM, label=MARK)


def test_a_setting_tells_who_changed_it_here_and_in_the_project(world: World) -> None:
    ids = {**world.own_values(), "policy_key": "archive.grant_hours"}
    places: list[tuple[str, tuple[str, ...], int | None]] = [
        ("policies-setting", ("policy_key",), None),
        ("policies-project-setting", (P, "policy_key"), ids[P]),
    ]
    for page, fills, project_id in places:
        before = look(world, page, fills, "", ids)
        with tenant_context(world.alpha):
            set_value(
                actor=by_somebody(),
                key="archive.grant_hours",
                text="48",
                project_id=project_id,
                now=NOW,
                today=TODAY,
            )
        assert MARK not in before, page
        assert MARK in look(world, page, fills, "", ids), page


def test_a_print_template_tells_who_changed_it_here_and_in_the_project(world: World) -> None:
    ids = world.own_values()
    places: list[tuple[str, tuple[str, ...], int | None]] = [
        ("print-templates-edit", ("paper", "language"), None),
        ("print-templates-project-edit", (P, "paper", "language"), ids[P]),
    ]
    for page, fills, project_id in places:
        before = look(world, page, fills, "", ids)
        with tenant_context(world.alpha):
            for body in ("# changed", "# changed again"):
                version = printing.get_template(
                    actor=access.SYSTEM,
                    kind=ids["paper"],
                    language=ids["language"],
                    project_id=project_id,
                ).version
                save_template(
                    actor=by_somebody(),
                    kind=ids["paper"],
                    language=ids["language"],
                    body=body,
                    seen_version=version,
                    project_id=project_id,
                    now=NOW,
                )
        after = look(world, page, fills, "", ids)
        assert MARK not in before, page
        assert after.count(MARK) == 2, page


def test_the_words_of_a_notice_tell_who_changed_them(world: World) -> None:
    ids = world.own_values()
    fills = ("language", "notice")
    with tenant_context(world.alpha):
        reword(
            actor=by_somebody(),
            kind=ids["notice"],
            language=ids["language"],
            subject="ready",
            text="",
            now=NOW,
        )
    assert MARK in look(world, "notice-words-edit", fills, "", ids)


# What is recorded of these stands on the page of something else, or has its own page of the record.
ELSEWHERE = {
    "access.apitoken": "the lists of tokens say when each was made, used and revoked",
    "access.postholding": "the person's page",
    "approvals.chainversion": "the chain's page",
    "billing.feeassignment": "the fee standard's page",
    "billing.feeversion": "the fee standard's page",
    "companies.company": "the company's page",
    "console.export": "one's own downloads; the audit record",
    "console.savedview": "one's own lists; the audit record",
    "documents.attachment": "the page of the record that the file hangs on",
    "documents.manual": "its revisions' pages",
    "documents.manualrelease": "the page of the manual's copies lists each with what became of it",
    "documents.printbatch": "one's own downloads; the audit record",
    "documents.printtemplate": "tested above",
    "notifications.notification": "the audit record: disposed of by the month",
    "notifications.wording": "tested above",
    "outbox.event": "the log of webhooks",
    "policies.policyvalue": "tested above",
    "procurement.invitation": "a vendor's own doings; the audit record",
    "procurement.openerkey": "one's own key; the audit record",
    "procurement.quote": "what was opened never changes: its round's page",
    "procurement.creditnote": "never changes: its invoice's page",
    "procurement.goodsreturn": "never changes: its objection's page",
    "properties.meter": "the household's page",
    "properties.vehicle": "the household's page",
}


def test_every_kind_of_record_has_a_place_for_its_history() -> None:
    assert {row[1] for row in RECORDS} | set(ELSEWHERE) == set(objects())
    assert not {row[1] for row in RECORDS} & set(ELSEWHERE)
