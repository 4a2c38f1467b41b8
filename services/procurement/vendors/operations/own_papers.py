"""A paper with its file, as a vendor's contact puts it in: both are kept, or neither."""

from datetime import date, datetime
from typing import IO

from django.db import transaction

from kernel.access import Actor
from kernel.documents import operations as documents
from services.procurement.vendors.models import VendorPaper
from services.procurement.vendors.operations.papers import add_paper


@transaction.atomic
def put_in(
    *,
    actor: Actor,
    vendor_id: int,
    kind_id: int,
    number: str = "",
    valid_from: date,
    valid_to: date | None = None,
    upload: IO[bytes],
    name: str,
    now: datetime,
) -> VendorPaper:
    """Put in a paper and hang its file on it.

    :raises NotFound: and the others of :func:`add_paper` and of ``documents.attach``.
    """
    paper = add_paper(
        actor=actor,
        vendor_id=vendor_id,
        kind_id=kind_id,
        number=number,
        valid_from=valid_from,
        valid_to=valid_to,
        now=now,
    )
    documents.attach(actor=actor, subject=paper, project_id=None, upload=upload, name=name, now=now)
    return paper
