from types import ModuleType

from django.apps import AppConfig


class ProcurementConfig(AppConfig):
    name = "services.procurement"
    label = "procurement"

    def ready(self) -> None:
        from kernel.records import retention
        from services.procurement import retained
        from services.procurement.catalogue import registry as catalogue
        from services.procurement.contracts import registry as contracts
        from services.procurement.orders import registry as orders
        from services.procurement.payments import registry as payments
        from services.procurement.receiving import registry as receiving
        from services.procurement.requests import registry as requests
        from services.procurement.rounds import registry as rounds
        from services.procurement.stock import registry as stock
        from services.procurement.vendors import registry as vendors

        for record_class in retained.CLASSES:
            retention.register(record_class)
        # Each part registers what it brings by its ``registry.register``, lower parts first.
        parts: tuple[ModuleType, ...] = (
            catalogue,
            vendors,
            stock,
            requests,
            rounds,
            contracts,
            orders,
            receiving,
            payments,
        )
        for part in parts:
            part.register()
