from django.apps import AppConfig


class DutiesConfig(AppConfig):
    name = "kernel.duties"
    label = "duties"

    def ready(self) -> None:
        from kernel.duties import telling
        from kernel.notifications import registry

        registry.register(*telling.NOTICES)
