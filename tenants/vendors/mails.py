"""What is written to vendors' people about their sign-ins."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from kernel.tenancy import vendor_url
from tenants.vendors.models import VendorLogin
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
