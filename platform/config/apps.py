from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Makes ``config`` an app, for its commands and its catalogues."""

    name = "config"
    label = "config"
