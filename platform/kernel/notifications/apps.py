from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "kernel.notifications"
    label = "notifications"

    def ready(self) -> None:
        from kernel.notifications.retention import dispose_month, old_months
        from kernel.records import retention
        from kernel.text import _

        retention.register(
            retention.RecordClass(
                key="notice-log",
                name=_("Log of notices, by the month"),
                goes=_("The notices of the month and how they were sent."),
                setting="retention.default_years",
                ended=old_months,
                dispose=dispose_month,
            )
        )
