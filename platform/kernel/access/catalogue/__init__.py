"""The posts a company starts with: the handbook's role catalogue (02, section 2.2), row by row.

A seed, no more: a company adds, renames and retires posts and changes what they may do. What it
cannot change is here as well: ``always`` is never taken from a post, ``never`` never given to it
(the handbook's column "must not").
"""

from kernel.access.catalogue.bundles import BUSINESS, SETTING_UP, STAFF
from kernel.access.catalogue.departments import DEPARTMENTS
from kernel.access.catalogue.kinds import Department, Place, Post
from kernel.access.catalogue.ladders import LADDERS, Ladder
from kernel.access.catalogue.posts import ADMINISTRATOR, POSTS

__all__ = [
    "ADMINISTRATOR",
    "BUSINESS",
    "DEPARTMENTS",
    "LADDERS",
    "POSTS",
    "SETTING_UP",
    "STAFF",
    "Department",
    "Ladder",
    "Place",
    "Post",
]
