from django.apps import AppConfig


class DeadlinesConfig(AppConfig):
    name = "kernel.deadlines"
    label = "deadlines"
