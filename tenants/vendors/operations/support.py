"""What the platform does to a vendor's sign-in, from the command line."""

from datetime import datetime

from django.db import transaction

from kernel.errors import NotFound
from kernel.text import _
from tenants.vendors.models import VendorLogin
from tenants.vendors.operations.common import address_of, record


@transaction.atomic
def reset_app(*, email: str, now: datetime) -> VendorLogin:
    """Take a lost app away: the next sign-in sets up another. His sessions end.

    :raises NotFound: if there is no such sign-in.
    """
    login = _lock(email)
    login.app_secret_encrypted, login.app_last_step = "", 0
    login.save(update_fields=["app_secret_encrypted", "app_last_step"])
    login.sessions.all().delete()
    record("login.app-reset", login_id=login.pk, now=now)
    return login


@transaction.atomic
def set_active(*, email: str, is_active: bool, now: datetime) -> VendorLogin:
    """Let a person in, or out everywhere: his sessions end at once and his tokens are void.

    :raises NotFound: if there is no such sign-in.
    """
    login = _lock(email)
    login.is_active = is_active
    login.save(update_fields=["is_active"])
    if not is_active:
        login.sessions.all().delete()
    record("login.let-in" if is_active else "login.shut-out", login_id=login.pk, now=now)
    return login


def _lock(email: str) -> VendorLogin:
    login = VendorLogin.objects.select_for_update().filter(email=address_of(email)).first()
    if login is None:
        raise NotFound(_("There is no such sign-in."))
    return login
