"""Parties, who is what of which unit, and households."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Query
from api.fields import IdField
from api.history import HistoryView
from api.v1.properties import filters
from api.v1.properties import serializers as shapes
from api.views import ApiView, ListView
from kernel.access import Action
from kernel.audit.models import AuditEntry
from services.properties import operations, queries
from services.properties.models import Household, Occupancy, Party
from services.properties.operations import NewOwner, PartyDetails, PersonalField


class Parties(ListView):
    """Persons and organisations; phones and ID numbers are masked."""

    actions = {"GET": Action.REGISTRY_VIEW, "POST": Action.REGISTRY_CHANGE}
    model = Party
    serializer_class = shapes.PartyOut
    filterset_class = filters.PartyFilter

    def rows(self) -> QuerySet[Party]:
        return queries.parties(actor=self.actor)

    @extend_schema(request=shapes.PartyDetailsIn, responses={201: shapes.PartyOut})
    def post(self, request: Request) -> Response:
        """Register a person or an organisation, or return the one of this ID number and name."""
        body = shapes.PartyDetailsIn(data=request.data)
        body.is_valid(raise_exception=True)
        party = operations.add_party(actor=self.actor, now=self.now, **body.validated_data)
        return Response(shapes.PartyOut(party).data, status=201)


class PartyDetail(ApiView):
    actions = {"GET": Action.REGISTRY_VIEW, "PATCH": Action.REGISTRY_CHANGE}

    @extend_schema(responses=shapes.PartyOut)
    def get(self, request: Request, party_id: int) -> Response:
        """Give one person or organisation."""
        party = queries.get_party(actor=self.actor, party_id=party_id)
        return Response(shapes.PartyOut(party).data)

    @extend_schema(request=shapes.PartyDetailsIn, responses=shapes.PartyOut)
    def patch(self, request: Request, party_id: int) -> Response:
        """Change what is known of a person or an organisation."""
        body = shapes.PartyDetailsIn(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        party = operations.update_party(
            actor=self.actor, party_id=party_id, changes=body.validated_data, now=self.now
        )
        return Response(shapes.PartyOut(party).data)


class PartyReveal(ApiView):
    actions = {"POST": Action.PERSONAL_DATA_REVEAL}

    @extend_schema(request=shapes.RevealIn, responses=shapes.RevealOut)
    def post(self, request: Request, party_id: int) -> Response:
        """Give a phone or an ID number in full; who asked, and why, is kept in three places."""
        body = shapes.RevealIn(data=request.data)
        body.is_valid(raise_exception=True)
        field = PersonalField(body.validated_data["field"])
        value = operations.reveal_personal_data(
            actor=self.actor,
            party_id=party_id,
            field=field,
            reason=body.validated_data["reason"],
            now=self.now,
        )
        return Response(shapes.RevealOut({"field": field.value, "value": value}).data)


class Occupancies(ListView):
    """Who owns, rents or lives in which unit, and when."""

    actions = {"GET": Action.REGISTRY_VIEW, "POST": Action.REGISTRY_CHANGE}
    model = Occupancy
    serializer_class = shapes.OccupancyOut
    filterset_class = filters.OccupancyFilter

    def rows(self) -> QuerySet[Occupancy]:
        return queries.occupancies(actor=self.actor)

    @extend_schema(request=shapes.OccupancyIn, responses={201: shapes.OccupancyOut})
    def post(self, request: Request) -> Response:
        """Enter an owner, lessee or resident of a unit."""
        body = shapes.OccupancyIn(data=request.data)
        body.is_valid(raise_exception=True)
        values = dict(body.validated_data)
        who = _who(values)
        if isinstance(who, PartyDetails):
            occupancy = operations.register_occupant(
                actor=self.actor, party=who, now=self.now, **values
            )
        else:
            occupancy = operations.add_occupancy(
                actor=self.actor, party_id=who, now=self.now, **values
            )
        return Response(shapes.OccupancyOut(occupancy).data, status=201)


class OccupancyDetail(ApiView):
    actions = {"GET": Action.REGISTRY_VIEW, "PATCH": Action.REGISTRY_CHANGE}

    @extend_schema(responses=shapes.OccupancyOut)
    def get(self, request: Request, occupancy_id: int) -> Response:
        """Give one occupancy."""
        occupancy = queries.get_occupancy(actor=self.actor, occupancy_id=occupancy_id)
        return Response(shapes.OccupancyOut(occupancy).data)

    @extend_schema(request=shapes.OccupancyChangesIn, responses=shapes.OccupancyOut)
    def patch(self, request: Request, occupancy_id: int) -> Response:
        """Change an occupancy; it is ended by itself."""
        body = shapes.OccupancyChangesIn(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        occupancy = operations.update_occupancy(
            actor=self.actor,
            occupancy_id=occupancy_id,
            changes=body.validated_data,
            now=self.now,
        )
        return Response(shapes.OccupancyOut(occupancy).data)


class OccupancyEnd(ApiView):
    actions = {"POST": Action.REGISTRY_CHANGE}

    @extend_schema(request=shapes.OccupancyEndIn, responses=shapes.OccupancyOut)
    def post(self, request: Request, occupancy_id: int) -> Response:
        """End an occupancy: it is none from a day on."""
        body = shapes.OccupancyEndIn(data=request.data)
        body.is_valid(raise_exception=True)
        occupancy = operations.end_occupancy(
            actor=self.actor, occupancy_id=occupancy_id, now=self.now, **body.validated_data
        )
        return Response(shapes.OccupancyOut(occupancy).data)


class OwnershipTransfers(ApiView):
    actions = {"POST": Action.REGISTRY_CHANGE}

    @extend_schema(request=shapes.TransferIn, responses={201: shapes.HouseholdOut})
    def post(self, request: Request) -> Response:
        """Enter a change of title (过户); answers the account of the new owner.

        Refused with ``properties.account-has-open-bills`` while bills are open, unless
        ``carry_open_bills`` says that the new owner takes them over.
        """
        body = shapes.TransferIn(data=request.data)
        body.is_valid(raise_exception=True)
        values = dict(body.validated_data)
        owners = [
            NewOwner(_who(owner), owner.get("share_percent")) for owner in values.pop("owners")
        ]
        household = operations.transfer_ownership(
            actor=self.actor, owners=owners, now=self.now, **values
        )
        return Response(shapes.HouseholdOut(household).data, status=201)


class Households(ListView):
    """Households: the accounts that bills are sent to."""

    actions = {"GET": Action.REGISTRY_VIEW}
    model = Household
    serializer_class = shapes.HouseholdOut
    filterset_class = filters.HouseholdFilter

    def rows(self) -> QuerySet[Household]:
        return queries.households(actor=self.actor)


class SearchQuery(Query):
    text = serializers.CharField(max_length=60)
    project_id = IdField(required=False)


class HouseholdSearch(ApiView):
    actions = {"GET": Action.REGISTRY_VIEW}
    query_class = SearchQuery

    @extend_schema(responses=shapes.FoundOut(many=True))
    def get(self, request: Request) -> Response:
        """Find households by room in any spelling, name, initials, phone, plate or meter."""
        found = queries.search_households(actor=self.actor, today=self.today, **self.asked)
        return Response(shapes.FoundOut(found, many=True).data)


class HouseholdDetail(ApiView):
    actions = {"GET": Action.REGISTRY_VIEW}

    @extend_schema(responses=shapes.HouseholdFileOut)
    def get(self, request: Request, household_id: int) -> Response:
        """Give a household with its units, people, vehicles and meters."""
        file = queries.household_file(actor=self.actor, household_id=household_id, today=self.today)
        return Response(shapes.HouseholdFileOut(file).data)


class HouseholdHistory(HistoryView):
    """What was done to a household, its units and its people, newest first."""

    actions = {"GET": Action.REGISTRY_VIEW}

    def rows(self) -> QuerySet[AuditEntry]:
        file = queries.household_file(
            actor=self.actor, household_id=self.kwargs["household_id"], today=self.today
        )
        return queries.history_of_household(actor=self.actor, file=file)


class HouseholdPayer(ApiView):
    actions = {"POST": Action.REGISTRY_CHANGE}

    @extend_schema(request=shapes.PayerIn, responses=shapes.HouseholdOut)
    def post(self, request: Request, household_id: int) -> Response:
        """Name who pays for a household."""
        body = shapes.PayerIn(data=request.data)
        body.is_valid(raise_exception=True)
        household = operations.set_payer(
            actor=self.actor, household_id=household_id, now=self.now, **body.validated_data
        )
        return Response(shapes.HouseholdOut(household).data)


class HouseholdMerge(ApiView):
    actions = {"POST": Action.REGISTRY_CHANGE}

    @extend_schema(request=shapes.MergeIn, responses=shapes.HouseholdOut)
    def post(self, request: Request, household_id: int) -> Response:
        """Move all units of another account into this one; refused while it owes anything."""
        body = shapes.MergeIn(data=request.data)
        body.is_valid(raise_exception=True)
        household = operations.merge_households(
            actor=self.actor,
            household_id=household_id,
            merged_id=body.validated_data["household_id"],
            now=self.now,
        )
        return Response(shapes.HouseholdOut(household).data)


def _who(values: dict[str, Any]) -> int | PartyDetails:
    """Take ``party_id`` or ``party`` out of a body; exactly one must be there."""
    party_id, details = values.pop("party_id", None), values.pop("party", None)
    if (party_id is None) == (details is None):
        raise serializers.ValidationError({"party": [_("Give either party_id or party.")]})
    return PartyDetails(**details) if party_id is None else int(party_id)
