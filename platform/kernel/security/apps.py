from django.apps import AppConfig


class SecurityConfig(AppConfig):
    name = "kernel.security"
    label = "security"
