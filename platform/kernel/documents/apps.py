"""Attachments, numbers, templates and printing."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "kernel.documents"
    label = "documents"

    def ready(self) -> None:
        from kernel.documents import numbers
        from kernel.documents.manuals import registry as manuals
        from kernel.documents.printing import papers, register
        from kernel.notifications import registry as notices
        from kernel.text import _

        # SH-41: JYHT-KF-10.
        numbers.register(
            numbers.Series(
                key="manual",
                name=_("Controlled documents"),
                pattern="{CO}-{DEPT}-{NN}",
                values=("DEPT",),
                setting="doc.number_pattern",
            )
        )
        # SH-80: notices and letters run without gaps.
        numbers.register(
            numbers.Series(
                key="notice", name=_("Notices to customers"), pattern="{PROJECT}-TZ-{YYYY}-{NNNN}"
            )
        )
        numbers.register(
            numbers.Series(key="letter", name=_("Letters"), pattern="{CO}-H-{YYYY}-{NNN}")
        )
        for paper in papers.STANDARD:
            register(paper)
        manuals.register()
        notices.register(
            notices.Notice(
                key="documents.print-ready",
                name=_("A batch of papers is printed"),
                subject=_("“%(papers)s”: %(made)s are ready to print"),
                text=_("%(refused)s could not be made. Only you can fetch them, until %(until)s."),
                fields={
                    "papers": _("Payment notices"),
                    "made": _("118"),
                    "refused": _("2"),
                    "until": _("2026-11-30"),
                },
                by_mail=False,
            )
        )
