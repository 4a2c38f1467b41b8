from types import ModuleType

from django.apps import AppConfig


class ProcurementConfig(AppConfig):
    name = "services.procurement"
    label = "procurement"

    def ready(self) -> None:
        # Each part registers what it brings by its ``registry.register``, lower parts first.
        parts: tuple[ModuleType, ...] = ()
        for part in parts:
            part.register()
