"""How many units are handed over, lived in, let and empty (SH-13)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from kernel.access import Actor
from services.properties import rules
from services.properties.models import Unit, UnitKind, UnitState, UnitStateChange
from services.properties.queries.lists import get_project

# Parking spaces, garages and storage rooms are not lived in.
LIVED_IN = (UnitKind.RESIDENCE, UnitKind.SHOP, UnitKind.OFFICE)


@dataclass(frozen=True, slots=True)
class OccupancyFigures:
    """Counts of one project's dwellings, shops and offices on one day, by state."""

    on: date
    by_state: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.by_state.values())

    @property
    def handed_over(self) -> int:
        return sum(n for state, n in self.by_state.items() if rules.is_handed_over(state))

    @property
    def not_handed_over(self) -> int:
        return self.total - self.handed_over

    @property
    def occupied(self) -> int:
        """Lived in or used, by the owner or a lessee; units in custody are empty."""
        return self.by_state.get(UnitState.OWNER_OCCUPIED, 0) + self.leased

    @property
    def leased(self) -> int:
        return self.by_state.get(UnitState.LEASED, 0)

    @property
    def vacant(self) -> int:
        """Handed over and not lived in: vacant, under renovation or in custody."""
        return self.handed_over - self.occupied

    @property
    def occupancy_rate(self) -> Decimal | None:
        """Occupied among handed over (入住率), a share of one; None where nothing is."""
        return Decimal(self.occupied) / self.handed_over if self.handed_over else None


def occupancy_figures(*, actor: Actor, project_id: int, on: date) -> OccupancyFigures:
    """Return the figures of a project as of the end of a day, from the history of states.

    A unit whose state never changed has always had its present one.

    :raises NotFound: if there is no such project in sight.
    """
    project = get_project(actor=actor, project_id=project_id)
    changes = UnitStateChange.objects.filter(unit=OuterRef("pk"))
    until = changes.filter(effective_on__lte=on).order_by("-effective_on", "-pk")
    after = changes.filter(effective_on__gt=on).order_by("effective_on", "pk")
    rows = (
        Unit.objects.filter(project=project, kind__in=LIVED_IN, is_active=True)
        .annotate(
            state_then=Coalesce(
                Subquery(until.values("to_state")[:1]),
                Subquery(after.values("from_state")[:1]),
                F("state"),
            )
        )
        .order_by()
        .values("state_then")
        .annotate(units=Count("pk"))
    )
    return OccupancyFigures(on, Counter({row["state_then"]: row["units"] for row in rows}))
