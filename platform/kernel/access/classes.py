"""As which posts of the catalogue a post counts: for the pairs of duties, and for chains.

The pairs and the default chains name posts of the catalogue. A post that a company makes itself, or
a post of the catalogue that it puts to other work, carries the same duties under another name.
"""

from collections.abc import Collection
from typing import Any, Final

from kernel.access.catalogue import ADMINISTRATOR, POSTS, Place
from kernel.access.models import CountsAs, Post
from kernel.errors import Invalid
from kernel.text import _

# Posts of the staff; the administrator's is told by what it may do.
COUNTABLE: Final = frozenset(
    key for key, seed in POSTS.items() if seed.place != Place.OUTSIDE and key != ADMINISTRATOR
)


class CountsUnknown(Invalid):
    """A post cannot count as that one; ``details["posts"]`` has the keys."""

    code = "access.counts-unknown"


class StandsInForNone(Invalid):
    """To stand in, a post must count as another."""

    code = "access.stands-in-for-none"


def counts_of(key: str) -> frozenset[str]:
    """Return the posts of the catalogue as which a post counts, besides as itself."""
    rows = CountsAs.objects.filter(post__key=key)
    return frozenset(rows.values_list("counts_as__key", flat=True))


def check(post: Post, counts_as: Collection[str], *, stands_in: bool) -> frozenset[str]:
    """Return ``counts_as`` if the post may count as these.

    :raises CountsUnknown: if one is not of the catalogue, is not for staff or is the post itself.
    :raises StandsInForNone: if it is to stand in and counts as nothing.
    """
    wanted = frozenset(counts_as)
    unknown = sorted(wanted - COUNTABLE | wanted & {post.key})
    if post.place == Post.Place.OUTSIDE:
        unknown = sorted(wanted)
    if unknown:
        raise CountsUnknown(
            _("The post cannot count as this one."), field="counts_as", details={"posts": unknown}
        )
    if stands_in and not wanted:
        raise StandsInForNone(
            _("Say first as which posts it counts: it signs in the place of these."),
            field="stands_in",
        )
    return wanted


def write(post: Post, counts_as: frozenset[str], *, stands_in: bool) -> None:
    """Let the post count as exactly these from now on. The caller has checked them."""
    post.is_classified, post.stands_in = True, stands_in
    post.save(update_fields=["is_classified", "stands_in"])
    known = counts_of(post.key)
    CountsAs.objects.filter(post=post, counts_as__key__in=known - counts_as).delete()
    CountsAs.objects.bulk_create(
        CountsAs(post=post, counts_as_id=key) for key in sorted(counts_as - known)
    )


def words(post: Post, counts_as: Collection[str]) -> dict[str, Any]:
    """Return what the audit says of it; nothing while nobody has said anything."""
    if not post.is_classified:
        return {}
    return {"counts_as": sorted(counts_as), "stands_in": post.stands_in}
