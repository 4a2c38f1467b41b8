"""Who may open a round together: two sides of different posts, of each of which one is enough."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from kernel.errors import Conflict, Invalid
from kernel.text import _

# With one person on a side, a passphrase forgotten or a leaver loses the round.
ENOUGH: Final = 2


class SideEmpty(Conflict):
    code = "procurement.side-empty"


class SidesMeet(Invalid):
    code = "procurement.sides-meet"


@dataclass(frozen=True, slots=True)
class Opener:
    """Somebody who may open quotes, and the post of his that lets him, held longest."""

    user_id: int
    label: str
    post: str
    has_key: bool = True


Sides = tuple[tuple[Opener, ...], tuple[Opener, ...]]


def divide(openers: Iterable[Opener]) -> Sides:
    """Return two sides of different posts, as even as whole posts can be.

    Those without a key are left out: nothing can be wrapped for them.
    """
    ready = sorted((one for one in openers if one.has_key), key=lambda one: one.user_id)
    count = Counter(one.post for one in ready)
    of_side: tuple[set[str], set[str]] = (set(), set())
    size = [0, 0]
    for post in sorted(count, key=lambda key: (-count[key], key)):
        smaller = 0 if size[0] <= size[1] else 1
        of_side[smaller].add(post)
        size[smaller] += count[post]
    first, second = (tuple(one for one in ready if one.post in posts) for posts in of_side)
    return first, second


def choose(openers: Iterable[Opener], sides: Sequence[Collection[int]]) -> Sides:
    """Return the sides that somebody has put together by ids.

    :raises SidesMeet: if a person is on both, or is nobody who may open.
    """
    known = {one.user_id: one for one in openers if one.has_key}
    first, second = (frozenset(side) for side in sides)
    if first & second or not (first | second) <= known.keys():
        raise SidesMeet(_("Choose on which side somebody opens, once each."), field="sides")
    return (
        tuple(known[user_id] for user_id in sorted(first)),
        tuple(known[user_id] for user_id in sorted(second)),
    )


def check(sides: Sides) -> None:
    """Return if a round can be opened by one of each side, and by nobody of one post alone.

    :raises SideEmpty: if there is nobody on a side.
    :raises SidesMeet: if a post is on both.
    """
    first, second = sides
    if not first or not second:
        raise SideEmpty(
            _(
                "Two people of different posts open the quotes. Somebody who may open quotes still "
                "has to make a key with a passphrase."
            ),
            field="sides",
        )
    if {one.post for one in first} & {one.post for one in second}:
        raise SidesMeet(_("The two sides must be of different posts."), field="sides")


def thin(sides: Sides) -> tuple[int, ...]:
    """Return the sides on which only one person is: who loses his passphrase loses the round."""
    return tuple(number for number, side in enumerate(sides, 1) if len(side) < ENOUGH)
