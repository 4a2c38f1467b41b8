"""What procurement finds for Ctrl K: vendors and articles."""

from django.db.models import Q
from django.urls import reverse

from console.search import MOST_HITS, Hit
from kernel.access import Action, Actor
from services.procurement.catalogue import queries as catalogue
from services.procurement.vendors import queries as vendors


def find_vendors(*, actor: Actor, text: str, project_id: int | None) -> list[Hit]:
    """Return vendors by name, initials, number or credit code."""
    if not actor.may(Action.VENDOR_VIEW):
        return []
    wanted = (
        Q(name__icontains=text)
        | Q(initials__startswith=text.lower())
        | Q(code__iexact=text)
        | Q(credit_code__iexact=text)
    )
    return [
        Hit(
            title=vendor.name,
            url=reverse("vendors-vendor", args=[vendor.pk]),
            icon="truck",
            note=vendor.code,
            badge=str(vendor.get_state_display()),
        )
        for vendor in vendors.vendors(actor=actor).filter(wanted)[:MOST_HITS]
    ]


def find_articles(*, actor: Actor, text: str, project_id: int | None) -> list[Hit]:
    """Return articles in use by name, initials, code or barcode; they open the list."""
    if not actor.may(Action.PURCHASE_VIEW):
        return []
    wanted = (
        Q(name__icontains=text)
        | Q(initials__startswith=text.lower())
        | Q(code__iexact=text)
        | Q(barcode__iexact=text)
    )
    found = catalogue.items(actor=actor).filter(wanted, is_active=True)[:MOST_HITS]
    return [
        Hit(
            title=item.name,
            url=f"{reverse('catalogue')}?q={item.code}",
            icon="box",
            note=f"{item.code} {item.spec}".strip(),
        )
        for item in found
    ]
