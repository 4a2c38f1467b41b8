from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    name = "kernel.policies"
    label = "policies"
