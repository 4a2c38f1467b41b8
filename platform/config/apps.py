from django.apps import AppConfig
from django.conf import settings
from django.core import checks

from config.checks import login_role_owns_nothing
from config.observability import sentry


class ConfigConfig(AppConfig):
    """Makes ``config`` an app, for its commands, checks and catalogues; starts error reports."""

    name = "config"
    label = "config"

    def ready(self) -> None:
        checks.register(login_role_owns_nothing, checks.Tags.security, deploy=True)
        sentry.start(
            settings.SENTRY_DSN, environment=settings.ENVIRONMENT, release=settings.RELEASE
        )
