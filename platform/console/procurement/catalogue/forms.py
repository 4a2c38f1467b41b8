"""What is entered of categories and articles. Fields are named as the operations' parameters."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.utils.translation import pgettext_lazy as _p

from console.inputs import NumberField
from console.properties.forms import ChoicesForm, OfOne
from services.procurement.catalogue.queries import tree


def category_choices(*, keep: int | None = None, without: int | None = None) -> list[Any]:
    """Return the categories in use as a form offers them, each after the one above it.

    :param keep: one that the record has already, also if it is not used any more.
    """
    return [
        (branch.category.pk, "\u3000" * branch.depth + branch.category.label)
        for branch in tree(only_active=False)
        if (branch.category.is_active or branch.category.pk == keep)
        and branch.category.pk != without
    ]


class CategoryFacts(ChoicesForm):
    parent_id = OfOne(label=_p("category", "Belongs to"), required=False)
    code = forms.CharField(label=_("Code"), max_length=20)
    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=60)
    name_en = forms.CharField(label=_("English name"), max_length=60, required=False)


class CategoryChanges(CategoryFacts):
    is_active = forms.BooleanField(label=_("In use"), required=False)


class ItemFacts(ChoicesForm):
    category_id = OfOne(label=_("Category"))
    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=100)
    spec = forms.CharField(label=_("Specification"), max_length=200, required=False)
    unit = forms.CharField(label=pgettext_lazy("of measure", "Unit"), max_length=10)
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        required=False,
        help_text=_("Left empty, it gets the next number."),
    )
    brand = forms.CharField(label=_("Brand"), max_length=60, required=False)
    barcode = forms.CharField(
        label=_("Barcode"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"data-scan-field": ""}),
    )
    reference_price = NumberField(
        label=_("Reference price (CNY)"),
        required=False,
        max_digits=12,
        decimal_places=4,
        min_value=Decimal("0.0001"),
    )
    is_fixed_asset = forms.BooleanField(label=_("Fixed asset"), required=False)
    is_sampled = forms.BooleanField(
        label=_("A sample is sealed"),
        required=False,
        help_text=_("Goods that arrive are compared with it."),
    )
    has_expiry = forms.BooleanField(label=_("Has an expiry date"), required=False)


class ItemChanges(ItemFacts):
    code = forms.CharField(label=_("Code"), max_length=40)
