"""The catalogue of goods: categories and articles."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Body
from api.fields import IdField, PriceField
from api.filters import FilterSet, FlagFilter, IdFilter
from api.history import HistoryView
from api.views import ApiView, ListView
from kernel.access import Action
from kernel.audit.models import AuditEntry
from kernel.audit.queries import history_of
from services.procurement.catalogue import operations, queries
from services.procurement.catalogue.models import Category, Item
from services.procurement.catalogue.operations import ItemFacts


class GoodsCategoryIn(Body):
    """``parent_id`` is left out for one at the top."""

    code = serializers.CharField(max_length=20)
    name = serializers.CharField(max_length=60)
    name_en = serializers.CharField(max_length=60, required=False, allow_blank=True)
    parent_id = IdField(required=False, allow_null=True)


class GoodsCategoryChangesIn(GoodsCategoryIn):
    is_active = serializers.BooleanField()


class GoodsCategoryOut(serializers.ModelSerializer[Category]):
    parent_id = IdField(read_only=True, allow_null=True)
    item_count = serializers.SerializerMethodField(help_text="Its own articles in use.")

    class Meta:
        model = Category
        fields = ["id", "parent_id", "code", "name", "name_en", "is_active", "item_count"]
        read_only_fields = fields

    def get_item_count(self, category: Category) -> int:
        count: int = getattr(category, "item_count", 0)
        return count


class NewArticleIn(Body):
    """Without a code it gets the next number of its series."""

    category_id = IdField()
    name = serializers.CharField(max_length=100)
    unit = serializers.CharField(max_length=10)
    code = serializers.CharField(max_length=40, required=False)
    spec = serializers.CharField(max_length=200, required=False, allow_blank=True)
    brand = serializers.CharField(max_length=60, required=False, allow_blank=True)
    barcode = serializers.CharField(max_length=40, required=False, allow_blank=True)
    is_fixed_asset = serializers.BooleanField(required=False)
    is_sampled = serializers.BooleanField(required=False)
    has_expiry = serializers.BooleanField(required=False)
    reference_price = PriceField(required=False, allow_null=True)


class ArticleChangesIn(NewArticleIn):
    """``is_active`` takes the article out of use, or up again."""

    is_active = serializers.BooleanField()


class ArticleOut(serializers.ModelSerializer[Item]):
    category_id = IdField(read_only=True)

    class Meta:
        model = Item
        fields = [
            "id",
            "category_id",
            "code",
            "name",
            "spec",
            "unit",
            "brand",
            "barcode",
            "is_fixed_asset",
            "is_sampled",
            "has_expiry",
            "reference_price",
            "is_active",
        ]
        read_only_fields = fields


class CategoryFilter(FilterSet):
    is_active = FlagFilter()
    parent_id = IdFilter()
    code = filters.CharFilter(lookup_expr="iexact", max_length=20)

    class Meta:
        model = Category
        fields = ["code", "parent_id", "is_active"]


class ItemFilter(FilterSet):
    is_active = FlagFilter()
    category_id = IdFilter()
    code = filters.CharFilter(lookup_expr="iexact", max_length=40)
    barcode = filters.CharFilter(lookup_expr="iexact", max_length=40)

    class Meta:
        model = Item
        fields = ["code", "barcode", "category_id", "is_active"]


class Categories(ListView):
    """Categories of goods and services."""

    actions = {"GET": Action.PURCHASE_VIEW, "POST": Action.PURCHASE_BUY}
    model = Category
    serializer_class = GoodsCategoryOut
    filterset_class = CategoryFilter

    def rows(self) -> QuerySet[Category]:
        return queries.categories(actor=self.actor)

    @extend_schema(request=GoodsCategoryIn, responses={201: GoodsCategoryOut})
    def post(self, request: Request) -> Response:
        """Add a category."""
        body = GoodsCategoryIn(data=request.data)
        body.is_valid(raise_exception=True)
        category = operations.create_category(actor=self.actor, now=self.now, **body.validated_data)
        return Response(GoodsCategoryOut(category).data, status=201)


class CategoryDetail(ApiView):
    actions = {"GET": Action.PURCHASE_VIEW, "PATCH": Action.PURCHASE_BUY}

    @extend_schema(responses=GoodsCategoryOut)
    def get(self, request: Request, category_id: int) -> Response:
        """Give one category."""
        category = queries.get_category(actor=self.actor, category_id=category_id)
        return Response(GoodsCategoryOut(category).data)

    @extend_schema(request=GoodsCategoryChangesIn, responses=GoodsCategoryOut)
    def patch(self, request: Request, category_id: int) -> Response:
        """Change a category, retire it or take it up again."""
        body = GoodsCategoryChangesIn(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        operations.change_category(
            actor=self.actor, category_id=category_id, changes=body.validated_data, now=self.now
        )
        return self.get(request, category_id)


class CategoryHistory(HistoryView):
    """What was done to a category, newest first."""

    actions = {"GET": Action.PURCHASE_VIEW}

    def rows(self) -> QuerySet[AuditEntry]:
        return history_of(
            queries.get_category(actor=self.actor, category_id=self.kwargs["category_id"])
        )


class Items(ListView):
    """Articles of the catalogue."""

    actions = {"GET": Action.PURCHASE_VIEW, "POST": Action.PURCHASE_BUY}
    model = Item
    serializer_class = ArticleOut
    filterset_class = ItemFilter

    def rows(self) -> QuerySet[Item]:
        return queries.items(actor=self.actor)

    @extend_schema(request=NewArticleIn, responses={201: ArticleOut})
    def post(self, request: Request) -> Response:
        """Add an article."""
        body = NewArticleIn(data=request.data)
        body.is_valid(raise_exception=True)
        item = operations.create_item(
            actor=self.actor, facts=ItemFacts(**body.validated_data), now=self.now
        )
        return Response(ArticleOut(item).data, status=201)


class ItemDetail(ApiView):
    actions = {"GET": Action.PURCHASE_VIEW, "PATCH": Action.PURCHASE_BUY}

    @extend_schema(responses=ArticleOut)
    def get(self, request: Request, article_id: int) -> Response:
        """Give one article."""
        return Response(ArticleOut(queries.get_item(actor=self.actor, item_id=article_id)).data)

    @extend_schema(request=ArticleChangesIn, responses=ArticleOut)
    def patch(self, request: Request, article_id: int) -> Response:
        """Change an article, take it out of use or up again."""
        body = ArticleChangesIn(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        changes: dict[str, Any] = dict(body.validated_data)
        is_active = changes.pop("is_active", None)
        item = operations.change_item(
            actor=self.actor,
            item_id=article_id,
            changes=changes,  # type: ignore[arg-type]  # the body's fields are the operation's
            now=self.now,
        )
        if is_active is not None:
            item = operations.retire_item(
                actor=self.actor, item_id=article_id, is_active=is_active, now=self.now
            )
        return Response(ArticleOut(item).data)


class ItemHistory(HistoryView):
    """What was done to an article, newest first."""

    actions = {"GET": Action.PURCHASE_VIEW}

    def rows(self) -> QuerySet[AuditEntry]:
        return history_of(queries.get_item(actor=self.actor, item_id=self.kwargs["article_id"]))


urlpatterns = [
    path("categories/", Categories.as_view()),
    path("categories/<int:category_id>/", CategoryDetail.as_view()),
    path("categories/<int:category_id>/history/", CategoryHistory.as_view()),
    path("articles/", Items.as_view()),
    path("articles/<int:article_id>/", ItemDetail.as_view()),
    path("articles/<int:article_id>/history/", ItemHistory.as_view()),
]
