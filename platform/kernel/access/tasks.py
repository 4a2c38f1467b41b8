"""Mails to people, as jobs: the request that asks for one neither waits nor tells by its time."""

from typing import Any

from kernel.access.mails import send_password_link
from kernel.access.passwords import LINK_JOB
from kernel.access.queries import people_of_login
from kernel.jobs.registry import handles
from kernel.jobs.runner import Progress


@handles(LINK_JOB)
def password_link(progress: Progress) -> dict[str, Any]:
    """Send the link to one person, or to those of the user name or address that was typed."""
    people = people_of_login(
        user_id=progress.params.get("user_id"), login=progress.params.get("login", "")
    )
    for user in people:
        send_password_link(user)
    progress.forget_params()
    return {"sent": len(people)}
