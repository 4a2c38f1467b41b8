"""What a vendor has: papers, supplies, accounts, contacts, holds, visits, checks."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.filters import DayFilter, FilterSet, FlagFilter, IdFilter
from api.history import HistoryView
from api.v1.procurement.vendors import serializers as shapes
from api.views import ApiView, ListView
from kernel.access import Action
from kernel.audit.models import AuditEntry
from kernel.audit.queries import history_of
from services.procurement.vendors import operations, queries
from services.procurement.vendors.models import (
    BankAccount,
    Contact,
    IntermediaryCheck,
    PaperKind,
    PaperState,
    Supply,
    Vendor,
    VendorHold,
    VendorPaper,
    Visit,
)


class OfVendor(ListView):
    """A list of what one vendor has."""

    def vendor(self) -> Vendor:
        return queries.get_vendor(actor=self.actor, vendor_id=self.kwargs["vendor_id"])

    def given(self, shape: type[Any]) -> dict[str, Any]:
        """Return what was sent, as an operation on the vendor takes it."""
        body = shape(data=self.request.data)
        body.is_valid(raise_exception=True)
        return {
            "actor": self.actor,
            "vendor_id": self.kwargs["vendor_id"],
            "now": self.now,
            **body.validated_data,
        }


# ---- papers -------------------------------------------------------------------------------------


class PaperKindFilter(FilterSet):
    is_active = FlagFilter()
    is_required = FlagFilter()

    class Meta:
        model = PaperKind
        fields = ["is_active", "is_required"]


class PaperKinds(ListView):
    """Kinds of papers, and of whom each is required."""

    actions = {"GET": Action.VENDOR_VIEW, "POST": Action.VENDOR_CHECK}
    model = PaperKind
    serializer_class = shapes.VendorPaperKindOut
    filterset_class = PaperKindFilter

    def rows(self) -> QuerySet[PaperKind]:
        return queries.paper_kinds(actor=self.actor)

    @extend_schema(request=shapes.VendorPaperKindIn, responses={201: shapes.VendorPaperKindOut})
    def post(self, request: Request) -> Response:
        """Add a kind of paper."""
        body = shapes.VendorPaperKindIn(data=request.data)
        body.is_valid(raise_exception=True)
        kind = operations.create_paper_kind(actor=self.actor, now=self.now, **body.validated_data)
        return Response(shapes.VendorPaperKindOut(kind).data, status=201)


class PaperKindDetail(ApiView):
    actions = {"GET": Action.VENDOR_VIEW, "PUT": Action.VENDOR_CHECK}

    @extend_schema(responses=shapes.VendorPaperKindOut)
    def get(self, request: Request, paper_kind_id: int) -> Response:
        """Give one kind of paper."""
        kind = queries.get_paper_kind(actor=self.actor, kind_id=paper_kind_id)
        return Response(shapes.VendorPaperKindOut(kind).data)

    @extend_schema(request=shapes.VendorPaperKindChangesIn, responses=shapes.VendorPaperKindOut)
    def put(self, request: Request, paper_kind_id: int) -> Response:
        """Change a kind of paper as a whole."""
        body = shapes.VendorPaperKindChangesIn(data=request.data)
        body.is_valid(raise_exception=True)
        operations.change_paper_kind(
            actor=self.actor, kind_id=paper_kind_id, now=self.now, **body.validated_data
        )
        return self.get(request, paper_kind_id)


class PaperKindHistory(HistoryView):
    """What was done to a kind of paper, newest first."""

    actions = {"GET": Action.VENDOR_VIEW}

    def rows(self) -> QuerySet[AuditEntry]:
        return history_of(
            queries.get_paper_kind(actor=self.actor, kind_id=self.kwargs["paper_kind_id"])
        )


class PaperFilter(FilterSet):
    vendor_id = IdFilter()
    kind_id = IdFilter()
    state = filters.ChoiceFilter(choices=PaperState.choices)
    valid_to = DayFilter(lookup_expr="lte", label="Ends by this day.")

    class Meta:
        model = VendorPaper
        fields = ["vendor_id", "kind_id", "state"]


class Papers(ListView):
    """Papers of all vendors."""

    actions = {"GET": Action.VENDOR_VIEW}
    model = VendorPaper
    serializer_class = shapes.VendorPaperOut
    filterset_class = PaperFilter

    def rows(self) -> QuerySet[VendorPaper]:
        return queries.papers(actor=self.actor)


class VendorPapers(OfVendor):
    """Papers of one vendor."""

    actions = {"GET": Action.VENDOR_VIEW, "POST": Action.VENDOR_MANAGE}
    model = VendorPaper
    serializer_class = shapes.VendorPaperOut
    filter_backends = ()

    def rows(self) -> QuerySet[VendorPaper]:
        return queries.papers(actor=self.actor).filter(vendor=self.vendor())

    @extend_schema(request=shapes.VendorPaperIn, responses={201: shapes.VendorPaperOut})
    def post(self, request: Request, vendor_id: int) -> Response:
        """Put in a paper; it counts once somebody else has found it in order."""
        paper = operations.add_paper(**self.given(shapes.VendorPaperIn))
        return Response(shapes.VendorPaperOut(paper).data, status=201)


class PaperDecision(ApiView):
    actions = {"POST": Action.VENDOR_CHECK}

    @extend_schema(request=shapes.VendorPaperDecisionIn, responses=shapes.VendorPaperOut)
    def post(self, request: Request, vendor_paper_id: int) -> Response:
        """Find a paper in order, or refuse it."""
        body = shapes.VendorPaperDecisionIn(data=request.data)
        body.is_valid(raise_exception=True)
        paper = operations.decide_paper(
            actor=self.actor, paper_id=vendor_paper_id, now=self.now, **body.validated_data
        )
        return Response(shapes.VendorPaperOut(paper).data)


# ---- supplies -----------------------------------------------------------------------------------


class Supplies(OfVendor):
    """What a vendor supplies, and as what."""

    actions = {"GET": Action.VENDOR_VIEW, "POST": Action.VENDOR_MANAGE}
    model = Supply
    serializer_class = shapes.VendorSupplyOut
    filter_backends = ()

    def rows(self) -> QuerySet[Supply]:
        return self.vendor().supplies.all()

    @extend_schema(request=shapes.VendorSupplyIn, responses={201: shapes.VendorSupplyOut})
    def post(self, request: Request, vendor_id: int) -> Response:
        """Say as what a vendor supplies a category, or as what else."""
        supply = operations.set_supply(**self.given(shapes.VendorSupplyIn))
        return Response(shapes.VendorSupplyOut(supply).data, status=201)


class SupplyDetail(ApiView):
    actions = {"DELETE": Action.VENDOR_MANAGE}

    @extend_schema(responses={204: None})
    def delete(self, request: Request, supply_id: int) -> Response:
        """Take a category off what a vendor supplies."""
        operations.end_supply(actor=self.actor, supply_id=supply_id, now=self.now)
        return Response(status=204)


# ---- accounts -----------------------------------------------------------------------------------


class Accounts(OfVendor):
    """A vendor's bank accounts: in force, in approval, refused, replaced; numbers are masked."""

    actions = {"GET": Action.VENDOR_VIEW, "POST": Action.VENDOR_MANAGE}
    model = BankAccount
    serializer_class = shapes.VendorAccountOut
    filter_backends = ()

    def rows(self) -> QuerySet[BankAccount]:
        return queries.accounts(actor=self.actor, vendor_id=self.kwargs["vendor_id"])

    @extend_schema(request=shapes.VendorAccountIn, responses={201: shapes.VendorAccountOut})
    def post(self, request: Request, vendor_id: int) -> Response:
        """Ask for another account; the one in force stays until this is approved."""
        account = operations.ask_account(**self.given(shapes.VendorAccountIn))
        return Response(shapes.VendorAccountOut(account).data, status=201)


class AccountNumber(ApiView):
    actions = {"POST": Action.VENDOR_VIEW}

    @extend_schema(request=shapes.VendorRevealIn, responses=shapes.VendorRevealOut)
    def post(self, request: Request, bank_account_id: int) -> Response:
        """Give an account's number in full, to who checks vendors or pays them; it is recorded."""
        body = shapes.VendorRevealIn(data=request.data)
        body.is_valid(raise_exception=True)
        value = operations.reveal_account(
            actor=self.actor, account_id=bank_account_id, now=self.now, **body.validated_data
        )
        return Response(shapes.VendorRevealOut({"value": value}).data)


# ---- contacts -----------------------------------------------------------------------------------


class Contacts(OfVendor):
    """Who of a vendor may use the portal."""

    actions = {"GET": Action.VENDOR_VIEW, "POST": Action.VENDOR_MANAGE}
    model = Contact
    serializer_class = shapes.VendorContactOut
    filter_backends = ()

    def rows(self) -> QuerySet[Contact]:
        return self.vendor().contacts.all()

    @extend_schema(request=shapes.VendorContactIn, responses={201: shapes.VendorContactOut})
    def post(self, request: Request, vendor_id: int) -> Response:
        """Invite a person of a vendor; the link is mailed."""
        contact = operations.invite_contact(**self.given(shapes.VendorContactIn))
        return Response(shapes.VendorContactOut(contact).data, status=201)


class ContactInvitation(ApiView):
    actions = {"POST": Action.VENDOR_MANAGE}

    @extend_schema(request=None, responses=shapes.VendorContactOut)
    def post(self, request: Request, vendor_contact_id: int) -> Response:
        """Send a new link; the one before is void."""
        contact = operations.invite_again(
            actor=self.actor, contact_id=vendor_contact_id, now=self.now
        )
        return Response(shapes.VendorContactOut(contact).data)


class ContactEnd(ApiView):
    actions = {"POST": Action.VENDOR_MANAGE}

    @extend_schema(request=None, responses=shapes.VendorContactOut)
    def post(self, request: Request, vendor_contact_id: int) -> Response:
        """End a contact's access to the company."""
        contact = operations.end_contact(
            actor=self.actor, contact_id=vendor_contact_id, now=self.now
        )
        return Response(shapes.VendorContactOut(contact).data)


# ---- holds --------------------------------------------------------------------------------------


class Holds(OfVendor):
    """A vendor's holds and blacklistings."""

    actions = {"GET": Action.VENDOR_VIEW, "POST": Action.VENDOR_VIEW}
    model = VendorHold
    serializer_class = shapes.VendorHoldOut
    filter_backends = ()

    def rows(self) -> QuerySet[VendorHold]:
        return self.vendor().holds.all()

    @extend_schema(request=shapes.VendorHoldIn, responses={201: shapes.VendorHoldOut})
    def post(self, request: Request, vendor_id: int) -> Response:
        """Put a vendor on hold, by who keeps or checks the register."""
        hold = operations.set_hold(**self.given(shapes.VendorHoldIn))
        return Response(shapes.VendorHoldOut(hold).data, status=201)


class HoldLifting(ApiView):
    actions = {"POST": Action.VENDOR_CHECK}

    @extend_schema(request=shapes.VendorReasonIn, responses=shapes.VendorHoldOut)
    def post(self, request: Request, vendor_hold_id: int) -> Response:
        """Lift a hold before its end."""
        body = shapes.VendorReasonIn(data=request.data)
        body.is_valid(raise_exception=True)
        hold = operations.lift_hold(
            actor=self.actor, hold_id=vendor_hold_id, now=self.now, **body.validated_data
        )
        return Response(shapes.VendorHoldOut(hold).data)


class Blacklisting(ApiView):
    actions = {"POST": Action.VENDOR_VIEW}

    @extend_schema(request=shapes.VendorBlacklistIn, responses={201: shapes.VendorCaseOut})
    def post(self, request: Request, vendor_id: int) -> Response:
        """Ask that a vendor be blacklisted, by who keeps or checks the register."""
        body = shapes.VendorBlacklistIn(data=request.data)
        body.is_valid(raise_exception=True)
        case = operations.ask_blacklisting(
            actor=self.actor, vendor_id=vendor_id, now=self.now, **body.validated_data
        )
        return Response(shapes.VendorCaseOut(case).data, status=201)


class Delisting(ApiView):
    actions = {"POST": Action.VENDOR_VIEW}

    @extend_schema(request=shapes.VendorReasonIn, responses={201: shapes.VendorCaseOut})
    def post(self, request: Request, vendor_id: int) -> Response:
        """Ask that a vendor be taken off the blacklist."""
        body = shapes.VendorReasonIn(data=request.data)
        body.is_valid(raise_exception=True)
        case = operations.ask_delisting(
            actor=self.actor, vendor_id=vendor_id, now=self.now, **body.validated_data
        )
        return Response(shapes.VendorCaseOut(case).data, status=201)


# ---- visits and checks --------------------------------------------------------------------------


class Visits(OfVendor):
    """Visits to a vendor."""

    actions = {"GET": Action.VENDOR_VIEW, "POST": Action.VENDOR_MANAGE}
    model = Visit
    serializer_class = shapes.VendorVisitOut
    filter_backends = ()

    def rows(self) -> QuerySet[Visit]:
        return self.vendor().visits.all()

    @extend_schema(request=shapes.VendorVisitIn, responses={201: shapes.VendorVisitOut})
    def post(self, request: Request, vendor_id: int) -> Response:
        """Record a visit."""
        visit = operations.record_visit(**self.given(shapes.VendorVisitIn))
        return Response(shapes.VendorVisitOut(visit).data, status=201)


class Checks(OfVendor):
    """Checks of an intermediary."""

    actions = {"GET": Action.VENDOR_VIEW, "POST": Action.VENDOR_CHECK}
    model = IntermediaryCheck
    serializer_class = shapes.VendorCheckOut
    filter_backends = ()

    def rows(self) -> QuerySet[IntermediaryCheck]:
        return self.vendor().checks.all()

    @extend_schema(request=shapes.VendorCheckIn, responses={201: shapes.VendorCheckOut})
    def post(self, request: Request, vendor_id: int) -> Response:
        """Record a check of an intermediary; the last one counts."""
        check = operations.check_intermediary(**self.given(shapes.VendorCheckIn))
        return Response(shapes.VendorCheckOut(check).data, status=201)
