from django.apps import AppConfig


class ProcurementConfig(AppConfig):
    name = "services.procurement"
    label = "procurement"
