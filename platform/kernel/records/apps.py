from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "kernel.records"
    label = "records"
