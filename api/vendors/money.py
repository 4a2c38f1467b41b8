"""A vendor's invoices, his account at the company, and the reconciliations of it."""

from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Body
from api.fields import AmountField, IdField, PriceField
from api.v1.procurement.orders import MOST_LINES, OrderedQuantityField
from api.vendors.papers import PaperFileOut
from api.vendors.views import VendorApiView, VendorListView
from services.procurement.payments import operations, queries
from services.procurement.payments.models import (
    EntryKind,
    ServiceAssessment,
    StatementState,
    VendorEntry,
    VendorInvoice,
    VendorStatement,
)
from services.procurement.payments.operations import BilledLine, Figures
from services.procurement.payments.operations.own_invoices import SCAN, put_in_scan


class OwnInvoiceOut(serializers.ModelSerializer[VendorInvoice]):
    """``order_id`` or, of a service, ``contract_id``; ``files`` are the vendor's own scans."""

    order_id = serializers.IntegerField(allow_null=True)
    contract_id = serializers.IntegerField(allow_null=True)
    net_amount = AmountField(read_only=True)
    tax_amount = AmountField(read_only=True)
    amount = AmountField(read_only=True)
    freight = AmountField(read_only=True)
    paid_amount = AmountField(read_only=True)
    credited_amount = AmountField(read_only=True)
    refunded_amount = AmountField(read_only=True)
    files = serializers.SerializerMethodField()

    class Meta:
        model = VendorInvoice
        fields: ClassVar = [
            "id", "number", "state", "order_id", "contract_id", "invoiced_on", "due_on",
            "net_amount", "tax_amount", "freight", "amount", "paid_amount", "credited_amount",
            "refunded_amount", "refusal_reason", "submitted_at", "booked_at", "files",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(PaperFileOut(many=True))
    def get_files(self, invoice: VendorInvoice) -> Any:
        return PaperFileOut(self.context["files"][invoice.pk], many=True).data


class MonthToBillOut(serializers.ModelSerializer[ServiceAssessment]):
    """A month of a service that was assessed: its invoice is of this amount."""

    contract = serializers.CharField(source="contract.title")
    project = serializers.CharField(source="project.name")
    amount = AmountField(read_only=True)

    class Meta:
        model = ServiceAssessment
        fields = ("id", "contract_id", "contract", "project", "month", "amount")


class BilledLineIn(Body):
    """``unit_price`` is with tax."""

    line_id = IdField()
    quantity = OrderedQuantityField()
    unit_price = PriceField()


class MonthInvoiceIn(Body):
    number = serializers.CharField(max_length=60)
    invoiced_on = serializers.DateField()
    net_amount = AmountField()
    tax_amount = AmountField()


class OwnInvoiceIn(MonthInvoiceIn):
    """``freight`` is part of the amount, with tax; lines and freight come to net and tax."""

    freight = AmountField(required=False, default=Decimal(0))
    lines = serializers.ListField(child=BilledLineIn(), min_length=1, max_length=MOST_LINES)


class ScanIn(serializers.Serializer[Any]):
    """A picture or PDF of the invoice."""

    file = serializers.FileField()


class OwnEntryOut(serializers.ModelSerializer[VendorEntry]):
    """What is owed to the vendor is positive."""

    kind = serializers.ChoiceField(choices=EntryKind.choices, read_only=True)
    amount = AmountField(read_only=True)

    class Meta:
        model = VendorEntry
        fields: ClassVar = ["id", "kind", "effective_on", "text", "amount"]
        read_only_fields = fields


class OwnStatementOut(serializers.ModelSerializer[VendorStatement]):
    """``balance`` is what the company's books owe the vendor at the end of ``to_day``."""

    state = serializers.ChoiceField(choices=StatementState.choices, read_only=True)
    balance = AmountField(read_only=True)
    vendor_balance = AmountField(read_only=True, allow_null=True)

    class Meta:
        model = VendorStatement
        fields: ClassVar = [
            "id", "number", "to_day", "balance", "state", "sent_at", "vendor_balance", "answer",
            "answered_at",
        ]  # fmt: skip
        read_only_fields = fields


class StatementAnswerIn(Body):
    """The same balance agrees; another one disputes it, with ``text`` for what differs."""

    balance = AmountField()
    text = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class Invoices(VendorListView):
    """List this vendor's invoices, with what became of each."""

    actions = {"GET": None}
    model = VendorInvoice
    serializer_class = OwnInvoiceOut

    def rows(self) -> QuerySet[VendorInvoice]:
        return queries.own_invoices(actor=self.actor).order_by()

    def paginate_queryset(self, queryset: Any) -> Any:
        """Read the files of a page's invoices at once."""
        page = super().paginate_queryset(queryset)
        self.found = queries.files_of_invoices(actor=self.actor, invoices=page or (), kind=SCAN)
        return page

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "files": getattr(self, "found", {})}


class _OneInvoice(VendorApiView):
    def answer(self, invoice: VendorInvoice, status: int = 200) -> Response:
        files = queries.files_of_invoices(actor=self.actor, invoices=[invoice], kind=SCAN)
        return Response(OwnInvoiceOut(invoice, context={"files": files}).data, status=status)

    def read(self, body_class: type[Body]) -> dict[str, Any]:
        body = body_class(data=self.request.data)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)


class Invoice(_OneInvoice):
    actions = {"GET": None}

    @extend_schema(responses=OwnInvoiceOut)
    def get(self, request: Request, invoice_id: int) -> Response:
        """Return one invoice."""
        return self.answer(queries.get_own_invoice(actor=self.actor, invoice_id=invoice_id))


class InvoicesOfOrder(_OneInvoice):
    actions = {"POST": None}

    @extend_schema(request=OwnInvoiceIn, responses={201: OwnInvoiceOut})
    def post(self, request: Request, order_id: int) -> Response:
        """Enter the invoice of an order, matched at once; its scan is put in afterwards."""
        queries.get_own_order_to_bill(actor=self.actor, order_id=order_id)
        values = self.read(OwnInvoiceIn)
        lines = [
            BilledLine(
                order_line_id=each["line_id"],
                quantity=each["quantity"],
                unit_price=each["unit_price"],
            )
            for each in values.pop("lines")
        ]
        invoice = operations.enter_invoice(
            actor=self.actor,
            order_id=order_id,
            figures=Figures(**values),
            lines=lines,
            now=self.now,
            today=self.today,
        )
        return self.answer(invoice, 201)


class InvoiceOfMonth(_OneInvoice):
    actions = {"POST": None}

    @extend_schema(request=MonthInvoiceIn, responses={201: OwnInvoiceOut})
    def post(self, request: Request, assessment_id: int) -> Response:
        """Enter the invoice of an assessed month; its scan is put in afterwards."""
        queries.get_own_month(actor=self.actor, assessment_id=assessment_id)
        invoice = operations.enter_service_invoice(
            actor=self.actor,
            assessment_id=assessment_id,
            figures=Figures(**self.read(MonthInvoiceIn)),
            now=self.now,
            today=self.today,
        )
        return self.answer(invoice, 201)


class InvoiceScan(_OneInvoice):
    actions = {"POST": None}
    parser_classes = (MultiPartParser,)

    @extend_schema(request={"multipart/form-data": ScanIn}, responses={201: OwnInvoiceOut})
    def post(self, request: Request, invoice_id: int) -> Response:
        """Put in the scan of an invoice, as long as the company has not decided on it."""
        queries.get_own_invoice(actor=self.actor, invoice_id=invoice_id)
        body = ScanIn(data=request.data)
        body.is_valid(raise_exception=True)
        file = body.validated_data["file"]
        invoice = put_in_scan(
            actor=self.actor, invoice_id=invoice_id, upload=file.file, name=file.name, now=self.now
        )
        return self.answer(invoice, 201)


class MonthsToBill(VendorListView):
    """List the assessed months of this vendor's services that have no invoice yet."""

    actions = {"GET": None}
    model = ServiceAssessment
    serializer_class = MonthToBillOut

    def rows(self) -> QuerySet[ServiceAssessment]:
        return queries.months_to_bill(actor=self.actor).order_by()


class Entries(VendorListView):
    """List what was booked on this vendor's account."""

    actions = {"GET": None}
    model = VendorEntry
    serializer_class = OwnEntryOut

    def rows(self) -> QuerySet[VendorEntry]:
        return queries.own_bookings(actor=self.actor)


class Statements(VendorListView):
    """List the reconciliations that the company has sent this vendor."""

    actions = {"GET": None}
    model = VendorStatement
    serializer_class = OwnStatementOut

    def rows(self) -> QuerySet[VendorStatement]:
        return queries.own_statements(actor=self.actor).order_by()


class StatementAnswer(_OneInvoice):
    actions = {"POST": None}

    @extend_schema(request=StatementAnswerIn, responses=OwnStatementOut)
    def post(self, request: Request, statement_id: int) -> Response:
        """Agree to a reconciliation, or say what differs."""
        queries.get_own_statement(actor=self.actor, statement_id=statement_id)
        statement = operations.answer_statement(
            actor=self.actor,
            statement_id=statement_id,
            now=self.now,
            **self.read(StatementAnswerIn),
        )
        return Response(OwnStatementOut(statement).data)
