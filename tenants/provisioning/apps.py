from django.apps import AppConfig


class ProvisioningConfig(AppConfig):
    """No tables of its own: here for its tasks and commands."""

    name = "tenants.provisioning"
    label = "provisioning"
