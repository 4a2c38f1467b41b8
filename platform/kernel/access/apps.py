from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "kernel.access"
    label = "access"

    def ready(self) -> None:
        from kernel import seeds
        from kernel.access import telling
        from kernel.access.seeding import seed_posts
        from kernel.notifications import registry

        # First of all: what comes after may name posts.
        seeds.register("00-posts", seed_posts)
        registry.register(*telling.NOTICES)
