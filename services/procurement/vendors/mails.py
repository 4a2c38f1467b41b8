"""What the company writes to vendors' people who are to join it."""

from datetime import datetime

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import translation

from kernel.tenancy import current_company, public, vendor_url
from kernel.text import _
from services.procurement.vendors.models import Contact, ContactState
from tenants.vendors import operations as logins
from tenants.vendors.operations.joining import INVITATION_LIFE


def send_invitation(*, contact_id: int, now: datetime) -> bool:
    """Send the link by which a contact joins, in his vendor's language; tell whether it went.

    It does not for whoever has joined or was ended meanwhile. Each mail voids the link before.
    """
    contact = (
        Contact.objects.select_related("vendor")
        .filter(pk=contact_id, state=ContactState.INVITED)
        .first()
    )
    if contact is None:
        return False
    company = current_company()
    with public():
        key = logins.invite(
            company_id=company.pk, contact_id=contact.pk, email=contact.email, now=now
        )
    language = contact.vendor.language
    name = company.name_en or company.name if language == "en" else company.name
    with translation.override(language):
        subject = _("%(company)s invites you to its vendor portal") % {"company": name}
        context = {
            "contact": contact,
            "company_name": name,
            "link": vendor_url(f"/invitations/{key}/"),
            "days": INVITATION_LIFE.days,
        }
        send_mail(
            # One line, whatever the company is called: a header must not be broken into two.
            " ".join(str(subject).split()),
            render_to_string("procurement/invitation.txt", context),
            settings.DEFAULT_FROM_EMAIL,
            [contact.email],
        )
    return True
