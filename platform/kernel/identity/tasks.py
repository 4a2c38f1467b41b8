"""What runs by itself: a word before a token ends, and sessions that are over."""

from celery import shared_task
from django.utils import timezone

from kernel.identity.operations import sessions
from kernel.identity.operations.reminders import remind_of_tokens


@shared_task(name="kernel.identity.remind", ignore_result=True)
def remind(*, schema: str, **_kwargs: object) -> None:
    """Tell the owners of one company's tokens that end within two weeks."""
    remind_of_tokens(now=timezone.now())


@shared_task(name="kernel.identity.forget_sessions", ignore_result=True)
def forget_sessions(*, schema: str, **_kwargs: object) -> None:
    """Remove one company's sessions that are over."""
    sessions.forget_expired(now=timezone.now())
