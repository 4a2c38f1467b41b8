"""What the company writes to its people."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from kernel.access.models import User
from kernel.access.passwords import INVITATION_SECONDS, RESET_SECONDS, make_link_token
from kernel.tenancy import company_url, current_company


def send_password_link(user: User) -> None:
    """Send the link to set a password, in the person's language: an invitation or a reset."""
    company = current_company()
    is_invitation = not user.has_usable_password()
    with translation.override(user.language):
        name = company.name_en or company.name if user.language == "en" else company.name
        subject = (
            _("Your account at %(company)s")
            if is_invitation
            else _("Set a new password, %(company)s")
        )
        context = {
            "user": user,
            "company_name": name,
            "link": company_url(reverse("set-password", args=[make_link_token(user)])),
            "hours": (INVITATION_SECONDS if is_invitation else RESET_SECONDS) // 3600,
            "is_invitation": is_invitation,
        }
        send_mail(
            # One line, whatever the company is called: a header must not be broken into two.
            " ".join((subject % {"company": name}).split()),
            render_to_string("access/password_link.txt", context),
            settings.DEFAULT_FROM_EMAIL,
            [user.email],
        )
