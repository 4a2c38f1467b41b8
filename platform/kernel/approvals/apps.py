from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "kernel.approvals"
    label = "approvals"

    def ready(self) -> None:
        from kernel import seeds
        from kernel.approvals import registry, telling
        from kernel.approvals.kinds import KINDS
        from kernel.approvals.operations import seed_chains

        telling.register_notices()
        registry.announce(KINDS)
        seeds.register("30-chains", seed_chains)
