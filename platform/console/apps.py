from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from kernel.notifications import registry


class ConsoleConfig(AppConfig):
    name = "console"
    label = "console"

    def ready(self) -> None:
        registry.register(
            registry.Notice(
                key="console.export-ready",
                name=_("An exported sheet is ready"),
                subject=_("“%(title)s” is ready to fetch"),
                text=_("%(rows)s rows. Only you can fetch the sheet, until %(until)s."),
                fields={
                    "title": _("Units and residents"),
                    "rows": _("62,104"),
                    "until": _("2026-11-30"),
                },
                by_mail=False,
            )
        )
