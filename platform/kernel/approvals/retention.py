"""Files of cases that ended long ago; the case itself, its signatures and what they said stay."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Exists, OuterRef

from kernel.approvals.models import Case
from kernel.documents.models import Attachment
from kernel.documents.retention import kept_files
from kernel.records.retention import Kept, end_of


def files_of_ended_cases(project_id: int, until: date) -> Iterator[Kept]:
    """Yield the files on a project's cases that were finished by a day, by their id."""
    ended = Case.objects.filter(pk=OuterRef("subject_id"), finished_at__lt=end_of(until))
    yield from kept_files(
        Attachment.objects.filter(
            Exists(ended),
            subject_type=Case._meta.label_lower,
            project_id=project_id,
            added_at__lt=end_of(until),
        )
    )
