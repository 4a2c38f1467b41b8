"""What the account tells a vendor: reconciliations to answer."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from console.formats import spell_day
from portal.vendors.views import VendorView
from portal.vendors.waiting import Waiting
from services.procurement.payments import queries


def waiting(view: VendorView) -> list[Waiting]:
    """Return the reconciliations that he has not answered."""
    return [
        Waiting(
            label=_("Reconcile the account up to %(day)s") % {"day": spell_day(one.to_day)},
            url=view.url("portal-statement"),
            icon="exchange",
            tone="warn",
            word=pgettext("of a vendor", "Answer"),
        )
        for one in queries.statements_to_answer(actor=view.actor)
    ]
