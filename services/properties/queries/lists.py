"""Lists of the registry and single records, as far as the actor sees them."""

from datetime import date
from typing import TypeVar

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce

from kernel import access
from kernel.access import Action, Actor
from kernel.errors import NotFound
from kernel.models import CompanyModel
from services.properties.models import (
    Building,
    Household,
    Meter,
    Occupancy,
    Party,
    Project,
    Unit,
    UnitKind,
    UnitState,
    UnitStateChange,
    Vehicle,
)

_M = TypeVar("_M", bound=CompanyModel)

SPACE_KINDS = (UnitKind.PARKING, UnitKind.GARAGE)


def projects(*, actor: Actor) -> QuerySet[Project]:
    """Return the projects the actor sees, by name."""
    visible = access.scoped(Project.objects.all(), actor, Action.REGISTRY_VIEW, field="pk")
    return visible.order_by("sort_key", "pk")


def projects_with_counts(*, actor: Actor) -> QuerySet[Project]:
    """Return what ``projects`` does, with ``building_count``, ``unit_count``, ``space_count``."""
    of_project = Unit.objects.filter(project=OuterRef("pk"), is_active=True)
    return projects(actor=actor).annotate(
        building_count=_count(Building.objects.filter(project=OuterRef("pk")), "project"),
        unit_count=_count(of_project.exclude(kind__in=SPACE_KINDS), "project"),
        space_count=_count(of_project.filter(kind__in=SPACE_KINDS), "project"),
    )


def get_project(*, actor: Actor, project_id: int, action: Action = Action.REGISTRY_VIEW) -> Project:
    """Return one project.

    :raises NotFound: if there is none within the actor's sight.
    :raises access.ActionDenied: if he lacks ``action`` there.
    """
    project = Project.objects.filter(pk=project_id).first()
    if project is None:
        raise NotFound
    access.require_in_sight(actor, action, project.pk)
    return project


def is_project(project_id: int) -> bool:
    """Tell whether there is such a project."""
    return Project.objects.filter(pk=project_id).exists()


def buildings(*, actor: Actor, project_id: int | None = None) -> QuerySet[Building]:
    """Return buildings with their project, in natural order."""
    return _visible(Building.objects.select_related("project"), actor, project_id).order_by(
        "project_id", "sort_key", "pk"
    )


def buildings_with_counts(*, actor: Actor, project_id: int) -> QuerySet[Building]:
    """Return what ``buildings`` does, each with ``unit_count`` and ``vacant_count``."""
    inside = Unit.objects.filter(building=OuterRef("pk"), is_active=True)
    return buildings(actor=actor, project_id=project_id).annotate(
        unit_count=_count(inside, "building"),
        vacant_count=_count(inside.filter(state=UnitState.VACANT), "building"),
    )


def get_building(*, actor: Actor, building_id: int) -> Building:
    """Return one building with its project. :raises NotFound: if there is none in sight."""
    return _one(buildings(actor=actor), building_id)


def units(*, actor: Actor, project_id: int | None = None) -> QuerySet[Unit]:
    """Return units with project, building, household and payer, in natural order."""
    related = Unit.objects.select_related("project", "building", "household__payer")
    return _visible(related, actor, project_id).order_by("project_id", "sort_key", "pk")


def get_unit(*, actor: Actor, unit_id: int) -> Unit:
    """Return one unit as ``units`` does. :raises NotFound: if there is none in sight."""
    return _one(units(actor=actor), unit_id)


def spaces(*, actor: Actor, project_id: int | None = None) -> QuerySet[Unit]:
    """Return parking spaces and garages as ``units`` does, with the vehicles that use them."""
    active = Vehicle.objects.filter(is_active=True).order_by("plate")
    return (
        units(actor=actor, project_id=project_id)
        .filter(kind__in=SPACE_KINDS)
        .prefetch_related(Prefetch("vehicles", queryset=active, to_attr="vehicles_now"))
    )


def space_counts(*, actor: Actor, project_id: int) -> dict[str, int]:
    """Return how many spaces in use a project has, and how many of them are ``taken``."""
    found = units(actor=actor, project_id=project_id).filter(kind__in=SPACE_KINDS, is_active=True)
    return found.order_by().aggregate(
        total=Count("pk"), taken=Count("pk", filter=Q(household__payer__isnull=False))
    )


def free_spaces(*, actor: Actor, project_id: int) -> QuerySet[Unit]:
    """Return the spaces of a project that nobody has: alone in an account without a payer."""
    others = Unit.objects.filter(household=OuterRef("household")).exclude(pk=OuterRef("pk"))
    return spaces(actor=actor, project_id=project_id).filter(
        ~Exists(others), household__payer=None, is_active=True
    )


def households(*, actor: Actor, project_id: int | None = None) -> QuerySet[Household]:
    """Return households that have units, with project and payer, in natural order."""
    has_units = Exists(Unit.objects.filter(household=OuterRef("pk")))
    related = Household.objects.filter(has_units).select_related("project", "payer")
    return _visible(related, actor, project_id).order_by("project_id", "sort_key", "pk")


def get_household(
    *, actor: Actor, household_id: int, action: Action = Action.REGISTRY_VIEW
) -> Household:
    """Return one household with its project and payer; also one whose units have moved out.

    :raises NotFound: if there is none within the actor's sight.
    :raises access.ActionDenied: if he lacks ``action`` in its project.
    """
    household = Household.objects.select_related("project", "payer").filter(pk=household_id).first()
    if household is None:
        raise NotFound
    access.require_in_sight(actor, action, household.project_id)
    return household


def parties(*, actor: Actor, project_id: int | None = None) -> QuerySet[Party]:
    """Return people and organisations by pinyin: those with a unit or an account in sight.

    A party belongs to the company, not to a project: it is seen where it owns, rents, lives or
    pays, now or formerly. One that is not attached anywhere yet is seen by those who may attach
    it.
    """
    queryset = Party.objects.order_by("sort_key", "pk")
    if project_id is None and actor.may_everywhere(Action.REGISTRY_VIEW):
        return queryset
    occupants = _visible(Occupancy.objects.all(), actor, project_id, "unit__project_id")
    payers = _visible(Household.objects.filter(payer__isnull=False), actor, project_id)
    is_seen = Q(pk__in=occupants.values("party_id").union(payers.values("payer_id")))
    if project_id is None and actor.may(Action.REGISTRY_CHANGE):
        is_seen |= ~Exists(Occupancy.objects.filter(party=OuterRef("pk"))) & ~Exists(
            Household.objects.filter(payer=OuterRef("pk"))
        )
    return queryset.filter(is_seen)


def parties_with_units(*, actor: Actor, project_id: int, today: date) -> QuerySet[Party]:
    """Return a project's parties, each with ``occupancies_now``: those in force there today.

    ``phone_missing`` tells whether no phone is known.
    """
    in_force = (
        Occupancy.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=today), unit__project_id=project_id
        )
        .select_related("unit")
        .order_by("unit__sort_key", "pk")
    )
    return (
        parties(actor=actor, project_id=project_id)
        .annotate(phone_missing=ExpressionWrapper(Q(phone_index=""), BooleanField()))
        .prefetch_related(Prefetch("occupancies", queryset=in_force, to_attr="occupancies_now"))
    )


def get_party(*, actor: Actor, party_id: int, project_id: int | None = None) -> Party:
    """Return one person or organisation, with ``project_id`` only if it is one of that project.

    :raises NotFound: if there is none in sight.
    """
    return _one(parties(actor=actor, project_id=project_id), party_id)


def projects_of_party(party_id: int) -> frozenset[int]:
    """Return the ids of the projects in which a party has a unit or an account, now or formerly."""
    occupied = Unit.objects.filter(occupancies__party=party_id).order_by().values("project_id")
    paid = Household.objects.filter(payer=party_id).order_by().values("project_id")
    return frozenset(row["project_id"] for row in occupied.union(paid))


def occupancies(*, actor: Actor, project_id: int | None = None) -> QuerySet[Occupancy]:
    """Return who owns, rents or lives in which unit, past and present, by unit."""
    related = Occupancy.objects.select_related("unit", "party")
    return _visible(related, actor, project_id, "unit__project_id").order_by(
        "unit__project_id", "unit__sort_key", "pk"
    )


def get_occupancy(*, actor: Actor, occupancy_id: int) -> Occupancy:
    """Return one occupancy with unit and party. :raises NotFound: if there is none in sight."""
    return _one(occupancies(actor=actor), occupancy_id)


def vehicles(*, actor: Actor, project_id: int | None = None) -> QuerySet[Vehicle]:
    """Return vehicles with household, payer and space, by plate; also those signed off."""
    related = Vehicle.objects.select_related("project", "household__payer", "space")
    return _visible(related, actor, project_id).order_by("plate", "pk")


def get_vehicle(*, actor: Actor, vehicle_id: int) -> Vehicle:
    """Return one vehicle as ``vehicles`` does. :raises NotFound: if there is none in sight."""
    return _one(vehicles(actor=actor), vehicle_id)


def meters(*, actor: Actor, project_id: int | None = None) -> QuerySet[Meter]:
    """Return meters with project and unit, in the order of the units; also those removed."""
    related = Meter.objects.select_related("project", "unit")
    return _visible(related, actor, project_id).order_by(
        "project_id", "unit__sort_key", "kind", "pk"
    )


def get_meter(*, actor: Actor, meter_id: int) -> Meter:
    """Return one meter with its unit. :raises NotFound: if there is none in sight."""
    return _one(meters(actor=actor), meter_id)


def state_changes(*, actor: Actor, unit_id: int) -> QuerySet[UnitStateChange]:
    """Return the changes of a unit's state, newest first.

    :raises NotFound: if there is no such unit in sight.
    """
    unit = get_unit(actor=actor, unit_id=unit_id)
    return UnitStateChange.objects.filter(unit=unit).order_by("-effective_on", "-pk")


def _count(rows: QuerySet[_M], field: str) -> Coalesce:
    """Return how many ``rows`` there are, as a subquery: joins would multiply one another."""
    counted = rows.order_by().values(field).annotate(rows=Count("pk")).values("rows")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _visible(
    queryset: QuerySet[_M], actor: Actor, project_id: int | None, field: str = "project_id"
) -> QuerySet[_M]:
    visible = access.scoped(queryset, actor, Action.REGISTRY_VIEW, field=field)
    return visible if project_id is None else visible.filter(**{field: project_id})


def _one(queryset: QuerySet[_M], pk: int) -> _M:
    found = queryset.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found
