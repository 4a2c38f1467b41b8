from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "kernel.approvals"
    label = "approvals"

    def ready(self) -> None:
        from kernel import seeds
        from kernel.approvals import files, leaving, registry, telling
        from kernel.approvals.kinds import KINDS
        from kernel.approvals.operations import seed_chains
        from kernel.documents import carriers
        from kernel.identity import leaving as departures
        from kernel.notifications import registry as notices

        for check in leaving.CHECKS:
            departures.register(check)
        carriers.register(files.CASES)
        notices.register(*telling.NOTICES)
        registry.announce(KINDS)
        seeds.register("30-chains", seed_chains)
