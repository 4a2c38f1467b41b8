from django.apps import AppConfig
from django.conf import settings

from config.observability import sentry


class ConfigConfig(AppConfig):
    """Makes ``config`` an app, for its commands and its catalogues; starts error reports."""

    name = "config"
    label = "config"

    def ready(self) -> None:
        sentry.start(
            settings.SENTRY_DSN, environment=settings.ENVIRONMENT, release=settings.RELEASE
        )
