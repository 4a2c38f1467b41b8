from django.apps import AppConfig


class DutiesConfig(AppConfig):
    name = "kernel.duties"
    label = "duties"
