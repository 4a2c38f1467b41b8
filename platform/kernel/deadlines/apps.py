from django.apps import AppConfig


class DeadlinesConfig(AppConfig):
    name = "kernel.deadlines"
    label = "deadlines"

    def ready(self) -> None:
        """Register the handbook's clocks, and what people are told about them."""
        from kernel.deadlines import clocks, notices
        from kernel.notifications import registry

        for kind in clocks.HANDBOOK:
            clocks.register(kind)
        registry.register(*notices.NOTICES)
