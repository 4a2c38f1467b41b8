"""Mails to vendors' people about their sign-ins. Public schema: no company sends them."""

from celery import shared_task

from tenants.vendors import mails, queries
from tenants.vendors.operations.passwords import RESET_TASK


@shared_task(name=RESET_TASK, ignore_result=True)
def mail_reset_link(*, schema: str, email: str, **_kwargs: object) -> None:
    """Send the link to set a new password to whoever has the address."""
    login = queries.login_of(email=email)
    if login is not None:
        mails.send_reset_link(login)
