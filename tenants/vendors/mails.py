"""What is written to vendors' people about their sign-ins."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from kernel.tenancy import vendor_url
from tenants.companies.models import Company
from tenants.vendors.models import VendorLogin
from tenants.vendors.operations.joining import INVITATION_LIFE
from tenants.vendors.operations.passwords import RESET_SECONDS, reset_token


def send_reset_link(login: VendorLogin) -> None:
    """Send the link to set a new password, in the person's language."""
    path = reverse("set-password", args=[reset_token(login)], urlconf=settings.VENDOR_URLCONF)
    with translation.override(login.language):
        context = {"login": login, "link": vendor_url(path), "hours": RESET_SECONDS // 3600}
        send_mail(
            _("Set a new password for vendors"),
            render_to_string("vendors/reset_link.txt", context),
            settings.DEFAULT_FROM_EMAIL,
            [login.email],
        )


def send_application_link(company: Company, email: str, key: str) -> None:
    """Send an applicant the link with which he confirms, in both languages: his is not known."""
    path = reverse("invitation", args=[key], urlconf=settings.VENDOR_URLCONF)
    context = {
        "company_name": company.name,
        "company_name_en": company.name_en or company.name,
        "link": vendor_url(path),
        "days": INVITATION_LIFE.days,
    }
    texts = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            texts.append(render_to_string("vendors/application_link.txt", context).strip())
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("Your application to %(company)s") % {"company": company.name}
    # One line, whatever the company is called: a header must not be broken into two.
    send_mail(" ".join(subject.split()), "\n\n".join(texts), settings.DEFAULT_FROM_EMAIL, [email])
