from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "kernel.identity"
    label = "identity"
