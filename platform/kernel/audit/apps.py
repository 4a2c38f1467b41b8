"""The record of what was done: written once by each operation, never changed."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "kernel.audit"
    label = "audit"

    def ready(self) -> None:
        from kernel.notifications import registry
        from kernel.text import _

        registry.register(
            registry.Notice(
                key="audit.not-whole",
                name=_("Audit record not whole"),
                subject=_("The audit record was found not to be whole"),
                text=_(
                    "The nightly verification of %(company)s found an entry that was changed, "
                    "removed or put in. The platform's operators are told. Export nothing as proof "
                    "until they have looked."
                ),
                fields={"company": _("Company name")},
                is_urgent=True,
            )
        )
