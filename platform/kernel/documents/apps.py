"""Attachments, numbers, templates and printing."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "kernel.documents"
    label = "documents"

    def ready(self) -> None:
        from kernel.documents import numbers
        from kernel.documents.manuals import registry as manuals
        from kernel.documents.printing import papers, register
        from kernel.text import _

        # SH-41: JYHT-KF-10.
        numbers.register(
            numbers.Series(
                key="manual",
                name=_("Controlled documents"),
                pattern="{CO}-{DEPT}-{NN}",
                values=("DEPT",),
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
