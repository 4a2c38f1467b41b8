from django.apps import AppConfig


class PropertiesConfig(AppConfig):
    name = "services.properties"
    label = "properties"

    def ready(self) -> None:
        from kernel.access import SYSTEM, Action, know_projects
        from kernel.documents import carriers, numbers
        from kernel.documents.retention import dispose_file
        from kernel.imports.importer import register
        from kernel.records import protected, retention
        from kernel.text import _
        from services.properties import queries
        from services.properties.imports.importer import UnitLedgerImporter
        from services.properties.operations.erasing import erase_of_disposal
        from services.properties.queries.retention import (
            former_owners,
            papers_of_current_owners,
            papers_of_former_owners,
        )

        register(UnitLedgerImporter())
        know_projects(queries.is_project)
        numbers.know_codes(lambda pk: queries.get_project(actor=SYSTEM, project_id=pk).code)
        changes = carriers.holding(Action.REGISTRY_CHANGE)
        carriers.register(
            carriers.Carrier(
                model="properties.household",
                read=lambda actor, pk, _now: queries.get_household(actor=actor, household_id=pk),
                add=changes,
                is_protected=True,
            )
        )
        retention.register(
            retention.RecordClass(
                key="owner-file",
                name=_("Files of current owners"),
                goes=_("A paper that was put in so long ago; its name, and who looked, stay."),
                setting="archive.owner_file_retention",
                ended=papers_of_current_owners,
                dispose=dispose_file,
            )
        )
        retention.register(
            retention.RecordClass(
                key="former-owner",
                name=_("Files of former owners"),
                goes=_("Phone and ID number; the name stays on bills and receipts."),
                setting="retention.former_owner_years",
                ended=former_owners,
                dispose=erase_of_disposal,
            )
        )
        retention.register(
            retention.RecordClass(
                key="former-owner-paper",
                name=_("Papers in the files of former owners"),
                goes=_("The paper; its name, and who looked at it, stay."),
                setting="retention.former_owner_years",
                ended=papers_of_former_owners,
                dispose=dispose_file,
            )
        )
        protected.register(
            protected.ProtectedFile(
                model="properties.household",
                name=_("Owner file"),
                url=lambda pk, project_id: f"/p/{project_id}/households/{pk}/",
            )
        )
        carriers.register(
            carriers.Carrier(
                model="properties.unit",
                read=lambda actor, pk, _now: queries.get_unit(actor=actor, unit_id=pk),
                add=changes,
            )
        )
