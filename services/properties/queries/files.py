"""The file of one household: what its page shows, in few queries."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from kernel import access
from kernel.access import Action, Actor
from kernel.audit.models import AuditEntry
from kernel.audit.queries import history_of, history_of_all
from kernel.imports.models import ImportBatch
from services.properties.models import (
    Household,
    Meter,
    Occupancy,
    Party,
    Unit,
    UnitKind,
    Vehicle,
)
from services.properties.queries.lists import get_household

REVEALED = "properties.personal-data.revealed"


@dataclass(frozen=True, slots=True)
class HouseholdFile:
    """A household with what belongs to it. ``units`` begins with the main unit."""

    household: Household
    units: list[Unit]
    people: list[Occupancy]  # in force today, owners first
    former_people: list[Occupancy]  # ended, the last to go first
    vehicles: list[Vehicle]
    meters: list[Meter]
    previous: Household | None
    next: Household | None

    @property
    def main_unit(self) -> Unit | None:
        return self.units[0] if self.units else None

    @property
    def meters_in_use(self) -> list[Meter]:
        return [meter for meter in self.meters if meter.is_active]

    @property
    def spaces(self) -> list[Unit]:
        """The parking spaces among the units."""
        return [unit for unit in self.units if unit.kind in {UnitKind.PARKING, UnitKind.GARAGE}]


def household_file(*, actor: Actor, household_id: int, today: date) -> HouseholdFile:
    """Return a household's file as of ``today``; seven queries however much it holds.

    :raises NotFound: if there is none within the actor's sight.
    :raises access.ActionDenied: without ``registry.view`` in its project.
    """
    household = get_household(actor=actor, household_id=household_id)
    units = sorted(
        Unit.objects.filter(household=household)
        .select_related("building")
        .order_by("sort_key", "pk"),
        key=lambda unit: unit.code != household.code,
    )
    occupancies = list(
        Occupancy.objects.filter(unit__in=units)
        .select_related("party", "unit")
        .order_by("unit__sort_key", "pk")
    )
    in_force = [o for o in occupancies if o.valid_to is None or o.valid_to > today]
    ended = [o for o in occupancies if o.valid_to is not None and o.valid_to <= today]
    roles = {"OWNER": 0, "LESSEE": 1, "RESIDENT": 2}
    vehicles = (
        Vehicle.objects.filter(household=household, is_active=True)
        .select_related("space")
        .order_by("plate", "pk")
    )
    meters = (
        Meter.objects.filter(unit__in=units)
        .select_related("unit", "replaces")
        .order_by("-is_active", "unit__sort_key", "kind", "pk")
    )
    return HouseholdFile(
        household=household,
        units=units,
        people=sorted(in_force, key=lambda o: (roles[o.role], not o.is_contact)),
        former_people=sorted(ended, key=lambda o: (o.valid_to or today, o.pk), reverse=True),
        vehicles=list(vehicles),
        meters=list(meters),
        previous=_neighbour(household, forward=False),
        next=_neighbour(household, forward=True),
    )


def history_of_household(*, actor: Actor, file: HouseholdFile) -> QuerySet[AuditEntry]:
    """Return what was done to a household, its units and its people, newest first.

    The imports that brought it in are among it.

    Who looked at personal data is shown to those who may read the record.
    """
    people = {o.party_id for o in (*file.people, *file.former_people)}
    imported: tuple[Unit | Vehicle | Meter, ...] = (*file.units, *file.vehicles, *file.meters)
    entries = history_of_all(
        {
            Household: [file.household.pk],
            Unit: [unit.pk for unit in file.units],
            Party: sorted(people),
            ImportBatch: sorted({row.import_batch_id for row in imported if row.import_batch_id}),
        }
    ).exclude(event__in=("imports.batch.uploaded", "imports.mapping.saved"))
    # A party may have units elsewhere: what was done there is not told here.
    entries = entries.filter(Q(project_id=file.household.project_id) | Q(project_id=None))
    if not actor.may(Action.AUDIT_VIEW, file.household.project_id):
        entries = entries.exclude(event=REVEALED)
    return entries


def history_of_party(*, actor: Actor, party: Party) -> QuerySet[AuditEntry]:
    """Return what was done to a person's data, newest first, in the projects that the actor sees.

    Who looked at personal data is shown to those who may read the record there.
    """
    entries = history_of(party)
    seen = access.scoped(entries, actor, Action.REGISTRY_VIEW) | entries.filter(project_id=None)
    looks = access.scoped(entries.filter(event=REVEALED), actor, Action.AUDIT_VIEW)
    return seen.exclude(event=REVEALED) | looks


def _neighbour(household: Household, *, forward: bool) -> Household | None:
    """Return the household that comes next, or came before, in the order of the list."""
    key, pk = household.sort_key, household.pk
    if forward:
        beyond = Q(sort_key__gte=key) & (Q(sort_key__gt=key) | Q(pk__gt=pk))
    else:
        beyond = Q(sort_key__lte=key) & (Q(sort_key__lt=key) | Q(pk__lt=pk))
    order = ("sort_key", "pk") if forward else ("-sort_key", "-pk")
    return (
        Household.objects.filter(
            beyond,
            Exists(Unit.objects.filter(household=OuterRef("pk"))),
            project_id=household.project_id,
        )
        .order_by(*order)
        .first()
    )
