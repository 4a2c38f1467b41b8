from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "services.billing"
    label = "billing"

    def ready(self) -> None:
        from kernel import seeds
        from kernel.approvals import registry as approvals
        from kernel.documents import batches, carriers, printing
        from kernel.identity import leaving as departures
        from kernel.imports.importer import register
        from kernel.notifications import registry as notices
        from kernel.outbox import registry as events
        from kernel.records import retention
        from services.billing import files, leaving, papers, registry, retained
        from services.billing.ledger.operations import seed_chart
        from services.billing.metering.imports import MeterReadingsImporter
        from services.billing.papers import batched
        from services.billing.standards.operations import seed_items
        from services.billing.standards.operations.approval import (
            PRICE_CHANGED,
            fee_standard_change,
        )
        from services.properties import claims

        register(MeterReadingsImporter())
        for check in leaving.CHECKS:
            departures.register(check)
        printing.register(papers.RECEIPT)
        printing.register(papers.NOTICE)
        for kind in batched.KINDS:
            batches.register(kind)
        carriers.register(files.FEE_STANDARDS)
        carriers.register(files.RECEIPTS)
        for record_class in retained.CLASSES:
            retention.register(record_class)
        claims.register("bills", registry.open_amount)
        events.register("cashier.payment.taken", _("A payment was taken"))
        events.register("cashier.payment.voided", _("A payment was voided"))
        events.register("billing.run.posted", _("The bills of a month were issued"))
        approvals.register(fee_standard_change())
        notices.register(PRICE_CHANGED)
        seeds.register("10-ledger", seed_chart)
        seeds.register("20-fees", seed_items)
