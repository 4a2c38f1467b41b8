from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "kernel.identity"
    label = "identity"

    def ready(self) -> None:
        from kernel.identity import checks, leaving, notices
        from kernel.notifications import registry

        for check in checks.CHECKS:
            leaving.register(check)
        registry.register(*notices.NOTICES)
