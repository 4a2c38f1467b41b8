"""Former owners whose data was kept long enough (SH-23, C-23)."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Exists, Max, OuterRef, Q

from kernel.records.retention import Kept
from services.properties.models import Occupancy, OccupancyRole, Party


def former_owners(project_id: int, until: date) -> Iterator[Kept]:
    """Yield who owned something in a project, has no unit anywhere any more since a day, by name.

    Only those of whom there still is a phone or an ID number. The caller has checked access.
    """
    still_there = Occupancy.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=until), party=OuterRef("pk")
    )
    owned_here = Occupancy.objects.filter(
        party=OuterRef("pk"), role=OccupancyRole.OWNER, unit__project_id=project_id
    )
    found = (
        Party.objects.filter(Exists(owned_here), ~Exists(still_there))
        .exclude(phone_index="", id_number_index="")
        .annotate(ended_on=Max("occupancies__valid_to"))
        .order_by("sort_key", "pk")
    )
    for party in found:
        yield Kept(party.pk, party.name, party.ended_on)
