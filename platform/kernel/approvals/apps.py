from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "kernel.approvals"
    label = "approvals"

    def ready(self) -> None:
        from kernel import seeds
        from kernel.approvals import files, leaving, outside, registry, telling
        from kernel.approvals.kinds import KINDS
        from kernel.approvals.operations import seed_chains
        from kernel.approvals.retention import files_of_ended_cases
        from kernel.documents import carriers
        from kernel.documents.retention import dispose_file
        from kernel.identity import leaving as departures
        from kernel.notifications import registry as notices
        from kernel.outbox import registry as events
        from kernel.records import retention
        from kernel.text import _

        for check in leaving.CHECKS:
            departures.register(check)
        carriers.register(files.CASES)
        retention.register(
            retention.RecordClass(
                key="case-file",
                name=_("Files of finished approvals"),
                goes=_("The file; the case, its signatures and what they said stay."),
                setting="retention.finance_years",
                ended=files_of_ended_cases,
                dispose=dispose_file,
            )
        )
        notices.register(*telling.NOTICES)
        for event, words in outside.EVENTS.items():
            events.register(event, words)
        registry.announce(KINDS)
        seeds.register("30-chains", seed_chains)
