from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "kernel.imports"
    label = "imports"

    def ready(self) -> None:
        from kernel.imports.retention import dispose_sheet, old_sheets
        from kernel.records import retention
        from kernel.text import _

        retention.register(
            retention.RecordClass(
                key="import-sheet",
                name=_("Uploaded sheets"),
                goes=_("The sheet and what was wrong in it; what it changed stays in the record."),
                setting="retention.default_years",
                ended=old_sheets,
                dispose=dispose_sheet,
            )
        )
