from django.apps import AppConfig


class PropertiesConfig(AppConfig):
    name = "services.properties"
    label = "properties"
