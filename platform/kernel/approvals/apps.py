from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "kernel.approvals"
    label = "approvals"
