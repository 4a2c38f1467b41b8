"""What the rest of the product knows of manuals: the approvals they go through, their notice."""

from kernel.approvals import registry as approvals
from kernel.approvals.registry import DocumentKind
from kernel.approvals.rules.facts import Fact, FactType
from kernel.documents.manuals import operations, papers, telling
from kernel.text import _


def register() -> None:
    """Make manuals known; called in ``AppConfig.ready``."""
    telling.register_notices()
    department = Fact("department", _("Department"), FactType.TEXT)
    approvals.register(
        DocumentKind(
            key=operations.KIND,
            name=_("Controlled document"),
            module=_("Documents"),
            facts=(department, Fact("is_first", _("First issue"), FactType.YES_NO)),
            url=lambda pk, _project: f"/c/manuals/revisions/{pk}/",
            on_approved=operations.on_approved,
            on_rejected=operations.on_rejected,
            on_withdrawn=operations.on_rejected,
            is_ready=True,
        )
    )
    approvals.register(
        DocumentKind(
            key=papers.KIND,
            name=_("Controlled document given outside"),
            module=_("Documents"),
            facts=(department,),
            on_approved=papers.on_release_approved,
            on_rejected=papers.on_release_refused,
            on_withdrawn=papers.on_release_refused,
            is_ready=True,
        )
    )
