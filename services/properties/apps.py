from django.apps import AppConfig


class PropertiesConfig(AppConfig):
    name = "services.properties"
    label = "properties"

    def ready(self) -> None:
        from kernel.imports.importer import register
        from services.properties.imports.importer import UnitLedgerImporter

        register(UnitLedgerImporter())
