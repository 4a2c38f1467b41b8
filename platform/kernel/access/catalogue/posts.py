"""The handbook's role catalogue (02, section 2.2), row by row."""

from kernel.access.catalogue.company_posts import ADMINISTRATOR, COMPANY_POSTS
from kernel.access.catalogue.kinds import Post
from kernel.access.catalogue.project_posts import PROJECT_POSTS

__all__ = ["ADMINISTRATOR", "POSTS"]

POSTS: dict[str, Post] = {**COMPANY_POSTS, **PROJECT_POSTS}
