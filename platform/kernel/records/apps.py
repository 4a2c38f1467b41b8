"""Retention, disposal and access to protected files."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "kernel.records"
    label = "records"

    def ready(self) -> None:
        from kernel.approvals import registry
        from kernel.approvals.rules.facts import Fact, FactType
        from kernel.records import retention
        from kernel.records.models import AccessState, DisposalState
        from kernel.records.operations import decide, dispose, drop
        from kernel.text import _

        retention.register(
            retention.RecordClass(
                key="registers",
                name=_("Audit record, security log, signatures and registers"),
                goes=_("Nothing: nobody can change or remove an entry."),
            )
        )
        registry.register(
            registry.DocumentKind(
                key="archive.access",
                name=_("Access to an owner's file"),
                module=_("Customer service"),
                facts=(Fact("is_copy", _("Copies are made"), FactType.YES_NO),),
                url=lambda pk, project_id: f"/p/{project_id}/archive/{pk}/",
                on_approved=lambda case, actor, now: decide(
                    case=case,
                    actor=actor,
                    state=AccessState.GRANTED,
                    event="records.access.granted",
                    now=now,
                ),
                on_rejected=lambda case, actor, now: decide(
                    case=case,
                    actor=actor,
                    state=AccessState.REJECTED,
                    event="records.access.rejected",
                    now=now,
                ),
                on_withdrawn=lambda case, actor, now: decide(
                    case=case,
                    actor=actor,
                    state=AccessState.WITHDRAWN,
                    event="records.access.withdrawn",
                    now=now,
                ),
                is_ready=True,
            )
        )
        registry.register(
            registry.DocumentKind(
                key="archive.disposal",
                name=_("Disposal of files"),
                module=_("Customer service"),
                facts=(Fact("files", _("Number of files"), FactType.NUMBER, _("files")),),
                url=lambda pk, project_id: f"/p/{project_id}/retention/disposals/{pk}/",
                on_approved=lambda case, actor, now: dispose(case=case, actor=actor, now=now),
                on_rejected=lambda case, actor, now: drop(
                    case=case,
                    actor=actor,
                    state=DisposalState.REJECTED,
                    event="records.disposal.rejected",
                    now=now,
                ),
                on_withdrawn=lambda case, actor, now: drop(
                    case=case,
                    actor=actor,
                    state=DisposalState.WITHDRAWN,
                    event="records.disposal.withdrawn",
                    now=now,
                ),
                is_ready=True,
            )
        )
