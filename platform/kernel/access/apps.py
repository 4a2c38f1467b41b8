from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "kernel.access"
    label = "access"

    def ready(self) -> None:
        from kernel import seeds
        from kernel.access.seeding import seed_posts

        # First of all: what comes after may name posts.
        seeds.register("00-posts", seed_posts)
